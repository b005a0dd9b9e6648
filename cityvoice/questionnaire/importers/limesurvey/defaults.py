"""Default answers, and the values of hidden questions."""

from cityvoice.questionnaire.expressions.render import plain_number as written
from cityvoice.questionnaire.expressions.render import quoted
from cityvoice.questionnaire.importers.limesurvey.compiling import Compiler
from cityvoice.questionnaire.importers.limesurvey.limits import plain_number
from cityvoice.questionnaire.importers.limesurvey.naming import Named
from cityvoice.questionnaire.importers.limesurvey.source import Default
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message

_ONE = frozenset(
    {QuestionKind.SINGLE, QuestionKind.SCALE, QuestionKind.TEXT, QuestionKind.NUMBER, QuestionKind.DATE}
    | {QuestionKind.TIME, QuestionKind.HIDDEN}
)
_NUMERIC = frozenset({QuestionKind.NUMBER, QuestionKind.NUMBERS})
_SHARED = frozenset({QuestionKind.MATRIX, QuestionKind.NUMBERS, QuestionKind.TEXTS})


def default_of(named: Named, compiler: Compiler, report: Report) -> str | None:
    """The expression of a question's default answer; what cannot be one is told."""
    where = Message("%(where)s, default", where=named.where)
    if (same := _same_everywhere(named)) is not None:
        return _one(named, same, compiler, where, report)
    chosen: list[str] = []
    for default in named.source.defaults:
        words = next((text for text in default.words.values() if text.strip()), "")
        if not words:
            continue
        if named.kind is QuestionKind.MULTIPLE and words == "Y" and (code := _row(named, default)):
            chosen.append(code)
        elif named.kind in _ONE and not default.subquestion and not default.special:
            return _one(named, default, compiler, where, report)
        else:
            report.lose(where, f"{default.special or _row(named, default) or ''} = {words}", _WHY)
    if len(chosen) > 1:
        report.lose(
            where,
            ", ".join(chosen[1:]),
            Message("a multiple choice has one option chosen beforehand at most"),
        )
    return quoted(chosen[0]) if chosen else None


_WHY = Message("only a question's own single answer has a default")


def _row(named: Named, default: Default) -> str | None:
    code = next((each.code for each in named.source.rows() if each.id == default.subquestion), None)
    return None if code is None else named.rows.get(code)


def _same_everywhere(named: Named) -> Default | None:
    """The default that all items share; None when they differ or some have none."""
    defaults, rows = named.source.defaults, named.source.rows()
    if (
        named.kind not in _SHARED
        or not rows
        or {each.subquestion for each in defaults} != {r.id for r in rows}
    ):
        return None
    return defaults[0] if all(each.words == defaults[0].words for each in defaults) else None


def _one(named: Named, default: Default, compiler: Compiler, where: str, report: Report) -> str | None:
    words = next((text for text in default.words.values() if text.strip()), "")
    if "{" in words:
        return compiler.template(default.words, where, named)
    if len({text for text in default.words.values() if text}) > 1:
        report.lose(where, Message("its translations"), Message("a default is the same in every language"))
    if named.source.type in "L!OYG5FABCEH":
        code = named.codes[0].get(words, named.other if words == "-oth-" else words)
        return quoted(code)
    number = plain_number(words) if named.kind in _NUMERIC else None
    return quoted(words) if number is None else written(number)
