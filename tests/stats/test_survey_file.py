"""Reading a Parquet file into encoded columns, and from there to a table in one call."""

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes, Scale
from cityvoice.stats.errors import StatsError
from cityvoice.stats.frame import Frame
from cityvoice.stats.items import items_from_frame
from cityvoice.stats.sampling import Sampling
from cityvoice.stats.survey_file import columns_named_in, read_survey, tabulate_file
from cityvoice.stats.tables import tabulate
from cityvoice.stats.weighting.calibration import Calibrate
from cityvoice.stats.weighting.margins import Margin
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe, apply_recipe

COLUMNS = {
    "ordered": pa.DictionaryArray.from_arrays(
        pa.array([1, 0, None, 1], pa.int8()), pa.array(["no", "yes", "?"])
    ),
    "words": pa.array(["b", "a", None, "b"]),
    "scale": pa.array([1, None, 5, 3], pa.int8()),
    "bytes": pa.array([0, 255, 7, None], pa.uint8()),
    "from_zero": pa.array([0, 3, None, 1], pa.uint8()),
    "below": pa.array([-128, None, -120, -127], pa.int8()),
    "wide": pa.array([10, 20, 3000, 10], pa.int64()),
    "number": pa.array([0.5, None, 2.0, -1.0]),
    "flag": pa.array([True, False, False, True]),
    "unsure": pa.array([True, None, False, True]),
    "nothing": pa.array([None, None, None, None], pa.int32()),
    "day": pa.array([dt.date(2026, 1, 2), dt.date(2026, 1, 1), None, dt.date(2026, 1, 2)]),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("survey") / "answers.parquet"
    pq.write_table(pa.table(COLUMNS), path, row_group_size=3)
    return path


def test_every_column_is_what_pandas_makes_of_it(path):
    read, usual = read_survey(path), Frame(pq.read_table(path).to_pandas())
    for name in COLUMNS:
        assert read.is_numeric(name) == usual.is_numeric(name) or name == "nothing", name
        if usual.is_numeric(name):
            np.testing.assert_array_equal(read.numbers(name), usual.numbers(name))
        if name != "nothing":
            ours, theirs = read.codes(name), usual.codes(name)
            assert ours.levels == theirs.levels, name
            np.testing.assert_array_equal(ours.codes, theirs.codes)
    assert np.isnan(read.numbers("nothing")).all()


def test_answers_take_one_byte_a_row(path):
    frame = read_survey(path)
    for name in ("scale", "from_zero", "below"):
        assert isinstance(frame.column(name), Scale)
        assert frame.column(name).codes.dtype == np.int8
    assert isinstance(frame.column("words"), Codes)
    assert frame.column("words").codes.dtype == np.int8
    assert not isinstance(frame.column("bytes"), Scale)


def test_a_column_that_is_not_there_and_a_file_that_is_none(path, tmp_path):
    with pytest.raises(StatsError, match=r"column-unknown.*income"):
        read_survey(path, ["income"])
    with pytest.raises(StatsError, match="file-unreadable"):
        read_survey(tmp_path / "nowhere.parquet")
    (tmp_path / "text.parquet").write_text("not Parquet")
    with pytest.raises(StatsError, match="file-unreadable"):
        read_survey(tmp_path / "text.parquet")


def test_a_recipe_names_the_columns_it_needs():
    recipe = Recipe(
        (
            Rake((Margin(("sex", "age"), {("F", "young"): 1.0}),)),
            Calibrate(("edu * district", "income"), {"income": 3.0}, cluster="household"),
        )
    )
    names = ["sex", "age", "edu", "district", "income", "household", "q1", "young_people"]
    assert columns_named_in(recipe, names) == names[:6]


def survey(n=900):
    rng = np.random.default_rng(4)
    psu = rng.integers(0, 60, n)
    return pd.DataFrame(
        {
            "weight": rng.lognormal(3, 0.4, n),
            "stratum": psu // 10,
            "psu": psu,
            "sex": rng.choice(["M", "F"], n),
            "district": np.array(["north", "south", "east"])[psu % 3],
            "score": pd.array(np.where(rng.random(n) < 0.1, -1, rng.integers(1, 6, n)), "Int8").astype(
                "Int8"
            ),
            "income": np.where(rng.random(n) < 0.05, np.nan, rng.lognormal(8, 1, n)),
            "satisfied": rng.choice(["yes", "no", "unsure"], n),
        }
    ).assign(score=lambda frame: frame["score"].mask(frame["score"] == -1))


RECIPE = Recipe((Rake((Margin("sex", {"F": 0.53, "M": 0.47}), Margin("district", {"north": 0.5, "south": 0.3, "east": 0.2}))),))  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("variance", ["linearised", "jackknife"])
@pytest.mark.parametrize("recipe", [None, RECIPE])
def test_one_call_on_a_file_gives_what_the_frame_gives(tmp_path, recipe, variance):
    frame, names = survey(), ["score", "income", "satisfied"]
    frame.to_parquet(tmp_path / "answers.parquet", index=False)
    found = tabulate_file(
        tmp_path / "answers.parquet", names, ["district"], recipe=recipe, missing="drop", variance=variance,
        sampling=Sampling("weight", strata=("stratum",), psu=("psu",)),
    )  # fmt: skip
    design = SurveyDesign(weights=frame["weight"], strata=frame["stratum"], psu=frame["psu"])
    if recipe is not None:
        design = apply_recipe(recipe, frame, design.weights).design(design)
    items, by = items_from_frame(frame, names), {"district": frame["district"]}
    expected = tabulate(design, items, by, missing="drop", variance=variance)
    assert len(found) == len(expected) == 5 * 4
    pd.testing.assert_frame_equal(found.to_frame(), expected.to_frame(), rtol=1e-10)


def test_without_weights_every_row_counts_once(tmp_path):
    frame = survey()
    frame.to_parquet(tmp_path / "answers.parquet", index=False)
    estimate = tabulate_file(tmp_path / "answers.parquet", ["score"], missing="drop")[0]
    assert estimate.value == pytest.approx(frame["score"].mean())
    assert estimate.n == frame["score"].notna().sum()


def test_levels_of_a_dictionary_that_nobody_chose_are_no_psus():
    labels = Codes(np.array([0, 2, 0, 2], dtype=np.int8), ("a", "unused", "c"))
    assert SurveyDesign(weights=np.ones(4), psu=labels).stages[0].n_units == 2
