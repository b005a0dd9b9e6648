"""Our texts and expressions as LimeSurvey writes them."""

import html
from collections.abc import Mapping
from dataclasses import replace

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.exporters.limesurvey.spelling import Spelling
from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Call,
    Expression,
    Literal,
    Membership,
    Name,
    Operator,
)
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.rewrite import transform
from cityvoice.questionnaire.expressions.syntaxes.expression_manager import to_expression_manager
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.pipes import parts
from cityvoice.questionnaire.question import Text

_COMPARED = frozenset({Operator.EQUAL, Operator.NOT_EQUAL})


class Translator:
    """Writes texts and expressions; what LimeSurvey cannot say is told."""

    def __init__(self, spelling: Spelling, coded: frozenset[str], report: Report) -> None:
        self.spelling = spelling
        self.coded = coded  # answer keys whose value is a code: in texts they show its label
        self.report = report

    def expression(self, source: str | None, where: str) -> str | None:
        """An expression in LimeSurvey's language; None where there is none or it cannot be said."""
        if source is None:
            return None
        try:
            return to_expression_manager(transform(parse(source), self._recoded), self.spelling)
        except (ExpressionError, Refusal) as reason:
            self.report.lose(where, source, reason.message)
            return None

    def words(self, text: Text | None, where: str) -> Mapping[str, str]:
        """A text as HTML in every language."""
        if text is None:
            return {}
        return {language: self._html(words, where) for language, words in text.translations.items()}

    def _html(self, words: str, where: str) -> str:
        return "".join(
            _escaped(part) if isinstance(part, str) else self._piped(part.expression, where)
            for part in parts(words)
        )

    def _piped(self, source: str, where: str) -> str:
        if source in self.coded and (variable := self.spelling.variable(source)):
            return f"{{{variable}.shown}}"
        written = self.expression(source, where)
        return "\u2026" if written is None else f"{{{html.escape(written, quote=False)}}}"

    def _recoded(self, node: Expression) -> Expression:
        """LimeSurvey's answer codes in place of ours; its sum begins with 0 of itself."""
        match node:
            case Call("sum", (Literal(0), first, *rest)):
                return replace(node, arguments=(first, *rest))
            case Binary(operator, Name() as name, Literal() as literal) if operator in _COMPARED:
                return replace(node, right=self._code(name, literal))
            case Membership(Name() as name, values):
                return replace(node, values=tuple(self._code(name, each) for each in values))
            case Call("selected", (Name() as name, *codes)):
                return replace(node, arguments=(name, *(self._code(name, each) for each in codes)))
        return node

    def _code(self, name: Name, node: Expression) -> Expression:
        theirs = self.spelling.answers.get(name.name, {})
        if isinstance(node, Literal) and isinstance(node.value, str):
            return replace(node, value=theirs.get(node.value, node.value))
        return node


def _escaped(words: str) -> str:
    """Words as HTML; braces are no expressions."""
    escaped = html.escape(words, quote=False).replace("{", "&#123;").replace("}", "&#125;")
    return escaped.replace("\n", "<br />")
