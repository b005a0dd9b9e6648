"""A file by DuckDB and the same file in memory give the same table."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cityvoice.stats.errors import (
    DesignError,
    EstimationError,
    MarginError,
    MissingValuesError,
    StatsError,
)
from cityvoice.stats.results import FIELDS
from cityvoice.stats.sampling import Sampling
from cityvoice.stats.scale import streams, tables
from cityvoice.stats.survey_file import tabulate_file
from cityvoice.stats.weighting.margins import Margin
from cityvoice.stats.weighting.poststratification import Poststratify
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe
from cityvoice.stats.weighting.trimming import Trim

SAMPLING = Sampling("weight", strata=("stratum",), psu=("tract",))
ITEMS = ("service", "score", "hours", "owns")
BY = ("district", "sex")
AGES = ("15-29", "30-59", "60+")
RAKE = Rake(
    (
        Margin(
            ("sex", "age"),
            {(s, a): 100.0 + 10 * k for k, (s, a) in enumerate((s, a) for s in "FM" for a in AGES)},
        ),
        Margin("district", {f"D{k}": 125.0 for k in range(6)}),
    )
)


@pytest.fixture(scope="module")
def answers():
    """Missing answers, a district that few know, weights of zero, quotes and Polish letters in labels."""
    rng, n = np.random.default_rng(11), 6000
    tract = rng.integers(0, 90, n)
    lean = rng.normal(0, 0.6, 90)[tract]
    service = np.array(["bardzo zły", "zły", "'dobry'", "świetny"])[
        np.clip((lean + rng.normal(1.5, 1, n)).astype(int), 0, 3)
    ]
    frame = pd.DataFrame(
        {
            "tract": tract,
            "stratum": np.array(["a", "b", "c"])[tract % 3],
            "district": pd.Series([f"D{k}" for k in tract // 15]),
            "sex": rng.choice(["F", "M"], n),
            "age": rng.choice(AGES, n, p=[0.2, 0.5, 0.3]),
            "weight": rng.lognormal(0, 0.7, n) * (rng.random(n) > 0.03),
            "service": service,
            "score": np.round(np.clip(lean + rng.normal(5, 2, n), 0, 10)),
            "hours": rng.gamma(2.0, 3.0, n) + lean,
            "owns": rng.random(n) < 0.4,
            "half": (rng.integers(0, 3, n) / 10).astype(np.float32),
            "since": pd.Timestamp("2020-02-01") + pd.to_timedelta(rng.integers(0, 3, n), "D"),
            "score_id": np.arange(n),
            "tracts": np.array([200.0, 300.0, 40.0])[tract % 3],
        }
    )
    for name in ("service", "score", "hours"):
        frame.loc[rng.random(n) < 0.1, name] = None
    return frame


@pytest.fixture(scope="module")
def path(answers, tmp_path_factory):
    path = tmp_path_factory.mktemp("scale") / "answers.parquet"
    answers.to_parquet(path, row_group_size=1000)
    return path


def assert_same(found, expected):
    for field in FIELDS:
        ours, theirs = found.columns[field], expected.columns[field]
        if theirs.dtype == object:
            assert list(ours) == list(theirs), field
        else:
            np.testing.assert_allclose(
                ours.astype(float), theirs.astype(float), rtol=1e-9, atol=1e-12, err_msg=field
            )


def both(path, items=ITEMS, by=BY, **options):
    """The table by DuckDB and the one in memory, of one call."""
    options = {"sampling": SAMPLING, "missing": "drop"} | options
    return [tabulate_file(path, items, by, memory_limit=limit, **options) for limit in ("200MB", None)]


@pytest.mark.parametrize("variance", ["linearised", "jackknife", None])
@pytest.mark.parametrize("recipe", [None, Recipe((RAKE,))], ids=["plain", "raked"])
def test_equals_the_same_call_in_memory(path, recipe, variance):
    assert_same(*both(path, recipe=recipe, variance=variance))


@pytest.mark.parametrize("variance", ["linearised", "jackknife"])
def test_several_steps_and_respondents_without_a_level(answers, tmp_path, variance):
    path = tmp_path / "holes.parquet"
    known = answers["district"] != "D5"
    holes = {
        "age": answers["age"].where(answers.index % 40 != 0),
        "district": answers["district"].where(known),
    }
    answers.assign(**holes).to_parquet(path)
    margins = (
        Margin("district", {f"D{k}": 0.2 for k in range(5)}),
        Margin("age", dict.fromkeys(AGES, 1 / 3)),
    )
    recipe = Recipe((Poststratify(Margin("sex", {"F": 0.53, "M": 0.47})), Rake(margins, missing="keep")))
    assert_same(*both(path, recipe=recipe, variance=variance))


def test_population_corrections_later_stages_and_no_whole(path):
    corrected = replace(SAMPLING, fpc=("tracts",))
    assert_same(*both(path, sampling=corrected, overall=False))
    two_stages = replace(SAMPLING, psu=("tract", "score_id"))
    assert_same(*both(path, sampling=two_stages, level=0.9))


def test_levels_come_in_the_order_that_the_file_stores(answers, tmp_path):
    path = tmp_path / "ordered.parquet"
    order = pd.CategoricalDtype(["świetny", "'dobry'", "nikt", "zły", "bardzo zły"])
    strata = pd.CategoricalDtype(["c", "a", "b"])
    answers.astype({"service": order, "stratum": strata}).to_parquet(path)
    ours, theirs = both(path, ["service"], ["service"], variance="jackknife")
    assert_same(ours, theirs)
    assert list(dict.fromkeys(ours.columns["term"]))[:3] == ["świetny", "'dobry'", "nikt"]


def test_a_folder_of_files_is_one_survey(answers, path, tmp_path):
    for part in range(3):
        answers[part::3].to_parquet(tmp_path / f"part-{part}.parquet")
    assert_same(both(tmp_path)[0], both(path)[1])


def test_columns_without_any_answer(answers, tmp_path):
    path = tmp_path / "empty.parquet"
    empty = {"service": pd.Series(None, index=answers.index, dtype="str"), "hours": np.nan}
    answers.assign(**empty).to_parquet(path)
    assert_same(*both(path, ["hours", "score", "service"], ["sex"]))
    assert_same(*both(path, ["score"], ["service"]))


def test_domains_of_every_type(path):
    assert_same(*both(path, ["hours"], ["half", "since", "owns", "score"]))


def test_small_batches_give_the_same_table(path, monkeypatch):
    monkeypatch.setattr(tables, "BATCH_NUMBERS", 700)
    monkeypatch.setattr(streams, "ROWS", 500)
    for variance in ("linearised", "jackknife"):
        assert_same(*both(path, recipe=Recipe((RAKE,)), variance=variance))


def test_the_documented_call_runs(answers, tmp_path, monkeypatch):
    page = Path(__file__).parents[2] / "docs" / "how-to" / "tabulate-a-large-file.md"
    (code,) = re.findall(
        r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    monkeypatch.chdir(tmp_path)
    named = answers.rename(columns={"service": "safety", "score": "transport"})
    named.to_parquet("answers.parquet")
    exec(compile(code, page.name, "exec"), {})  # noqa: S102 - our own page
    assert len(pd.read_csv("table.csv")) == 5 * 7


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"items": ["nothing"]}, StatsError, "column nothing"),
        ({"by": ["hours"]}, EstimationError, "column hours: expected at most 1000 levels"),
        ({"missing": "error"}, MissingValuesError, r"item service: .* \d+ rows without one"),
        ({"memory_limit": "plenty"}, StatsError, 'a size such as "2GB"'),
        ({"memory_limit": "1MB"}, StatsError, r"Raise memory_limit"),
        ({"sampling": Sampling("weight")}, EstimationError, "a column of PSUs"),
        ({"sampling": replace(SAMPLING, weights="sex")}, EstimationError, "column sex: expected numbers"),
        ({"sampling": replace(SAMPLING, weights="hours")}, MissingValuesError, "column of weights hours"),
        ({"sampling": replace(SAMPLING, psu=("service",))}, MissingValuesError, "column of psu service"),
        ({"sampling": replace(SAMPLING, fpc=("score_id",))}, DesignError, "fpc"),
        ({"sampling": replace(SAMPLING, lonely_psu="adjust")}, EstimationError, "fail, remove or certainty"),
        ({"recipe": Recipe((Trim(upper=3.0),))}, EstimationError, "raking and poststratification"),
        ({"recipe": Recipe((Rake((Margin("sex", {"F": 1.0}),)),))}, MarginError, r"level M \(n = 2\d\d\d\)"),
    ],
)
def test_errors_are_those_of_the_call_in_memory_or_say_what_needs_memory(path, options, error, message):
    wanted = {
        "items": ITEMS,
        "by": BY,
        "sampling": SAMPLING,
        "missing": "drop",
        "memory_limit": "200MB",
    } | options
    with pytest.raises(error, match=message):
        tabulate_file(path, **wanted)


def test_infinity_negative_weights_and_no_rows_are_refused(answers, tmp_path):
    path = tmp_path / "odd.parquet"
    answers.assign(hours=answers["hours"].where(answers.index != 17, np.inf)).to_parquet(path)
    with pytest.raises(EstimationError, match="item hours: expected finite numbers"):
        both(path)
    answers.assign(weight=answers["weight"] - 0.1).to_parquet(path)
    with pytest.raises(DesignError, match="weights of at least 0"):
        both(path)
    answers[:0].to_parquet(path)
    with pytest.raises(DesignError, match="expected rows, got none"):
        both(path)


def test_a_file_that_is_none_and_a_package_that_is_not_there(path, tmp_path, monkeypatch):
    with pytest.raises(StatsError, match="a Parquet file"):
        tabulate_file(tmp_path / "nothing.parquet", ITEMS, sampling=SAMPLING, memory_limit="200MB")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(StatsError, match=r"pip install .cityvoice\[scale\]"):
        both(path)


MEASURE = """
import resource, sys
from cityvoice.stats.sampling import Sampling
from cityvoice.stats.survey_file import tabulate_file
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
small, large = sys.argv[1:]
options = {"sampling": Sampling("w", psu=("psu",)), "memory_limit": "64MB", "variance": VARIANCE}
for path in (small, large):
    tabulate_file(path, ITEMS, ["district"], **options)
    print(peak() * 1024)
