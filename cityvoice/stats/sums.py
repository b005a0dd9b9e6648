"""One pass over the rows: weighted sums of every item by pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cityvoice.stats.encoding import BoolArray, FloatArray, IntArray, group_sums, row_blocks, weighted_counts
from cityvoice.stats.items import Item
from cityvoice.stats.joint_counts import CodedColumn, joint_counts
from cityvoice.stats.pairs import Pairs
from cityvoice.stats.products import slim_product


@dataclass(frozen=True, eq=False)
class TermSums:
    """Weighted sums of a batch of items.

    Parameters
    ----------
    values : float array, shape (Q, C)
        Sum of w * y of each term by pair.
    answered : float array, shape (Q, I)
        Sum of w over rows that answered the item, by pair.
    squares : float array, shape (D, C)
        Sum of w * y^2 by domain.
    item_of : int array, shape (C,)
        Item of each term.
    """

    values: FloatArray
    answered: FloatArray
    squares: FloatArray
    item_of: IntArray

    def without_domains(self, position: IntArray, n_pairs: int) -> "TermSums":
        """The same sums for all domains together; `position` is the new pair of each old one."""
        return TermSums(
            group_sums(position, self.values, n_pairs),
            group_sums(position, self.answered, n_pairs),
            self.squares.sum(axis=0, keepdims=True),
            self.item_of,
        )


def sum_terms(items: Sequence[Item], pairs: Pairs, of_row: npt.NDArray[Any], weights: FloatArray) -> TermSums:
    """Sum a batch of items by pair; rows whose pair is one past the last are left out."""
    item_of = np.repeat(np.arange(len(items)), [len(item.terms) for item in items])
    sums = TermSums(
        np.empty((pairs.n_pairs, len(item_of))),
        np.empty((pairs.n_pairs, len(items))),
        np.empty((pairs.n_domains, len(item_of))),
        item_of,
    )
    coded = [position for position, item in enumerate(items) if item.coded is not None]
    _count_coded(items, coded, pairs, of_row, weights, sums)
    for position in sorted(set(range(len(items))) - set(coded)):
        _sum_numbers(items[position].numbers, position, pairs, of_row, weights, sums)
    return sums


def _count_coded(
    items: Sequence[Item],
    coded: list[int],
    pairs: Pairs,
    of_row: npt.NDArray[Any],
    weights: FloatArray,
    sums: TermSums,
) -> None:
    """Every term follows from a count of levels."""
    known = [found for position in coded if (found := items[position].coded) is not None]
    columns = [CodedColumn(codes, len(loadings)) for codes, loadings in known]
    for counts in joint_counts(of_row, pairs.n_pairs + 1, weights, columns):
        table = counts.table[: pairs.n_pairs]
        selected = [(coded[k], selector, selector @ known[k][1]) for k, selector in counts.selectors()]
        own = [position for position, _, _ in selected]
        terms = np.isin(sums.item_of, own)
        loadings = np.hstack([loading for _, _, loading in selected])
        answered = np.column_stack([selector.sum(axis=1) for _, selector, _ in selected])
        product = slim_product(table, np.hstack([loadings, answered]))
        sums.values[:, terms] = product[:, : loadings.shape[1]]
        sums.answered[:, own] = product[:, loadings.shape[1] :]
        # a row has one level of an item, and there its loading squared is the square of its value
        sums.squares[:, terms] = slim_product(np.add.reduceat(table, pairs.starts), np.square(loadings))


def _sum_numbers(
    numbers: FloatArray,
    position: int,
    pairs: Pairs,
    of_row: npt.NDArray[Any],
    weights: FloatArray,
    sums: TermSums,
) -> None:
    answered = ~np.isnan(numbers)
    filled = np.where(answered, numbers, 0.0)
    columns = (filled * weights, weights * answered, np.square(filled) * weights)
    by_pair = [weighted_counts(of_row, column, pairs.n_pairs + 1)[:-1] for column in columns]
    term = sums.item_of == position
    sums.values[:, term] = by_pair[0][:, None]
    sums.answered[:, position] = by_pair[1]
    sums.squares[:, term] = np.add.reduceat(by_pair[2], pairs.starts)[:, None]


@dataclass(frozen=True, eq=False)
class Bases:
    """Rows that answered, and their sum of squared weights, by domain and item, shape (D, I)."""

    n: FloatArray
    weight_squares: FloatArray

    def without_domains(self) -> "Bases":
        return Bases(self.n.sum(axis=0, keepdims=True), self.weight_squares.sum(axis=0, keepdims=True))


def count_bases(
    items: Sequence[Item], domains: npt.NDArray[Any], n_domains: int, weights: FloatArray
) -> Bases:
    """Count all rows once and take off those without an answer, item by item: they are few."""
    n, weight_squares = np.zeros((2, n_domains, len(items)))
    for rows in row_blocks(len(weights)):
        inside, squares = domains[rows].astype(np.int64) + 1, np.square(weights[rows])
        everyone = _by_domain(inside, squares, n_domains)
        for position, item in enumerate(items):
            absent = np.flatnonzero(_is_missing(item, rows))
            lacking = _by_domain(inside[absent], squares[absent], n_domains)
            n[:, position] += everyone[0] - lacking[0]
            weight_squares[:, position] += everyone[1] - lacking[1]
    return Bases(n, weight_squares)


def _is_missing(item: Item, rows: slice) -> BoolArray:
    coded = item.coded
    missing: BoolArray = np.isnan(item.numbers[rows]) if coded is None else coded[0][rows] < 0
    return missing


def _by_domain(domains: IntArray, squares: FloatArray, n_domains: int) -> tuple[IntArray, FloatArray]:
    """Rows and their squared weights by domain; 0 is no domain."""
    counted = np.bincount(domains, minlength=n_domains + 1)[1:]
    return counted, weighted_counts(domains, squares, n_domains + 1)[1:]
