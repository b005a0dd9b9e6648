"""Linearised variances where every row is a unit of its own: from counts of levels, never row by row.

Rows with the same answer, weight, stratum and domain have the same score, so all that a variance needs of
them is the sum of their squared weights by level. Squared scores are summed as squared distances from the
mean, not as differences of sums, so that nothing is lost where all answers are alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cityvoice.stats.collapse import Batch, CollapsedDesign, means
from cityvoice.stats.encoding import FloatArray, weighted_counts
from cityvoice.stats.items import Item
from cityvoice.stats.joint_counts import CodedColumn, joint_counts
from cityvoice.stats.pairs import Pairs
from cityvoice.stats.products import slim_product
from cityvoice.stats.sums import TermSums


@dataclass(frozen=True, eq=False)
class RowVariance:
    """Variances and degrees of freedom of a batch of items, shapes (D, C) and (D,)."""

    variance: FloatArray
    df: FloatArray


def row_variances(
    design: CollapsedDesign,
    items: Sequence[Item],
    pairs: Pairs,
    of_row: npt.NDArray[Any],
    weights: FloatArray,
    sums: TermSums,
) -> RowVariance:
    """Variances of means of elements drawn one by one in strata.

    Parameters
    ----------
    design : CollapsedDesign
        Without fits; one unit for each row.
    pairs : Pairs
        Of a domain and a stratum.
    of_row : int array, shape (n,)
        Pair of each row, one past the last for rows in no domain.
    sums : TermSums
        Of the same pairs.
    """
    design.check_strata(pairs.unit)
    batch = means(sums, pairs)
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = _squared_distances(items, pairs, of_row, np.square(weights), sums, batch)
        squares /= np.square(batch.denominator[pairs.domain])
        away = sums.values - batch.value[pairs.domain] * sums.answered[:, sums.item_of]
        total = away / batch.denominator[pairs.domain]
        spread = squares - np.square(total) / design.n_sampled[pairs.unit][:, None]
    scaled = spread * design.stratum_scale[pairs.unit][:, None]
    n_rows = np.bincount(of_row, minlength=pairs.n_pairs + 1)[: pairs.n_pairs]
    df = np.add.reduceat(n_rows - 1, pairs.starts).astype(float)
    return RowVariance(np.add.reduceat(scaled, pairs.starts), df)


def _squared_distances(
    items: Sequence[Item],
    pairs: Pairs,
    of_row: npt.NDArray[Any],
    weight_squares: FloatArray,
    sums: TermSums,
    batch: Batch,
) -> FloatArray:
    """Sum of w^2 (y - mean of the domain)^2 by pair and term, shape (Q, C)."""
    found = np.empty_like(sums.values)
    coded = {position: item.coded for position, item in enumerate(items) if item.coded is not None}
    known = list(coded.items())
    columns = [CodedColumn(codes, len(loadings)) for _, (codes, loadings) in known]
    for counts in joint_counts(of_row, pairs.n_pairs + 1, weight_squares, columns):
        for k, selector in counts.selectors():
            position, (_, loadings) = known[k]
            term = sums.item_of == position
            levels = slim_product(counts.table[: pairs.n_pairs], selector)
            found[:, term] = _by_level(levels, loadings, batch.value[:, term][pairs.domain])
    for position in set(range(len(items))) - coded.keys():
        term = sums.item_of == position
        numbers = items[position].numbers
        mean = np.append(batch.value[pairs.domain, term.argmax()], np.nan)[of_row]
        squares = np.nan_to_num(np.square(numbers - mean) * weight_squares)
        found[:, term] = weighted_counts(of_row, squares, pairs.n_pairs + 1)[:-1, None]
    return found


def _by_level(levels: FloatArray, loadings: FloatArray, mean: FloatArray) -> FloatArray:
    """Level by level, as all at once would take much memory where there are many strata."""
    found = np.zeros_like(mean)
    for count, loading in zip(levels.T, loadings, strict=True):
        found += count[:, None] * np.square(loading - mean)
    return found
