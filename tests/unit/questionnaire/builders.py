"""Short ways to write questionnaires in tests."""

from typing import Any

from cityvoice.questionnaire.kinds import MissingKind, QuestionKind
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.question import Item, Question, ResponseOption, Text


def text(words: str) -> Text:
    return Text({"pl": words})


def options(*codes: str, **missing: MissingKind) -> tuple[ResponseOption, ...]:
    """Options by code; keywords are codes of missing options."""
    valid = (ResponseOption(code, text(f"label {code}")) for code in codes)
    return (
        *valid,
        *(ResponseOption(code, text(f"label {code}"), missing=kind) for code, kind in missing.items()),
    )


def question(name: str, kind: str = "single", **fields: Any) -> Question:
    return Question(name, QuestionKind(kind), text(f"Question {name}?"), **fields)


def single(name: str, *codes: str, **fields: Any) -> Question:
    return question(name, options=options(*(codes or ("1", "2"))), **fields)


def items(*names: str) -> tuple[Item, ...]:
    return tuple(Item(name, text(f"item {name}")) for name in names)


def section(name: str, *questions: Question, when: str | None = None) -> Section:
    return Section(name, text(f"Section {name}"), questions, when=when)


def questionnaire(*sections: Section) -> Questionnaire:
    return Questionnaire(text("A survey"), ("pl",), sections)


def page(*questions: Question) -> Questionnaire:
    return questionnaire(section("page", *questions))
