"""Gives every question, item and option of a LimeSurvey survey the name it has in ours.

Codes become names: a letter, then letters, digits and underscores. Where two questions would share a name or
a column, the later one gets a number at its end. Every change is told.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cityvoice.questionnaire.checking.checks import TAKEN
from cityvoice.questionnaire.importers.limesurvey.source import Answer, Question, Subquestion, Survey
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.naming import name_of, plain_letters

_VALID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,56}")
_PART = re.compile(r"[A-Za-z0-9_]{1,32}")
OTHER = "other"
_KINDS: Mapping[str, QuestionKind] = {
    **dict.fromkeys("L!OYG", QuestionKind.SINGLE),
    "5": QuestionKind.SCALE,
    **dict.fromkeys("MP", QuestionKind.MULTIPLE),
    **dict.fromkeys("FABCEH", QuestionKind.MATRIX),
    **dict.fromkeys("1:;", QuestionKind.TABLE),
    **dict.fromkeys("STU", QuestionKind.TEXT),
    "Q": QuestionKind.TEXTS,
    "K": QuestionKind.NUMBERS,
    "N": QuestionKind.NUMBER,
    "D": QuestionKind.DATE,
    "R": QuestionKind.RANKING,
    "X": QuestionKind.INFO,
    "|": QuestionKind.FILE,
    "*": QuestionKind.HIDDEN,
}
WITH_ROWS = frozenset({QuestionKind.MATRIX, QuestionKind.TABLE, QuestionKind.TEXTS, QuestionKind.NUMBERS})
_ONE_ANSWER = frozenset(
    {QuestionKind.SINGLE, QuestionKind.SCALE, QuestionKind.NUMBER, QuestionKind.TEXT}
    | {QuestionKind.DATE, QuestionKind.TIME}
)


def kind_of(question: Question) -> QuestionKind | None:
    """Our kind of question; None for the language switch and for types that nobody knows."""
    kind = _KINDS.get(question.type)
    if question.type in "STU" and kind:
        if question.type == "S" and question.attribute("location_mapservice") not in {"", "0"}:
            kind = QuestionKind.PLACE
        elif question.on("numbers_only"):
            kind = QuestionKind.NUMBER
    elif question.type == "Q" and question.on("numbers_only"):
        kind = QuestionKind.NUMBERS
    elif question.type == "D" and _is_time(question.attribute("date_format")):
        kind = QuestionKind.TIME
    if kind in _ONE_ANSWER and question.on("hidden"):
        return QuestionKind.HIDDEN
    return kind


def _is_time(date_format: str) -> bool:
    return bool(re.search(r"[hH]", date_format)) and not re.search(r"[dyYj]", date_format)


@dataclass(frozen=True, eq=False)
class Named:
    """The names of one question. `rows`, by their code: items, or the options of a choice or ranking."""

    source: Question
    kind: QuestionKind | None
    name: str
    where: str
    rows: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})  # of scale 0 and 1
    other: str = OTHER  # the code of the option "other"

    @property
    def has_other(self) -> bool:
        return self.source.other and self.source.type in "L!MP"

    def key(self, *parts: str) -> str:
        return "_".join((self.name, *parts))

    def answer_keys(self) -> Iterator[str]:
        """The names that this question takes up, its options' flags among them."""
        match self.kind:
            case QuestionKind.MULTIPLE | QuestionKind.RANKING:
                yield from (self.key(code) for code in self.rows.values())
            case QuestionKind.TABLE:
                yield from (
                    self.key(row, column) for row in self.rows.values() for column in self.columns.values()
                )
            case _ if self.kind in WITH_ROWS:
                yield from (self.key(row) for row in self.rows.values())
        if self.has_other:
            yield from (self.key(self.other), self.key(self.other, "text"))
        if self.source.type == "P":
            yield from (self.key(code, "text") for code in self.rows.values())
        if self.source.type == "O":
            yield self.key("comment")
        if self.kind is QuestionKind.PLACE:
            yield self.key("words")


