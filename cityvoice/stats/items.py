"""What a table is made of: questions, each encoded once, and the sets of levels to be counted together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cityvoice.stats.encoding import BoolArray, Codes, FloatArray, Scale, encode
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.frame import Frame

MAX_SCALE = 60  # a numeric item with a narrower range of whole numbers is counted by value


@dataclass(frozen=True, eq=False)
class CategoricalItem:
    """A closed question.

    Parameters
    ----------
    name : str
    codes : int array, shape (n,)
        Position of each answer in `levels`; -1 is missing. int8 is enough for most questions.
    levels : tuple of str
    boxes : mapping of name to levels
        Sets of levels to be estimated as one share, e.g. ``{"satisfied": ("very", "rather")}``.
    scores : mapping of level to number, optional
        Gives the mean of the scores as well; a level without a score is not allowed.
    """

    name: str
    codes: npt.NDArray[Any]
    levels: tuple[str, ...]
    boxes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scores: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        codes = np.asarray(self.codes)
        if codes.dtype.kind not in "iu":
            raise EstimationError("item-codes", f"item {self.name}", "integer codes", str(codes.dtype))
        if codes.size and (int(codes.max()) >= len(self.levels) or int(codes.min()) < -1):
            raise EstimationError(
                "item-code-unknown",
                f"item {self.name}",
                f"codes from -1 to {len(self.levels) - 1}",
                f"codes from {codes.min()} to {codes.max()}",
                "Every code needs a label; -1 is missing.",
            )
        used = [level for members in self.boxes.values() for level in members] + list(self.scores or {})
        unknown = [level for level in used if level not in self.levels]
        if unknown:
            raise EstimationError(
                "item-level-unknown",
                f"item {self.name}",
                f"levels among {', '.join(self.levels)}",
                ", ".join(unknown),
            )

    @property
    def terms(self) -> tuple[tuple[str, str], ...]:
        """(statistic, term) of each estimate."""
        shares = [("share", level) for level in self.levels] + [("share", box) for box in self.boxes]
        return (*shares, ("mean", "mean")) if self.scores is not None else tuple(shares)

    @property
    def loadings(self) -> FloatArray:
        """What each level adds to each term, shape (levels, terms)."""
        columns = [np.eye(len(self.levels))]
        for members in self.boxes.values():
            columns.append(np.array([[float(level in members)] for level in self.levels]))
        if self.scores is not None:
            columns.append(np.array([[float(self.scores[level])] for level in self.levels]))
        return np.hstack(columns)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def is_missing(self) -> BoolArray:
        missing: BoolArray = np.asarray(self.codes) < 0
        return missing

    @cached_property
    def coded(self) -> tuple[npt.NDArray[Any], FloatArray] | None:
        """Codes and loadings, by which every term follows from a count of levels."""
        return np.asarray(self.codes), self.loadings

    @property
    def numbers(self) -> FloatArray:
        """Not a number; asked for only where `coded` is None."""
        raise TypeError(f"item {self.name} is categorical")

    @classmethod
    def from_values(cls, name: str, values: Any, **options: Any) -> "CategoricalItem":
        """Encode a column; ``levels`` among the options sets their order and drops all others."""
        encoded = values if isinstance(values, Codes) else encode(values, options.pop("levels", None))
        small = np.int8 if len(encoded.levels) < 128 else np.int32
        return cls(name, encoded.codes.astype(small), encoded.levels, **options)


@dataclass(frozen=True, eq=False)
class NumericItem:
    """A number per respondent; NaN is missing, infinities are refused.

    Parameters
    ----------
    values : float array or Scale, shape (n,)
    """

    name: str
    values: npt.NDArray[Any] | Scale

    def __post_init__(self) -> None:
        if not isinstance(self.values, Scale) and np.isinf(self.numbers).any():
            raise EstimationError("item-infinite", f"item {self.name}", "finite numbers or NaN", "infinity")

    @property
    def terms(self) -> tuple[tuple[str, str], ...]:
        return (("mean", "mean"),)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def numbers(self) -> FloatArray:
        if isinstance(self.values, Scale):
            return self.values.numbers
        return np.asarray(self.values, dtype=float)

    @cached_property
    def is_missing(self) -> BoolArray:
        if isinstance(self.values, Scale):
            return self.values.is_missing
        missing: BoolArray = np.isnan(self.numbers)
        return missing

    @cached_property
    def coded(self) -> tuple[npt.NDArray[Any], FloatArray] | None:
        """Codes of a scale of few whole numbers, with its numbers as loadings; None for other values."""
        if isinstance(self.values, Scale):
            return self.values.codes, self.values.values[:, None]
        low, high = np.fmin.reduce(self.numbers), np.fmax.reduce(self.numbers)
        if not high - low <= MAX_SCALE:
            return None
        shifted = self.numbers - (low - 1)
        with np.errstate(invalid="ignore"):  # what a missing value becomes does not matter
            codes = shifted.astype(np.int8)
        codes[self.is_missing] = 0
        if np.count_nonzero(codes == shifted) + np.count_nonzero(self.is_missing) < len(codes):
            return None
        codes -= 1
        return codes, np.arange(low, high + 1)[:, None]


Item = CategoricalItem | NumericItem


def items_from_frame(frame: pd.DataFrame | Frame, names: Sequence[str]) -> tuple[Item, ...]:
    """Items of a frame: columns of numbers as means, all others (yes and no too) as shares."""
    data = frame if isinstance(frame, Frame) else Frame(frame)
    return tuple(_item(data, name) for name in names)


def _item(data: Frame, name: str) -> Item:
    column = data.column(name)
    if isinstance(column, Scale):
        return NumericItem(name, column)
    if data.is_numeric(name) and not pd.api.types.is_bool_dtype(column.dtype):
        return NumericItem(name, data.numbers(name))
    return CategoricalItem.from_values(name, data.codes(name))
