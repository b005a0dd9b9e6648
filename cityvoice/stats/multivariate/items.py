"""Items of a scale, checked before anything is computed from them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import BoolArray
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.estimation import Missing
from cityvoice.stats.frame import Columns, read_columns


def read_items(
    design: SurveyDesign, data: Any, variables: Sequence[str], missing: Missing
) -> tuple[Columns, BoolArray]:
    """Items as columns, and the rows of the domain with all of them, shape (n,).

    Raises
    ------
    MissingValuesError
        A missing answer, unless `missing` is ``drop``.
    EstimationError
        An item on which all answers are the same.
    """
    columns = read_columns(data, variables)
    absent = design.active & columns.is_missing
    if absent.any() and missing != "drop":
        raise MissingValuesError(
            "data-missing",
            f"row {int(np.argmax(absent))}",
            "a value in every row",
            f"{int(absent.sum())} rows without",
            'Pass missing="drop" to use complete rows.',
        )
    rows = design.active & ~columns.is_missing
    if not rows.any():
        raise EstimationError("items-empty", "items", "rows without missing values", "none")
    constant = np.ptp(columns.values[rows], axis=0) == 0
    if constant.any():
        name = columns.names[int(np.argmax(constant))]
        raise EstimationError("constant-variable", f"variable {name}", "answers that vary", "a constant")
    return columns, rows