def name_questions(survey: Survey, report: Report) -> dict[str, Named]:
    """The names of every question, by its identifier in the file."""
    taken = set(TAKEN)
    named: dict[str, Named] = {}
    for question in survey.questions:
        one = _named(question, taken, report)
        taken |= {one.name, *one.answer_keys()}
        named[question.id] = one
    return named


def place_of(question: Question) -> str:
    code = question.code or question.id
    return Message("question %(name)s (line %(line)s)", name=code, line=question.line)


def _unrepeated(parts: Sequence[Answer] | Sequence[Subquestion], where: str, report: Report) -> None:
    """Codes that stand twice in one scale get a number, so that no answer and no row is dropped."""
    used: set[tuple[int, str]] = set()
    for part in parts:
        code, number = part.code, 1
        while (part.scale, part.code) in used:
            number += 1
            part.code = f"{code}_{number}"
        used.add((part.scale, part.code))
        if number > 1:
            report.lose(
                Message("%(where)s, line %(line)s", where=where, line=part.line),
                Message("code %(code)r became %(code_2)r", code=code, code_2=part.code),
                Message("it stands twice"),
            )


def _named(question: Question, taken: set[str], report: Report) -> Named:
    where = place_of(question)
    _unrepeated(question.answers, where, report)
    _unrepeated(question.subquestions, where, report)
    kind = kind_of(question)
    codes = tuple(_codes(question, number, kind is QuestionKind.RANKING, where, report) for number in (0, 1))
    rows = _parts([each.code for each in question.rows()], where, "subquestion", report)
    if kind is QuestionKind.RANKING:
        rows = codes[0]
    columns = {"0": "0", "1": "1"}
    if question.type in ":;":
        columns = _parts([each.code for each in question.rows(1)], where, "column", report)
    used = {*rows.values(), *codes[0].values()}
    other = next(each for each in (OTHER, "other_2", "other_3") if each not in used)
    base = question.code if _VALID.fullmatch(question.code) else name_of(question.code or "question", ())
    named = Named(question, kind, base, where, rows, columns, (codes[0], codes[1]), other)
    number = 1
    while taken & {named.name, *named.answer_keys()}:
        number += 1
        named = Named(question, kind, f"{base}_{number}", where, rows, columns, (codes[0], codes[1]), other)
    if named.name != question.code:
        why = (
            Message("it is already taken")
            if number > 1
            else Message("a name has letters, digits and underscores only")
        )
        report.lose(where, Message("code %(code)r became %(name)r", code=question.code, name=named.name), why)
    return named


def _codes(question: Question, scale: int, as_part: bool, where: str, report: Report) -> dict[str, str]:
    given = [each.code for each in question.scale(scale)]
    if as_part:
        given = given or [each.code for each in question.rows()]
        return _parts(given, where, "answer", report)
    return _distinct({code: _code(code) for code in dict.fromkeys(given)}, where, "answer", report)


def _code(code: str) -> str:
    return "".join(each for each in code if each.isprintable()).strip()[:100] or "blank"


def _parts(codes: list[str], where: str, what: str, report: Report) -> dict[str, str]:
    """Codes that become part of a column's name."""
    changed = {}
    for code in dict.fromkeys(codes):
        plain = re.sub(r"[^A-Za-z0-9_]+", "_", plain_letters(code)).strip("_")[:28]
        changed[code] = code if _PART.fullmatch(code) else plain or "part"
    return _distinct(changed, where, what, report)


def _distinct(wanted: dict[str, str], where: str, what: str, report: Report) -> dict[str, str]:
    given: dict[str, str] = {}
    used: set[str] = set()
    for code, name in wanted.items():
        unique, number = name, 1
        while unique in used:
            number += 1
            unique = f"{name}_{number}"
        used.add(unique)
        given[code] = unique
        if unique != code:
            report.lose(
                where,
                Message("%(what)s code %(code)r became %(unique)r", what=what, code=code, unique=unique),
                Message("it is part of a column's name"),
            )
    return given
