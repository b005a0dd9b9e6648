import numpy as np
import pandas as pd
import pytest

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.importance_performance import Quadrant, derived_importance, stated_importance
from cityvoice.stats.key_drivers import key_drivers

SERVICES = {name: (f"{name}_i", f"{name}_p") for name in ("bus", "park", "road", "clinic")}
MEANS = {"bus": (4.5, 2.0), "park": (2.5, 4.2), "road": (4.2, 4.0), "clinic": (3.0, 2.9)}


def survey(n=500, seed=0):
    rng = np.random.default_rng(seed)
    columns = {}
    for name, pair in SERVICES.items():
        for column, mean in zip(pair, MEANS[name], strict=True):
            columns[column] = np.clip(np.round(mean + rng.normal(size=n)), 1, 5)
    frame = pd.DataFrame(columns)
    frame["overall"] = frame["bus_p"] + 0.1 * frame["park_p"] + rng.normal(size=n)
    return frame


def design_of(frame):
    return SurveyDesign(weights=np.ones(len(frame)), psu=np.arange(len(frame)) // 5)


def test_services_fall_where_they_were_put():
    frame = survey()
    found = stated_importance(design_of(frame), frame, SERVICES)
    fields = {place.service: place.quadrant for place in found.places}
    assert fields["bus"] is Quadrant.CONCENTRATE
    assert fields["park"] is Quadrant.OVERKILL
    assert fields["road"] is Quadrant.KEEP_UP
    assert fields["clinic"] is Quadrant.LOW_PRIORITY
    assert [place.service for place in found.of(Quadrant.CONCENTRATE)] == ["bus"]
    assert found.cross[0] == pytest.approx(frame[[pair[0] for pair in SERVICES.values()]].mean().mean())


def test_probabilities_add_up_and_follow_the_distance_from_the_cross():
    frame = survey(n=60)
    found = stated_importance(design_of(frame), frame, SERVICES, cross=(3.0, 3.0))
    for place in found.places:
        assert sum(place.probabilities.values()) == pytest.approx(1.0, abs=1e-9)
        assert place.probability == place.probabilities[place.quadrant]
        assert place.gap == pytest.approx(place.performance - place.importance)
    by_name = {place.service: place for place in found.places}
    assert not by_name["bus"].is_borderline
    assert by_name["clinic"].is_borderline
    assert "probabilities" not in found.to_frame().columns


def test_the_error_of_the_cross_counts():
    """A service alone on one side of its own mean is surer than against a fixed line through that mean."""
    frame = survey(n=40, seed=3)
    own = stated_importance(design_of(frame), frame, SERVICES)
    fixed = stated_importance(design_of(frame), frame, SERVICES, cross=own.cross)
    assert [a.quadrant for a in own.places] == [b.quadrant for b in fixed.places]
    assert any(
        abs(a.probability - b.probability) > 1e-4 for a, b in zip(own.places, fixed.places, strict=True)
    )


def test_importance_derived_from_drivers():
    frame = survey()
    columns = [pair[1] for pair in SERVICES.values()]
    drivers = key_drivers(design_of(frame), frame, "overall", columns)
    found = derived_importance(design_of(frame), frame, drivers)
    first = found.of(Quadrant.CONCENTRATE)[0]
    assert first.service == "bus_p"
    assert first.importance == drivers.measures["lmg"][0]
    assert first.importance_se == pytest.approx(drivers.se()[0])
    assert np.isnan(first.gap)


def test_missing_ratings_and_single_services_are_refused():
    frame = survey()
    frame.loc[3, "bus_i"] = np.nan
    with pytest.raises(MissingValuesError, match="bus_i"):
        stated_importance(design_of(frame), frame, SERVICES)
    assert stated_importance(design_of(frame), frame, SERVICES, missing="drop").n == 499
    with pytest.raises(EstimationError, match="ipa-services"):
        stated_importance(design_of(frame), frame, {"bus": SERVICES["bus"]})
