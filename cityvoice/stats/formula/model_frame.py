"""What a formula makes of data: a response, a matrix of columns, an offset; and the same for new data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cityvoice.stats.encoding import BoolArray, Codes, FloatArray, IntArray
from cityvoice.stats.errors import StatsError
from cityvoice.stats.formula.expressions import Variable, as_numbers, evaluate, is_missing
from cityvoice.stats.formula.terms import Formula, Term, parse_formula, term_of
from cityvoice.stats.frame import Frame

Contrasts = Literal["treatment", "sum"]
INTERCEPT = "(Intercept)"


@dataclass(frozen=True, eq=False)
class ModelSpec:
    """A formula with the levels it met, apart from the data.

    Parameters
    ----------
    formula : Formula
    levels : mapping of variable to levels
        Of categorical variables only; the first is the reference.
    contrasts : {"treatment", "sum"}
        ``treatment``: each level against the first. ``sum``: each level but the last against the mean.
    """

    formula: Formula
    levels: Mapping[str, tuple[str, ...]]
    contrasts: Contrasts = "treatment"

    def matrix(self, frame: Frame) -> "ModelMatrix":
        """Columns of the linear predictor, NaN in rows with a missing value.

        Raises
        ------
        StatsError
            ``level-unknown`` for a level the model was not fitted to.
        """
        present = {frozenset(term) for term in self.formula.terms}
        if self.formula.has_intercept:
            present.add(frozenset())
        names, blocks, assign = list[str](), list[FloatArray](), list[int]()
        if self.formula.has_intercept:
            names, blocks, assign = [INTERCEPT], [np.ones((frame.n_rows, 1))], [0]
        for position, term in enumerate(self.formula.terms):
            labels, values = self._term(frame, term, present)
            names += labels
            blocks.append(values)
            assign += [position + 1] * len(labels)
            if all(variable in self.levels for variable in term):
                present.add(frozenset())  # all levels of a factor hold the intercept
        values = np.hstack(blocks) if blocks else np.empty((frame.n_rows, 0))
        return ModelMatrix(tuple(names), values, np.array(assign, dtype=np.int64))

    def offset(self, frame: Frame) -> FloatArray:
        """The offset in each row, 0 without one."""
        text = self.formula.offset
        return as_numbers(evaluate(text, frame)) if text else np.zeros(frame.n_rows)

    def columns_of(self, labels: Sequence[str], assign: IntArray) -> IntArray:
        """Positions of the columns that belong to some terms."""
        order = {frozenset(term): k + 1 for k, term in enumerate(self.formula.terms)}
        wanted = [order.get(frozenset(term_of(label)), 0) for label in labels]
        if 0 in wanted:
            known = ", ".join(":".join(term) for term in self.formula.terms)
            raise StatsError("term-unknown", "terms", f"terms among {known}", ", ".join(labels))
        return np.flatnonzero(np.isin(assign, wanted))

    def _term(self, frame: Frame, term: Term, present: set[frozenset[str]]) -> tuple[list[str], FloatArray]:
        labels, values = [""], np.ones((frame.n_rows, 1))
        for variable in term:
            by_contrasts = frozenset(term) - {variable} in present
            own_labels, own = self._variable(frame, variable, by_contrasts)
            # the first variable of an interaction varies fastest
            labels = [f"{a}:{b}" if a else b for b in own_labels for a in labels]
            values = (own[:, :, None] * values[:, None, :]).reshape(frame.n_rows, -1)
        return labels, values

    def _variable(self, frame: Frame, name: str, by_contrasts: bool) -> tuple[list[str], FloatArray]:
        variable = evaluate(name, frame)
        if name not in self.levels:
            return [name], as_numbers(variable)[:, None]
        codes = _recoded(variable, self.levels[name], name)
        size = len(self.levels[name])
        coding = np.eye(size)
        suffixes = list(self.levels[name])
        if by_contrasts and self.contrasts == "treatment":
            coding, suffixes = coding[:, 1:], suffixes[1:]
        elif by_contrasts:
            coding = coding[:, :-1] - coding[:, [-1]]
            suffixes = [str(k + 1) for k in range(size - 1)]
        columns = coding[codes]
        columns[codes < 0] = np.nan
        return [f"{name}{suffix}" for suffix in suffixes], columns


@dataclass(frozen=True, eq=False)
class ModelMatrix:
    """Columns of a linear predictor.

    Parameters
    ----------
    names : tuple of str
        ``(Intercept)``, ``sexM``, ``age25-34``, ``sexM:age25-34``.
    values : float array, shape (n, p); NaN in rows with a missing value.
    assign : int array, shape (p,)
        Number of the term each column belongs to, 0 for the intercept.
    """

    names: tuple[str, ...]
    values: FloatArray
    assign: IntArray

    @property
    def is_missing(self) -> BoolArray:
        missing: BoolArray = np.asarray(np.isnan(self.values).any(axis=1), dtype=bool)
        return missing


@dataclass(frozen=True, eq=False)
class ModelFrame:
    """Everything a fit needs.

    Parameters
    ----------
    spec : ModelSpec
    response : float array or Codes, shape (n,)
    matrix : ModelMatrix
    offset : float array, shape (n,)
    complete : bool array, shape (n,)
        Rows asked for in which nothing is missing.
    """

    spec: ModelSpec
    response: Variable
    matrix: ModelMatrix
    offset: FloatArray
    complete: BoolArray


def model_frame(
    formula: str | Formula, data: Any, rows: BoolArray, *, contrasts: Contrasts = "treatment"
) -> ModelFrame:
    """Read the variables of a formula; levels that no complete row has are left out.

    Parameters
    ----------
    formula : str or Formula
    data : DataFrame, mapping of arrays, or Frame
    rows : bool array, shape (n,)
        Rows the model is for.
    """
    frame = data if isinstance(data, Frame) else Frame(data)
    read = parse_formula(formula) if isinstance(formula, str) else formula
    variables = {name: evaluate(name, frame) for name in read.variables}
    response = evaluate(read.response, frame) if read.response else np.zeros(frame.n_rows)
    offset = as_numbers(evaluate(read.offset, frame)) if read.offset else np.zeros(frame.n_rows)
    complete = rows & ~np.isnan(offset) & ~is_missing(response)
    for name, variable in variables.items():
        complete &= ~is_missing(variable)
        _refuse_infinite(name, variable, complete)
    levels = {n: _used(v, complete) for n, v in variables.items() if isinstance(v, Codes)}
    for name, used in levels.items():
        if len(used) < 2:
            raise StatsError("factor-constant", f"variable {name}", "at least two levels in use", str(used))
    spec = ModelSpec(read, levels, contrasts)
    return ModelFrame(spec, response, _matrix_where(spec, variables, frame, complete), offset, complete)


def _matrix_where(
    spec: ModelSpec, variables: Mapping[str, Variable], frame: Frame, complete: BoolArray
) -> ModelMatrix:
    """The matrix with zeros in rows that take no part, whatever they hold."""
    inside: dict[str, Any] = {}
    for name, variable in variables.items():
        if isinstance(variable, Codes):
            inside[name] = Codes(np.where(complete, variable.codes, -1), variable.levels)
        else:
            inside[name] = np.where(complete, variable, np.nan)
    matrix = spec.matrix(Frame(inside or {"": np.zeros(frame.n_rows)}))
    return ModelMatrix(matrix.names, np.where(complete[:, None], matrix.values, 0.0), matrix.assign)


def _refuse_infinite(name: str, variable: Variable, rows: BoolArray) -> None:
    if not isinstance(variable, Codes) and np.isinf(variable[rows]).any():
        raise StatsError("column-infinite", f"variable {name}", "finite numbers or NaN", "infinity")


def _used(variable: Codes, rows: BoolArray) -> tuple[str, ...]:
    counts = np.bincount(variable.codes[rows], minlength=len(variable.levels))
    return tuple(level for level, n in zip(variable.levels, counts, strict=True) if n)


def _recoded(variable: Variable, levels: tuple[str, ...], name: str) -> IntArray:
    """Codes in terms of the model's levels."""
    if not isinstance(variable, Codes):
        raise StatsError("variable-kind", f"variable {name}", f"levels {', '.join(levels)}", "numbers")
    lookup = np.array(
        [levels.index(v) if v in levels else -2 for v in variable.levels] + [-1], dtype=np.int64
    )
    codes: IntArray = lookup[variable.codes]
    if (codes == -2).any():
        unknown = variable.levels[int(variable.codes[np.argmax(codes == -2)])]
        raise StatsError(
            "level-unknown",
            f"variable {name}",
            f"levels the model was fitted to: {', '.join(levels)}",
            unknown,
        )
    return codes
