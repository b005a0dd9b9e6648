"""Which items and options are offered: subquestion relevance, array filters and their exclusions."""

from collections.abc import Iterator, Mapping

from cityvoice.questionnaire.expressions.ast import Call, Expression, Literal, Name, Operator, Unary
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.rewrite import all_of, any_of
from cityvoice.questionnaire.importers.limesurvey.compiling import Compiler
from cityvoice.questionnaire.importers.limesurvey.naming import WITH_ROWS, Named
from cityvoice.questionnaire.importers.limesurvey.source import Subquestion
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message

_INCLUDE, _EXCLUDE = "array_filter", "array_filter_exclude"


class Filters:
    """Conditions of items and options.

    A filter offers what was chosen (an exclusion: what was not chosen) under the same code in another
    question; that question's own filters count as well. A code that it does not have is always offered.
    """

    def __init__(self, named: Mapping[str, Named], compiler: Compiler, report: Report) -> None:
        self.by_code = {each.source.code: each for each in reversed(list(named.values()))}
        self.compiler = compiler
        self.report = report

    def of_row(self, named: Named, row: Subquestion) -> str | None:
        """The condition of an item, or of an option of a multiple choice."""
        own = self.compiler.condition(
            row.relevance, Message("%(where)s, %(code)s, relevance", where=named.where, code=row.code), named
        )
        conditions = ([] if own is None else [own]) + self._conditions(named, row.code)
        return self._rendered(conditions, counted=own is not None)

    def of_answer(self, named: Named, code: str) -> str | None:
        """The condition of an answer option; subquestions have the filters of a matrix, not its scale."""
        if named.kind in WITH_ROWS:
            return None
        return self._rendered(self._conditions(named, code), counted=False)

    def _conditions(self, named: Named, code: str) -> list[Expression]:
        conditions = []
        for source, excludes in dict.fromkeys(self._sources(named, frozenset())):
            if chosen := any_of(_chosen(source, code)):
                conditions.append(Unary(Operator.NOT, Call("holds", (chosen,))) if excludes else chosen)
        return conditions

    def _rendered(self, conditions: list[Expression], *, counted: bool) -> str | None:
        together = all_of(conditions)
        if together is None:
            return None
        source = render(together)
        if not counted:
            self.report.derived.add(source)
        return source

    def _sources(self, named: Named, seen: frozenset[str]) -> Iterator[tuple[Named, bool]]:
        """The questions that filter this one, and whether they exclude; those of filtering questions, too."""
        for attribute, excludes in ((_INCLUDE, False), (_EXCLUDE, True)):
            for code in named.source.attribute(attribute).split(";"):
                source = self.by_code.get(code.strip())
                if source is None and code.strip():
                    why = Message("there is no question %(code)s", code=code.strip())
                    self.report.lose(named.where, f"{attribute} = {code.strip()}", why)
                if source is None or source.name in seen or source is named:
                    continue
                yield source, excludes
                yield from self._sources(source, seen | {named.name})


def _chosen(source: Named, code: str) -> Iterator[Expression]:
    """What shows that something was chosen or answered under this code."""
    if code == "other" and source.has_other:
        yield Call("selected", (Name(source.name), Literal(source.other)))
        return
    part = source.rows.get(code)
    if part is None:
        return
    match source.kind:
        case QuestionKind.MULTIPLE:
            yield Call("selected", (Name(source.name), Literal(part)))
        case QuestionKind.TABLE:
            yield from (_answered(source.key(part, column)) for column in source.columns.values())
        case QuestionKind.RANKING | QuestionKind.MATRIX | QuestionKind.TEXTS | QuestionKind.NUMBERS:
            yield _answered(source.key(part))


def _answered(key: str) -> Expression:
    return Call("answered", (Name(key),))
