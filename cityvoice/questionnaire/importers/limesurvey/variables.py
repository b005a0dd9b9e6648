"""LimeSurvey's variables: what ``Q1_SQ002.shown`` and ``12X3X45SQ002`` are in our questionnaire."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cityvoice.questionnaire.expressions.ast import Binary, Call, Expression, Literal, Name, Operator
from cityvoice.questionnaire.expressions.syntaxes.blanks import flag
from cityvoice.questionnaire.importers.limesurvey.naming import WITH_ROWS, Named
from cityvoice.questionnaire.importers.limesurvey.source import Group, Survey
from cityvoice.questionnaire.kinds import QuestionKind

Make = Callable[..., "Variable"]

_CODED = frozenset({QuestionKind.SINGLE, QuestionKind.MATRIX, QuestionKind.TABLE, QuestionKind.SCALE})
_OTHER_CODE = "-oth-"  # what LimeSurvey stores when "other" is chosen from a list


@dataclass(frozen=True, eq=False)
class Variable:
    """One variable of the file.

    Attributes
    ----------
    recoded
        LimeSurvey's codes that have another name in ours.
    """

    named: Named
    suffix: str  # behind the question's code: _SQ001, _other
    sgqa: str
    value: Expression
    parts: tuple[str, ...] = ()  # codes of its subquestions, for ``self.sq_SQ001``
    is_comment: bool = False
    recoded: Mapping[str, str] | None = None

    @property
    def code(self) -> str:
        return self.named.source.code + self.suffix


class Variables:
    """Every variable of a survey, by its code and by its SGQA identifier."""

    def __init__(self, survey: Survey, named: Mapping[str, Named]) -> None:
        self.survey = survey
        self.of_question: dict[str, tuple[Variable, ...]] = {}
        self.by_name: dict[str, Variable] = {}
        self.groups = {question.id: group for group in survey.groups for question in group.questions}
        self.places = {question.id: place for place, question in enumerate(survey.questions)}
        for one in named.values():
            own = tuple(_variables(one, survey))
            self.of_question[one.source.id] = own
            for variable in own:
                self.by_name.setdefault(variable.code, variable)
                self.by_name.setdefault(variable.sgqa, variable)
            self._add_question(one, own)
        every = self.by_name.values()
        self.recoded = {v.value.name: v.recoded for v in every if v.recoded and isinstance(v.value, Name)}
        self.coded = {v.value.name for v in every if v.named.kind in _CODED and isinstance(v.value, Name)}
        self.questions = {one.source.code: self.of_question[one.source.id] for one in named.values()}
        self.by_any_case = {name.lower(): variable for name, variable in reversed(self.by_name.items())}

    def _add_question(self, named: Named, own: tuple[Variable, ...]) -> None:
        """The question's own code, and its identifier, where a variable of it is named otherwise."""
        if len(own) == 1 or named.kind is QuestionKind.MULTIPLE:
            stem = f"{self.survey.id}X{named.source.group}X{named.source.id}"
            whole = own[0] if len(own) == 1 else Variable(named, "", stem, Name(named.name))
            for name in (named.source.code, stem, f"Q{named.source.id}"):
                self.by_name.setdefault(name, whole)

    def find(self, name: str) -> Variable | None:
        return self.by_name.get(name) or self.by_any_case.get(name.lower())

    def first(self, question: str) -> Variable | None:
        """The first variable of a question, by the question's identifier."""
        return next(iter(self.of_question[question]), None)

    def find_question(self, code: str) -> tuple[Variable, ...] | None:
        """All the variables of a question; None when there is no such question."""
        return self.questions.get(code)

    def group(self, variable: Variable) -> Group:
        return self.groups[variable.named.source.id]

    def fact(self, variable: Variable, attribute: str) -> str | None:
        """What is known of a variable before anybody answers: ``.qid``, ``.type``, ``.jsName``."""
        source, group = variable.named.source, self.group(variable)
        facts = {
            "qid": source.id,
            "gid": group.id,
            "sgqa": variable.sgqa,
            "type": source.type,
            "mandatory": source.mandatory,
            "relevance": source.relevance or "1",
            "grelevance": group.relevance,
            "qseq": str(self.places[source.id]),
            "gseq": str(self.survey.groups.index(group)),
            "jsName": f"java{variable.sgqa}",
            "rowdivid": variable.sgqa if variable.suffix else "",
        }
        return facts.get(attribute)


def _variables(named: Named, survey: Survey) -> Iterator[Variable]:
    source = named.source
    stem = f"{survey.id}X{source.group}X{source.id}"

    def make(suffix: str, sgqa: str, value: Expression, **more: Any) -> Variable:
        return Variable(named, suffix, stem + sgqa, value, **more)

    match named.kind:
        case None | QuestionKind.INFO:
            yield make("", "", Literal(""))
        case QuestionKind.MULTIPLE:
            yield from _boxes(named, make)
        case QuestionKind.RANKING:
            yield from _ranks(named, make)
        case QuestionKind.TABLE:
            yield from _cells(named, make)
        case _ if named.kind in WITH_ROWS:
            for code, row in named.rows.items():
                yield make(f"_{code}", code, Name(named.key(row)), parts=(code,), recoded=_recoded(named, 0))
        case _:
            yield from _single(named, make)


def _single(named: Named, make: Make) -> Iterator[Variable]:
    name, recoded = Name(named.name), _recoded(named, 0)
    if named.has_other:
        yield make("", "", name, recoded={**(recoded or {}), _OTHER_CODE: named.other})
        if named.kind is QuestionKind.SINGLE:
            yield make("_other", "other", Name(named.key(named.other, "text")))
        return
    yield make("", "", name, recoded=recoded)
    if named.source.type == "O" and named.kind is QuestionKind.SINGLE:
        yield make("_comment", "comment", Name(named.key("comment")), is_comment=True)
    if named.source.type == "|":
        count = Call("if", (Call("answered", (name,)), Literal(1), Literal(0)))
        yield make("_filecount", "_filecount", count)


def _boxes(named: Named, make: Make) -> Iterator[Variable]:
    for code, option in named.rows.items():
        chosen = Call("selected", (Name(named.name), Literal(option)))
        yield make(f"_{code}", code, flag(chosen), parts=(code,))
        if named.source.type == "P":
            words = Name(named.key(option, "text"))
            yield make(f"_{code}comment", f"{code}comment", words, parts=(code,), is_comment=True)
    if named.has_other:
        yield make("_other", "other", Name(named.key(named.other, "text")), parts=("other",))


def _ranks(named: Named, make: Make) -> Iterator[Variable]:
    """The variable of the first place holds a code; ours hold the place of each option."""
    for place in range(1, len(named.rows) + 1):
        value: Expression = Literal("")
        for code, option in reversed(tuple(named.rows.items())):
            here = Call("holds", (Binary(Operator.EQUAL, Name(named.key(option)), Literal(place)),))
            value = Call("if", (here, Literal(code), value))
        yield make(f"_{place}", str(place), value, parts=(str(place),))


def _cells(named: Named, make: Make) -> Iterator[Variable]:
    dual = named.source.type == "1"
    mark = "#" if dual else "_"
    for row_code, row in named.rows.items():
        for column_code, column in named.columns.items():
            yield make(
                f"_{row_code}_{column_code}",
                f"{row_code}{mark}{column_code}",
                Name(named.key(row, column)),
                parts=(row_code, column_code),
                recoded=_recoded(named, int(column_code)) if dual else None,
            )


def _recoded(named: Named, scale: int) -> Mapping[str, str] | None:
    changed = {code: ours for code, ours in named.codes[scale].items() if code != ours}
    return changed or None
