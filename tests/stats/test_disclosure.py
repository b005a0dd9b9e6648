import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityvoice.stats.disclosure.anonymity import anonymity
from cityvoice.stats.disclosure.audit import feasible_range
from cityvoice.stats.disclosure.dominance import DominanceRules, suppress_amounts
from cityvoice.stats.disclosure.linked_tables import TOTAL, count_tables
from cityvoice.stats.disclosure.suppression import Reason, Unsafe, suppress, suppress_small_counts
from cityvoice.stats.errors import EstimationError, MissingValuesError


def people(table, rows=("a", "b", "c"), columns=("x", "y", "z")):
    """One person per count of a two-way table."""
    pairs = [
        pair
        for (i, row), (j, column) in itertools.product(enumerate(rows), enumerate(columns))
        for pair in [(row, column)] * table[i][j]
    ]
    frame = pd.DataFrame(pairs, columns=["d", "s"])
    return frame.assign(d=pd.Categorical(frame["d"], rows), s=pd.Categorical(frame["s"], columns))


def city(seed, n=150):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "district": rng.choice(list("ABCDE"), n),
            "age": rng.choice(["18", "35", "55", "75"], n, p=[0.1, 0.4, 0.4, 0.1]),
            "sex": rng.choice(["F", "M"], n),
        }
    )


def cell(**levels):
    return frozenset(levels.items())


