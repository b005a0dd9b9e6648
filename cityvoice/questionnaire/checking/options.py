"""What the options of a question or a column need: codes that differ and can be stored."""

import re
from collections.abc import Iterator

from cityvoice.questionnaire.errors import Problem
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message, Place
from cityvoice.questionnaire.question import Question, ResponseOption

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
PART = re.compile(r"[A-Za-z0-9_]{1,32}")  # what may be part of a column's name

K = QuestionKind
_PARTS_OF_NAMES = frozenset({K.MULTIPLE, K.RANKING})  # an option's code becomes part of a column's name
_SPECIFYING = frozenset({K.SINGLE, K.MULTIPLE, K.RANKING})


def check_options(question: Question, path: str) -> Iterator[Problem]:
    yield from check_codes(question.options, path)
    for place, option in enumerate(question.options):
        where = f"{path}.options[{place}]"
        if option.exclusive and question.kind is not K.MULTIPLE:
            message = Message("only an option of a multiple choice can exclude the others")
            yield Problem(f"{where}.exclusive", message)
        if option.specify and question.kind not in _SPECIFYING:
            message = Message("an option of kind '%(kind)s' cannot ask for words", kind=question.kind)
            yield Problem(f"{where}.specify", message)
        if (option.specify or question.kind in _PARTS_OF_NAMES) and not PART.fullmatch(option.code):
            message = Message(
                "%(code)r becomes part of a column's name: 1 to 32 letters, digits or underscores",
                code=option.code,
            )
            yield Problem(f"{where}.code", message)
        for name in option.attributes or ():
            if not NAME.fullmatch(name):
                yield Problem(f"{where}.attributes", Message("%(name)r is no name", name=name))


def check_codes(options: tuple[ResponseOption, ...], path: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, option in enumerate(options):
        where = f"{path}.options[{place}].code"
        code = option.code
        if code in first:
            yield Problem(where, taken(Message("code"), code, f"{path}.options[{first[code]}].code"))
        first.setdefault(code, place)
        if code != code.strip() or not 0 < len(code) <= 100 or not code.isprintable():
            message = Message("%(code)r is no code: 1 to 100 characters, no space at the ends", code=code)
            yield Problem(where, message)


def taken(what: Message, value: str, place: str) -> Message:
    return Message(
        "%(what)s %(value)r is already used at %(place)s", what=what, value=value, place=Place(place)
    )


def check_favourable(
    codes: tuple[str, ...] | None,
    known: tuple[str, ...],
    options: tuple[ResponseOption, ...],
    name: str,
    path: str,
) -> Iterator[Problem]:
    missing = {option.code for option in options if option.missing}
    for place, code in enumerate(codes or ()):
        if code not in known or code in missing:
            message = Message("question %(name)r has no such valid option: %(code)r", name=name, code=code)
            yield Problem(f"{path}.favourable[{place}]", message)
