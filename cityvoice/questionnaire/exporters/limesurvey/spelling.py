"""The names that LimeSurvey gives our answers: codes of questions and their parts, and variables."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.naming import plain_letters
from cityvoice.questionnaire.question import Question

LONGEST_CODE = 20
LONGEST_ANSWER = 5
_NAMELESS = frozenset(  # kinds without a variable that holds the same as ours
    {QuestionKind.INFO, QuestionKind.RANKING, QuestionKind.BEST_WORST, QuestionKind.CONSENT}
)
_OTHER = "-oth-"


@dataclass(frozen=True)
class Codes:
    """LimeSurvey's codes of one question, by ours."""

    code: str
    items: Mapping[str, str] = field(default_factory=dict)  # of rows: items, or options of a multiple choice
    columns: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    other: str | None = None  # the option that LimeSurvey keeps as "other"


class Spelling:
    """Names for `to_expression_manager`; a variable that LimeSurvey lacks is None."""

    def __init__(self, questionnaire: Questionnaire, report: Report) -> None:
        self.codes: dict[str, Codes] = {}
        self._variables: dict[str, str] = {}
        self._flags: dict[tuple[str, str], str] = {}
        self.answers: dict[str, Mapping[str, str]] = {}  # our code: LimeSurvey's, by answer key
        taken: set[str] = set()
        for question in questionnaire.questions:
            codes = _codes(question, taken, report)
            taken.add(codes.code.lower())
            self.codes[question.name] = codes
            self._learn(question, codes)

    def variable(self, name: str) -> str | None:
        return self._variables.get(name)

    def flag(self, name: str, code: str) -> str | None:
        return self._flags.get((name, code))

    def variables(self, name: str) -> tuple[str, ...]:
        flags = tuple(flag for (question, _), flag in self._flags.items() if question == name)
        one = self.variable(name)
        return flags or ((one,) if one else ())

    def _learn(self, question: Question, codes: Codes) -> None:
        stem = codes.code
        match question.kind:
            case QuestionKind.MULTIPLE:
                for option in question.options:
                    theirs = "other" if option.code == codes.other else codes.items[option.code]
                    self._flags[question.name, option.code] = f"{stem}_{theirs}"
            case QuestionKind.MATRIX | QuestionKind.NUMBERS | QuestionKind.TEXTS:
                for item in question.items:
                    self._name(question.item_key(item), f"{stem}_{codes.items[item.name]}", codes)
            case QuestionKind.TABLE:
                for item in question.items:
                    for column in question.columns:
                        theirs = f"{codes.items[item.name]}_{codes.columns[column.name]}"
                        self._name(question.cell_key(item, column), f"{stem}_{theirs}", codes)
            case _ if question.kind not in _NAMELESS:
                self._name(question.name, stem, codes)
        self._learn_words(question, codes)

    def _learn_words(self, question: Question, codes: Codes) -> None:
        stem = codes.code
        for key, option in question.word_fields.items():
            is_other = option.code == codes.other
            comment = f"{stem}_{codes.items.get(option.code, '')}comment"
            self._variables[key] = f"{stem}_other" if is_other else comment
        if question.comment and question.remark_field:
            self._variables[question.remark_field] = f"{stem}_comment"

    def _name(self, key: str, variable: str, codes: Codes) -> None:
        self._variables[key] = variable
        other = {codes.other: _OTHER} if codes.other else {}
        self.answers[key] = {**codes.answers, **other}


def _codes(question: Question, taken: set[str], report: Report) -> Codes:
    where = Message("question %(name)s", name=question.name)
    code = _short(question.name, LONGEST_CODE - 2, "Q")
    number = 1
    unique = code
    while unique.lower() in taken:
        number += 1
        unique = f"{code}{number}"
    if unique != question.name:
        report.lose(
            where,
            Message("name became %(unique)s", unique=unique),
            Message("LimeSurvey's codes are letters and digits, at most 20"),
        )
    other = next((each.code for each in question.options if each.specify and each.code == "other"), None)
    if question.kind is QuestionKind.SINGLE and other is None:
        other = next((each.code for each in question.options if each.specify), None)
    options = [each.code for each in question.options if each.code != other]
    rows = [each.name for each in question.items]
    is_rows = question.kind is QuestionKind.MULTIPLE
    columns = [each.name for each in question.columns]
    inside = {each.code: each.code for column in question.columns for each in column.options}
    return Codes(
        unique,
        items=_distinct(options if is_rows else rows, LONGEST_CODE, "SQ", where, report),
        columns=_distinct(columns, LONGEST_CODE, "C", where, report),
        answers=_distinct([*([] if is_rows else options), *inside], LONGEST_ANSWER, "A", where, report),
        other=other,
    )


def _distinct(names: Iterable[str], longest: int, prefix: str, where: str, report: Report) -> dict[str, str]:
    given: dict[str, str] = {}
    for place, name in enumerate(dict.fromkeys(names), start=1):
        fits = re.fullmatch(rf"[A-Za-z0-9]{{1,{longest}}}", name) and name.lower() not in given.values()
        given[name] = name if fits else f"{prefix}{place}"
        if not fits:
            why = Message("LimeSurvey's codes are letters and digits, at most %(longest)s", longest=longest)
            report.lose(where, Message("code %(name)s became %(given)s", name=name, given=given[name]), why)
    return given


def _short(name: str, longest: int, prefix: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9]", "", plain_letters(name))
    return (plain if plain[:1].isalpha() else f"{prefix}{plain}")[:longest]
