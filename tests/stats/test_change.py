"""Change between waves, independent and overlapping."""

import numpy as np
import pytest

from cityvoice.stats.change import change
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.errors import EstimationError


@pytest.fixture
def waves():
    rng = np.random.default_rng(9)
    person = np.tile(np.arange(60), 2)
    base = rng.normal(50, 10, 60)
    return {
        "wave": np.repeat(["2024", "2026"], 60),
        "person": person,
        "score": np.concatenate([base, base + 2 + rng.normal(0, 3, 60)]),
        "use": np.array(["yes", "no"])[rng.integers(0, 2, 120)],
    }


def designs(waves):
    apart = SurveyDesign(weights=np.ones(120), strata=waves["wave"], psu=waves["person"], nest=True)
    panel = SurveyDesign(weights=np.ones(120), psu=waves["person"])
    return apart, panel


def test_a_panel_is_more_exact_than_two_samples(waves):
    apart, panel = (
        change(design, waves, ["score"], "wave", earlier="2024", later="2026") for design in designs(waves)
    )
    assert apart.values[0] == panel.values[0] == pytest.approx(2, abs=1.5)
    paired = waves["score"][60:] - waves["score"][:60]
    assert panel.se[0] == pytest.approx(paired.std(ddof=1) / np.sqrt(60))
    independent = np.sqrt(sum(np.var(half, ddof=1) / 60 for half in np.split(waves["score"], 2)))
    assert apart.se[0] == pytest.approx(independent)


def test_every_level_of_several_variables(waves):
    found = change(designs(waves)[0], waves, ["use", "score"], "wave", earlier="2024", later="2026")
    assert found.terms == ("useno", "useyes", "score")
    assert found.values[0] == pytest.approx(-found.values[1])
    assert found.values[2] == pytest.approx(2, abs=1.5)


def test_an_unknown_wave_is_named(waves):
    with pytest.raises(EstimationError, match="2030"):
        change(designs(waves)[0], waves, ["score"], "wave", earlier="2024", later="2030")
