"""The functions of expressions, by field: what they take, what they give, how they compute.

What each does, for people who write expressions: docs/reference/expressions.md.
"""

from collections.abc import Mapping

from cityvoice.questionnaire.expressions.functions import (
    chance,
    choices,
    dates,
    logic,
    members,
    numbers,
    texts,
)
from cityvoice.questionnaire.expressions.functions.signature import Function

FUNCTIONS: Mapping[str, Function] = {
    **logic.FUNCTIONS,
    **choices.FUNCTIONS,
    **numbers.FUNCTIONS,
    **texts.FUNCTIONS,
    **dates.FUNCTIONS,
    **chance.FUNCTIONS,
    **members.FUNCTIONS,
}