def test_cells_margins_and_sums():
    tables = count_tables(people([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), [("d", "s")])
    assert tables.cells[TOTAL] == 45
    assert tables.cells[cell(d="b")] == 15
    assert tables.cells[cell(d="c", s="y")] == 8
    assert len(tables.cells) == 16
    assert len(tables.sums) == 8
    for one in tables.sums:
        assert tables.cells[one.total] == sum(tables.cells[part] for part in one.parts)
    frame = tables.to_frame(("d", "s"), hidden={cell(d="a", s="x")})
    assert frame["value"].isna().sum() == 1
    assert frame.loc[0, "value"] == 45


def test_one_small_cell_takes_three_more_with_it():
    found = suppress_small_counts(
        count_tables(people([[2, 20, 30], [21, 22, 23], [31, 24, 25]]), [("d", "s")])
    )
    assert found.reasons[cell(d="a", s="x")] is Reason.SMALL_COUNT
    assert (found.n_unsafe, found.n_complementary, found.leaks) == (1, 3, ())
    assert set(found.reasons) == {
        cell(d="a", s="x"), cell(d="a", s="y"), cell(d="b", s="x"), cell(d="b", s="y")
    }  # fmt: skip
    published = found.to_frame(("d", "s"))
    assert published["value"].isna().sum() == 4
    assert published.loc[published["value"].isna(), "reason"].tolist().count("complementary") == 3


def test_a_pair_that_sums_give_away_is_protected_further():
    """Two small cells in one row of 1 and 1: their sum, 2, bounds both, so a third must go."""
    found = suppress_small_counts(
        count_tables(people([[1, 1, 30], [40, 41, 42], [43, 44, 45]]), [("d", "s")])
    )
    assert found.n_complementary > 2
    for bounds in found.ranges.values():
        assert bounds.high >= 5


def test_nothing_is_hidden_when_nothing_is_small_and_zeros_are_shown():
    found = suppress_small_counts(
        count_tables(people([[0, 20, 30], [21, 22, 23], [31, 24, 25]]), [("d", "s")])
    )
    assert dict(found.reasons) == {}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_no_small_count_can_be_worked_out_from_linked_tables(seed):
    tables = count_tables(city(seed), [("district", "age"), ("district", "sex"), ("age", "sex")])
    found = suppress_small_counts(tables)
    assert found.leaks == ()
    hidden = set(found.reasons)
    small = {c for c, n in tables.cells.items() if 0 < n < 5}
    assert small <= hidden
    for c in small:
        bounds = feasible_range(tables, hidden, c)
        assert bounds.low - 1e-6 <= tables.cells[c] <= bounds.high + 1e-6
        assert bounds.high >= 5 - 1e-5
    for one in tables.sums:
        assert sum(c in hidden for c in one.cells) != 1


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_no_complement_is_hidden_in_vain(seed):
    tables = count_tables(city(seed), [("district", "age")])
    found = suppress_small_counts(tables)
    for c, reason in found.reasons.items():
        if reason is Reason.COMPLEMENTARY:
            fewer = set(found.reasons) - {c}
            alone = any(sum(x in fewer for x in one.cells) == 1 for one in tables.sums_of[c])
            weak = any(feasible_range(tables, fewer, x).high < 5 - 1e-5 for x in found.unsafe)
            assert alone or weak


def test_the_audit_against_brute_force():
    tables = count_tables(people([[1, 2, 3], [2, 2, 4], [3, 3, 5]]), [("d", "s")])
    hidden = {cell(d=d, s=s) for d in "ab" for s in "xy"}
    total = tables.cells[cell(d="a", s="x")] + tables.cells[cell(d="a", s="y")]
    down = tables.cells[cell(d="a", s="x")] + tables.cells[cell(d="b", s="x")]
    bounds = feasible_range(tables, hidden, cell(d="a", s="x"))
    assert (bounds.low, bounds.high) == pytest.approx((0, min(total, down)))


def test_a_three_way_table_is_protected():
    found = suppress_small_counts(count_tables(city(3), [("district", "age", "sex")]))
    assert found.n_unsafe > 10
    assert found.leaks == ()


def test_a_table_too_small_to_protect_hides_everything():
    tables = count_tables(people([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), [("d", "s")])
    found = suppress_small_counts(tables)
    assert TOTAL in found.reasons
    published = found.to_frame(("d", "s"))
    assert set(published["value"].dropna()) <= {0.0}


def test_a_dominated_amount_is_hidden_and_protected():
    frame = pd.DataFrame({"d": list("aaaabbbbcccc"), "s": list("xxyyxxyyxxyy")})
    amounts = np.array([900.0, 20, 50, 60, 40, 50, 60, 45, 55, 35, 45, 65])
    rules = DominanceRules(threshold=2)
    found = suppress_amounts(frame, [("d", "s")], amounts, rules=rules)
    assert found.reasons[cell(d="a", s="x")] in (Reason.DOMINANCE, Reason.SMALL_COUNT)
    assert found.leaks == ()
    for c, why in found.unsafe.items():
        assert feasible_range(found.tables, set(found.reasons), c).high >= why.reach * (1 - 1e-5)


@pytest.mark.parametrize(
    ("contributions", "reason"),
    [
        ([], None),
        ([10.0, 10, 10, 10], None),
        ([100.0, 5, 5, 5], Reason.DOMINANCE),
        ([50.0, 48, 1, 1], Reason.DOMINANCE),
        ([10.0, 10], Reason.SMALL_COUNT),
    ],
)
def test_dominance_rules(contributions, reason):
    found = DominanceRules().reach_of(np.array(contributions))
    assert (found and found[0]) == reason
    if found:
        assert found[1] > sum(contributions)


def test_anonymity_by_hand():
    frame = pd.DataFrame(
        {
            "age": ["18", "18", "18", "35", "35", None],
            "sex": ["F", "F", "F", "M", "M", "M"],
            "vote": ["a", "b", "b", "c", "c", "a"],
        }
    )
    found = anonymity(frame, ["age", "sex"], ["vote"], k=2, l=2)
    assert (found.k, found.n_classes, found.n_unique) == (1, 3, 1)
    assert found.rows.tolist() == [5]
    vote = found.diversity["vote"]
    assert (vote.distinct, vote.rows.tolist()) == (1, [3, 4, 5])
    assert vote.entropy == pytest.approx(1.0)
    assert found.unsafe_rows.tolist() == [3, 4, 5]
    assert not found.is_safe
    assert anonymity(frame.iloc[:3], ["age", "sex"], ["vote"], k=3).is_safe


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_leaving_out_the_unsafe_rows_makes_a_file_k_anonymous(seed, k):
    frame = city(seed)
    found = anonymity(frame, ["district", "age", "sex"], k=k)
    kept = frame.drop(index=found.rows).reset_index(drop=True)
    assert kept.empty or anonymity(kept, ["district", "age", "sex"], k=k).k >= k
    sizes = frame.groupby(["district", "age", "sex"]).size()
    assert found.k == sizes.min()
    assert len(found.rows) == sizes[sizes < k].sum()


def test_coarser_identifiers_never_lower_k():
    frame = city(1)
    assert anonymity(frame, ["district"]).k >= anonymity(frame, ["district", "age"]).k


def test_bad_tables_and_files_are_refused():
    frame = city(0)
    with pytest.raises(MissingValuesError, match="column age, row 2"):
        count_tables(frame.assign(age=frame["age"].mask(frame.index == 2)), [("district", "age")])
    with pytest.raises(EstimationError, match="table-amounts"):
        count_tables(frame, [("sex",)], amounts=np.full(len(frame), -1.0))
    tables = count_tables(frame, [("sex",)])
    with pytest.raises(EstimationError, match="disclosure-cell"):
        suppress(tables, {cell(sex="X"): Unsafe(Reason.SMALL_COUNT, 5.0)})
    with pytest.raises(EstimationError, match="disclosure-cell"):
        suppress(tables, {TOTAL: Unsafe(Reason.SMALL_COUNT, 5.0)})
    with pytest.raises(EstimationError, match="anonymity-options"):
        anonymity(frame, [])
    with pytest.raises(EstimationError, match="dominance-rules"):
        DominanceRules(max_share=1.5)
