"""Whether something is known, and what then."""

from collections.abc import Mapping

from cityvoice.questionnaire.expressions.functions.signature import Function
from cityvoice.questionnaire.expressions.types import ANY, TRUTH, ValueType
from cityvoice.questionnaire.expressions.values import Value, is_known, truth


def _answered(value: Value) -> bool:
    return not (value is None or value in ("", ()))


def _holds(value: Value) -> bool:
    return truth(value) is True and value != "0"


def _if(condition: Value, then: Value, otherwise: Value) -> Value:
    if condition is None:
        return None
    return then if condition else otherwise


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if is_known(value)), None)


def _once(value: Value) -> Value:
    """The walk keeps what a hidden question has computed by it (`plan.Walk`)."""
    return value


FUNCTIONS: Mapping[str, Function] = {
    "answered": Function((ANY,), ValueType.TRUTH, _answered, certain=True),
    "known": Function((ANY,), ValueType.TRUTH, is_known, certain=True),
    "holds": Function((ANY,), ValueType.TRUTH, _holds, certain=True),
    "once": Function((ANY,), None, _once),
    "if": Function((TRUTH, ANY, ANY), None, _if),
    "coalesce": Function((ANY,), None, _coalesce, repeats=True),
}
