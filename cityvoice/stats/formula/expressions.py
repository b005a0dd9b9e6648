"""Variables of a formula computed from columns: arithmetic, comparisons and a few functions, nothing else.

Missing stays missing through every operation. A comparison gives the levels FALSE and TRUE.
"""

import ast
import re
from collections.abc import Callable

import numpy as np

from cityvoice.stats.encoding import MISSING, BoolArray, Codes, FloatArray, encode
from cityvoice.stats.errors import StatsError
from cityvoice.stats.frame import Frame

Variable = FloatArray | Codes

LOGICAL = ("FALSE", "TRUE")
FUNCTIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
}
ARITHMETIC: dict[type[ast.operator], Callable[[FloatArray, FloatArray], FloatArray]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[FloatArray, FloatArray], FloatArray]] = {
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}


def evaluate(expression: str, frame: Frame) -> Variable:
    """Value of an expression in every row.

    Raises
    ------
    StatsError
        ``expression-unknown`` for anything but the operations named above.
    """
    if expression in frame.columns:
        return frame.numbers(expression) if frame.is_numeric(expression) else frame.codes(expression)
    names: dict[str, str] = {}
    try:
        tree = ast.parse(_plain(expression, names), mode="eval").body
    except SyntaxError as error:
        raise _unknown(expression, expression) from error
    with np.errstate(all="ignore"):
        return _Evaluator(expression, frame, names).value(tree)


def as_numbers(variable: Variable) -> FloatArray:
    """Numbers as they are; of levels, 0 for the first and 1 for any other."""
    if not isinstance(variable, Codes):
        return variable
    return np.where(variable.is_missing, np.nan, (variable.codes > 0).astype(float))


def finite(variable: Variable, name: str) -> Variable:
    """The same variable; infinite numbers are refused."""
    if not isinstance(variable, Codes) and np.isinf(variable).any():
        raise StatsError("column-infinite", f"variable {name}", "finite numbers or NaN", "infinity")
    return variable


def is_missing(variable: Variable) -> BoolArray:
    missing: BoolArray = variable.is_missing if isinstance(variable, Codes) else np.isnan(variable)
    return missing


def as_codes(variable: Variable) -> Codes:
    """Levels as they are; distinct numbers become levels."""
    return variable if isinstance(variable, Codes) else encode(variable)


def _plain(text: str, names: dict[str, str]) -> str:
    """Python's spelling: ``**`` for ``^``, names with dots or in backticks replaced by plain ones."""
    pieces = re.split(r"('[^']*'|\"[^\"]*\"|`[^`]+`)", text)

    def rename(name: str) -> str:
        alias = f"name_{len(names)}"
        names[alias] = name
        return alias

    def outside(part: str) -> str:
        dotted = re.sub(r"[^\W\d]\w*(?:\.\w+)+", lambda m: rename(m.group()), part)
        return dotted.replace("^", "**")

    plain = [
        rename(p.strip("`")) if p.startswith("`") else p if p[:1] in "'\"" else outside(p) for p in pieces
    ]
    return "".join(plain).strip()


def _unknown(expression: str, got: str) -> StatsError:
    allowed = f"columns, numbers, + - * / ^, comparisons, factor(), I(), {', '.join(FUNCTIONS)}"
    return StatsError("expression-unknown", f"expression {expression}", allowed, got)


class _Evaluator:
    def __init__(self, expression: str, frame: Frame, names: dict[str, str]) -> None:
        self.expression, self.frame, self.names = expression, frame, names

    def value(self, node: ast.expr) -> Variable:
        match node:
            case ast.Name(id=name):
                column = self.names.get(name, name)
                return (
                    self.frame.numbers(column) if self.frame.is_numeric(column) else self.frame.codes(column)
                )
            case ast.Constant(value=int() | float() as number):
                return np.full(self.frame.n_rows, float(number))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -self.numbers(inner)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in ARITHMETIC:
                return ARITHMETIC[type(operator)](self.numbers(left), self.numbers(right))
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in COMPARISONS:
                return self._comparison(left, operator, right)
            case ast.Call(func=ast.Name(id=name), args=[inner]):
                return self._call(self.names.get(name, name), inner)
        raise _unknown(self.expression, ast.unparse(node))

    def numbers(self, node: ast.expr) -> FloatArray:
        return as_numbers(self.value(node))

    def _call(self, name: str, inner: ast.expr) -> Variable:
        if name == "I":
            return self.value(inner)
        if name in ("factor", "as.factor"):
            return as_codes(self.value(inner))
        if name == "as.numeric":
            return self.numbers(inner)
        if name not in FUNCTIONS:
            raise _unknown(self.expression, f"{name}()")
        return FUNCTIONS[name](self.numbers(inner))

    def _comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Codes:
        if isinstance(right, ast.Constant) and isinstance(right.value, str):
            return self._level_test(left, operator, right.value)
        first, second = self.numbers(left), self.numbers(right)
        holds = COMPARISONS[type(operator)](first, second)
        return Codes(np.where(np.isnan(first) | np.isnan(second), MISSING, holds.astype(np.int64)), LOGICAL)

    def _level_test(self, left: ast.expr, operator: ast.cmpop, level: str) -> Codes:
        variable = self.value(left)
        if not isinstance(variable, Codes) or not isinstance(operator, ast.Eq | ast.NotEq):
            raise _unknown(self.expression, f"a comparison with '{level}'")
        wanted = variable.levels.index(level) if level in variable.levels else len(variable.levels)
        holds = (variable.codes == wanted) == isinstance(operator, ast.Eq)
        return Codes(np.where(variable.is_missing, MISSING, holds.astype(np.int64)), LOGICAL)
