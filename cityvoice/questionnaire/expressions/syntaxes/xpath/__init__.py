"""The XPath of XLSForm (ODK, Kobo): read and written."""

from cityvoice.questionnaire.expressions.syntaxes.xpath.reading import (
    Nodes,
    is_expression,
    parse_condition,
    parse_default,
    parse_value,
)
from cityvoice.questionnaire.expressions.syntaxes.xpath.writing import Spelling, to_xpath

__all__ = [
    "Nodes",
    "Spelling",
    "is_expression",
    "parse_condition",
    "parse_default",
    "parse_value",
    "to_xpath",
]