"""


@pytest.mark.parametrize("variance", ["linearised", "jackknife"])
def test_memory_does_not_grow_with_the_file(tmp_path, variance):
    """A file four times as large as the limit takes little more than one a thirtieth of it."""
    names = [f"y{k}" for k in range(12)]
    for name, n_chunks in (("small", 1), ("large", 30)):
        write_numbers(tmp_path / name, names, n_chunks)
    assert (tmp_path / "large").stat().st_size > 250e6
    code = MEASURE.replace("ITEMS", repr(names)).replace("VARIANCE", repr(variance))
    command = [sys.executable, "-c", code, str(tmp_path / "small"), str(tmp_path / "large")]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    small, large = map(int, said.split())
    assert large - small < 100e6


def write_numbers(path, names, n_chunks, size=65_536):
    rng = np.random.default_rng(n_chunks)
    with pq.ParquetWriter(
        path,
        pa.schema(
            [(name, pa.float64()) for name in ("w", *names)] + [("psu", pa.int16()), ("district", pa.int8())]
        ),
    ) as writer:
        for _ in range(n_chunks):
            psu = rng.integers(0, 60, size, dtype=np.int16)
            columns = {name: rng.normal(size=size) ** 2 for name in ("w", *names)}
            writer.write_table(pa.table(columns | {"psu": psu, "district": (psu % 5).astype(np.int8)}))
