"""A whole interview as data, so that the console can turn pages without asking the server.

It is what `surveys.instant` makes of one page, made of all pages at once: conditions of sections are added to
those of their questions, and expressions in the words become hidden questions beside them.
What only the server can decide is named (`Script.unsure`); the console asks for those questions one by one.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import Call, Expression, Name, names
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.names import labels_of_field
from cityvoice.questionnaire.phrases import phrases
from cityvoice.questionnaire.pipes import Pipe, parts
from cityvoice.questionnaire.question import Question, Text
from cityvoice.questionnaire.repeats import both
from cityvoice.surveys.instant import PageScript, script_of

WHOLE = "interview"  # the one page
NOTHING = Text({"en": ""})
LAST = "_last"  # stands behind the last question, so that there always is a condition to follow
HANDING_ON = {"if": 1, "coalesce": 0}  # functions that give one of their arguments, from this one on
Piece = str | tuple[str, Mapping[str, str]]  # words, or a computed value and its labels


@dataclass(frozen=True)
class Script:
    """What the console knows of an interview in one language."""

    page: PageScript
    unsure: frozenset[str]  # questions whose condition, choices or words only the server can tell
    pipes: Mapping[str, tuple[Piece, ...]]  # by words that hold expressions


@lru_cache(maxsize=64)
def interview_script(questionnaire: Questionnaire, language: str) -> Script:
    """The script of a flat questionnaire.

    Parameters
    ----------
    questionnaire
        In the order of the document: conditions look back in that order only.
    """
    questions = [
        replace(question, when=both(section.when, question.when))
        for section in questionnaire.sections
        for question in section.questions
    ]
    pipes: dict[str, tuple[Piece, ...]] = {}
    owners: dict[str, list[str]] = {}
    laid_out: list[Question] = []
    for question in questions:
        for words in _piped(question, questionnaire, language):
            own, pipes[words] = _computed(words, len(laid_out), questionnaire, language)
            owners.setdefault(question.name, []).extend(each.name for each in own)
            laid_out += own
        laid_out.append(question)
    page = script_of(Section(WHOLE, None, (*laid_out, *_last(questions))))
    entries = {entry["q"]: entry for entry in json.loads(page.data(lambda _name: None) or "[]")}
    known = {name for entry in entries.values() for name in entry["f"]}
    known |= {each.name for each in laid_out if each.kind is QuestionKind.HIDDEN and each.value is not None}
    unsure = {
        question.name
        for question in questions
        if any("v" not in entries.get(name, {}) for name in owners.get(question.name, ()))
        or _is_unsure(question, entries.get(question.name, {}), known)
    }
    return Script(page, frozenset(unsure), pipes)


def _piped(question: Question, questionnaire: Questionnaire, language: str) -> Iterator[str]:
    """The different words of a question that hold an expression."""
    alone = Questionnaire(NOTHING, questionnaire.languages, (Section(WHOLE, None, (question,)),))
    found = (phrase.text.in_(language) for phrase in phrases(alone))
    yield from dict.fromkeys(words for words in found if "{" in words)


def _computed(
    words: str, place: int, questionnaire: Questionnaire, language: str
) -> tuple[list[Question], tuple[Piece, ...]]:
    """The expressions of a text as hidden questions, and the text with their names."""
    made: list[Question] = []
    pieces: list[Piece] = []
    for part in parts(words):
        if isinstance(part, Pipe):
            name = f"_pipe{place}_{len(made)}"
            made.append(
                Question(name, QuestionKind.HIDDEN, NOTHING, value=_followed(part.expression, questionnaire))
            )
            pieces.append((name, _labels(part.expression, questionnaire, language)))
        else:
            pieces.append(part)
    return made, tuple(pieces)


def _followed(source: str, questionnaire: Questionnaire) -> str:
    """An expression that a script may follow; where it hands on labelled codes, one that it refuses."""
    try:
        tree = parse(source)
    except ExpressionError:
        return source
    known = labels_of_field(questionnaire)
    handed_on = (
        tree.arguments[HANDING_ON[tree.function] :]
        if isinstance(tree, Call) and tree.function in HANDING_ON
        else ()
    )
    labelled = [name.name for each in handed_on for name in names(each) if name.name in known]
    return f"label({labelled[0]})" if labelled else source


def _labels(source: str, questionnaire: Questionnaire, language: str) -> Mapping[str, str]:
    try:
        tree = parse(source)
    except ExpressionError:
        return {}
    labels = labels_of_field(questionnaire).get(tree.name, {}) if isinstance(tree, Name) else {}
    return {code: label.in_(language) for code, label in labels.items()}


def _last(questions: list[Question]) -> Iterator[Question]:
    field = next(
        (
            name
            for question in questions
            for name in question.fields
            if question.kind is not QuestionKind.HIDDEN
        ),
        None,
    )
    if field is not None:
        yield Question(LAST, QuestionKind.INFO, NOTHING, when=f"answered({field})")


def _is_unsure(question: Question, entry: Mapping[str, Any], known: set[str]) -> bool:
    """Whether a condition depends on answers and is not among those that the script was given."""
    if question.when and "w" not in entry and _depends(question.when, known):
        return True
    for option in question.options:
        sources = [option.when, None if option.missing else question.option_filter]
        is_followed = option.code in entry.get("o", {})
        if not is_followed and any(source and _depends(source, known) for source in sources):
            return True
    rows = [(item.when, item.name in entry.get("i", {})) for item in question.items]
    cells = [(option.when, False) for column in question.columns for option in column.options]
    return any(
        source and not is_followed and _depends(source, known) for source, is_followed in [*rows, *cells]
    )


def _depends(source: str, known: set[str]) -> bool:
    try:
        tree: Expression = parse(source)
    except ExpressionError:
        return True
    return any(name.name in known for name in names(tree))
