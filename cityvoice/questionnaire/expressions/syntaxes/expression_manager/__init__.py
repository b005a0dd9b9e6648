"""LimeSurvey's Expression Manager: read, written, and found in texts.

A variable with ``.NAOK`` may be unanswered, and is then an empty text: ``Q1.NAOK != "Y"`` is true of it. One
without makes the whole condition false in LimeSurvey while its question is not shown; here it is unknown, and
so is what is computed from it.
"""

from cityvoice.questionnaire.expressions.syntaxes.expression_manager.reading import (
    Variables,
    parse_condition,
    parse_value,
)
from cityvoice.questionnaire.expressions.syntaxes.expression_manager.tailoring import Part, split_text
from cityvoice.questionnaire.expressions.syntaxes.expression_manager.writing import (
    Spelling,
    to_expression_manager,
)

__all__ = [
    "Part",
    "Spelling",
    "Variables",
    "parse_condition",
    "parse_value",
    "split_text",
    "to_expression_manager",
]
