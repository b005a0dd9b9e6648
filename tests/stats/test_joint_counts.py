"""Columns counted several at a time give the counts of each."""

import numpy as np
import pytest

from cityvoice.stats import joint_counts as module
from cityvoice.stats.joint_counts import CodedColumn, joint_counts

RNG = np.random.default_rng(8)
N = 5_000


def columns():
    sizes = (5, 5, 11, 2, 60, 130, 1)
    kinds = (np.int8, np.int64, np.int8, np.int8, np.int16, np.int32, np.int8)
    return [CodedColumn(RNG.integers(-1, s, N).astype(kind), s) for s, kind in zip(sizes, kinds, strict=True)]


@pytest.mark.parametrize(
    ("table", "rows", "threaded"), [(2**19, 2**19, 2**22), (300, 700, 2**22), (10**9, 999, 1), (1, 1, 2**22)]
)
def test_each_column_as_if_counted_alone(monkeypatch, table, rows, threaded):
    for name, value in (("TABLE", table), ("ROWS", max(rows, 500)), ("THREADED_ROWS", threaded)):
        monkeypatch.setattr(module, name, value)
    groups, weights, chosen = RNG.integers(0, 7, N), RNG.lognormal(size=N), columns()
    seen = []
    for counts in joint_counts(groups, 7, weights, chosen):
        for position, selector in counts.selectors():
            seen.append(position)
            column = chosen[position]
            expected = np.zeros((7, column.size))
            answered = column.codes >= 0
            np.add.at(expected, (groups[answered], column.codes[answered]), weights[answered])
            np.testing.assert_allclose(counts.table @ selector, expected, rtol=1e-12)
    assert seen == list(range(len(chosen)))


def test_no_rows_and_no_columns():
    empty = np.array([], dtype=np.int64)
    (counts,) = joint_counts(empty, 3, empty.astype(float), [CodedColumn(empty, 2)])
    assert counts.table.shape == (3, 3)
    assert not counts.table.any()
    assert list(joint_counts(empty, 3, empty.astype(float), [])) == []
