"""One pass over the rows: weighted sums of every item by pair."""

from dataclasses import dataclass

import numpy as np

from cityvoice.stats.encoding import FloatArray, IntArray, group_sums, weighted_counts
from cityvoice.stats.items import Item
from cityvoice.stats.pairs import Pairs


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


def sum_terms(items: tuple[Item, ...], pairs: Pairs, weights: FloatArray) -> TermSums:
    """Sum a batch of items by pair."""
    keys: dict[int, IntArray] = {}
    parts = [_sum_item(item, pairs, weights, keys) for item in items]
    widths = [len(item.terms) for item in items]
    values, answered, squares = zip(*parts, strict=True)
    item_of = np.repeat(np.arange(len(items)), widths)
    return TermSums(np.hstack(values), np.column_stack(answered), np.hstack(squares), item_of)


def _sum_item(
    item: Item, pairs: Pairs, weights: FloatArray, keys: dict[int, IntArray]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    coded = item.coded
    if coded is None:
        return _sum_numbers(item.numbers, pairs, weights)
    codes, loadings = coded
    width = len(loadings) + 1
    if width not in keys:  # items with as many levels share their keys
        keys[width] = pairs.of_row * width + 1
    table = weighted_counts(keys[width] + codes, weights, (pairs.n_pairs + 1) * width)
    by_level = table.reshape(-1, width)[: pairs.n_pairs, 1:]
    of_domain = np.add.reduceat(by_level, pairs.starts)
    return by_level @ loadings, by_level.sum(axis=1), of_domain @ np.square(loadings)


def _sum_numbers(
    numbers: FloatArray, pairs: Pairs, weights: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    answered = ~np.isnan(numbers)
    filled = np.where(answered, numbers, 0.0)
    columns = (filled * weights, weights * answered, np.square(filled) * weights)
    sums = [weighted_counts(pairs.of_row, column, pairs.n_pairs + 1)[:-1] for column in columns]
    return sums[0][:, None], sums[1], np.add.reduceat(sums[2], pairs.starts)[:, None]


@dataclass(frozen=True, eq=False)
class Bases:
    """Rows that answered, and their sum of squared weights, by domain and item, shape (D, I)."""

    n: FloatArray
    weight_squares: FloatArray

    def without_domains(self) -> "Bases":
        return Bases(self.n.sum(axis=0, keepdims=True), self.weight_squares.sum(axis=0, keepdims=True))


def count_bases(items: tuple[Item, ...], domains: IntArray, n_domains: int, weights: FloatArray) -> Bases:
    """Count all rows once and take off those without an answer, item by item: they are few."""
    squares = np.square(weights)
    everyone = _by_domain(domains, squares, n_domains)
    n, weight_squares = [], []
    for item in items:
        absent = np.flatnonzero(item.is_missing)
        lacking = _by_domain(domains[absent], squares[absent], n_domains)
        n.append(everyone[0] - lacking[0])
        weight_squares.append(everyone[1] - lacking[1])
    return Bases(np.column_stack(n), np.column_stack(weight_squares))


def _by_domain(domains: IntArray, squares: FloatArray, n_domains: int) -> tuple[FloatArray, FloatArray]:
    shifted = domains + 1
    counted = np.bincount(shifted, minlength=n_domains + 1)[1:].astype(float)
    return counted, weighted_counts(shifted, squares, n_domains + 1)[1:]
