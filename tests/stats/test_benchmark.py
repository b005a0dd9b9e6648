"""The benchmark measures the right thing: its file, its job and its comparison, on few rows."""

import numpy as np
import pytest

from benchmarks.respondents import item_names, write_survey
from benchmarks.run_cityvoice import run
from benchmarks.stats import disagreement, markdown
from benchmarks.survey import SAMPLING, recipe
from cityvoice.stats import estimation
from cityvoice.stats.survey_file import read_survey
from cityvoice.stats.weighting.recipe import apply_recipe


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("benchmark") / "survey.parquet"
    write_survey(path, 2_000, n_items=4, n_psus=200)
    return path


def test_the_same_seed_makes_the_same_file(path, tmp_path):
    write_survey(tmp_path / "again.parquet", 2_000, n_items=4, n_psus=200)
    assert (tmp_path / "again.parquet").read_bytes() == path.read_bytes()
    frame = read_survey(path)
    assert len(np.unique(frame.codes("district").codes)) == 20
    assert frame.column("q01").is_missing.mean() == pytest.approx(0.03, abs=0.015)


def test_the_fast_path_equals_the_row_by_row_formula(path):
    found = run("table", path, 4)
    frame = read_survey(path)
    drawn = SAMPLING.design(frame)
    design = apply_recipe(recipe(), frame, drawn.weights).design(drawn)
    district = frame.codes("district").codes
    for position, name in enumerate(item_names(4)):
        answered = ~frame.column(name).is_missing
        filled = {name: np.nan_to_num(frame.numbers(name))}
        for code, rows in enumerate([answered & (district == code) for code in range(20)]):
            direct = estimation.mean(design.subset(rows).repeating(None), filled, [name])
            expected = pytest.approx([direct.values[0], direct.se[0]], rel=1e-10)
            assert found.districts[position][code] == expected
        whole = estimation.mean(design.subset(answered).repeating(None), filled, [name])
        assert found.overall[position] == pytest.approx([whole.values[0], whole.se[0]], rel=1e-10)
    assert found.wall > 0
    assert found.memory_peak >= found.memory_before > 0


def test_conventions_of_r_move_the_errors_and_leave_the_estimates(path):
    ours, theirs = run("table", path, 4), run("table_as_r", path, 4)
    estimates, errors = disagreement(theirs.districts, ours.districts)
    assert estimates < 1e-10
    assert errors > 1e-4


def test_disagreement_is_the_largest_over_what_both_have():
    ours = [[2.0, 0.1], [4.0, 0.2], [1.0, 1.0]]
    assert disagreement([[2.0, 0.11], [4.4, 0.2]], ours) == pytest.approx((0.1, 0.1))


def test_a_table_in_line():
    assert markdown(("a", "long"), [("wide", "b")]).splitlines() == [
        "| a    | long |", "| ---- | ---- |", "| wide | b    |",
    ]  # fmt: skip
