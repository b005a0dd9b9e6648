"""Importance-performance analysis: what matters to residents against how well it is done.

A service falls in one of four fields by whether its importance and its performance lie above the mean of
all services (or another cross). Sampling error is carried through: each place in a field has a probability.

References
----------
Martilla and James (1977), doi:10.1177/002224297704100112.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from cityvoice.stats import estimation
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.frame import read_columns
from cityvoice.stats.key_drivers import KeyDrivers
from cityvoice.stats.quadrants import Quadrant, quadrant_chances, quadrant_of

SURE = 0.9  # below it a service is shown as on the border


@dataclass(frozen=True, slots=True)
class ServicePlace:
    """A service on the map; probabilities of all quadrants add to 1."""

    service: str
    importance: float
    importance_se: float
    performance: float
    performance_se: float
    quadrant: Quadrant
    probability: float
    probabilities: Mapping[Quadrant, float]
    gap: float  # performance less importance; NaN when they have different scales

    @property
    def is_borderline(self) -> bool:
        return self.probability < SURE


@dataclass(frozen=True, eq=False)
class ImportancePerformance:
    """A map of services.

    Parameters
    ----------
    places : tuple of ServicePlace
    cross : (float, float)
        Importance and performance at which the fields meet.
    """

    places: tuple[ServicePlace, ...]
    cross: tuple[float, float]
    n: int
    df: float

    def of(self, quadrant: Quadrant) -> tuple[ServicePlace, ...]:
        """Services in a field, the surest first."""
        found = [place for place in self.places if place.quadrant is quadrant]
        return tuple(sorted(found, key=lambda place: -place.probability))

    def to_frame(self) -> pd.DataFrame:
        names = [name for name in ServicePlace.__slots__ if name != "probabilities"]
        return pd.DataFrame(
            [[getattr(place, name) for name in names] for place in self.places], columns=names
        )


def stated_importance(
    design: SurveyDesign,
    data: Any,
    services: Mapping[str, tuple[str, str]],
    *,
    cross: tuple[float, float] | None = None,
    missing: Literal["error", "drop"] = "error",
) -> ImportancePerformance:
    """Map services by mean stated importance and mean performance.

    Parameters
    ----------
    services : mapping of service to (importance column, performance column)
        Scores on the same scale.
    cross : (importance, performance), optional
        Fixed, such as the middle of the scale; else the means over services, whose own sampling error
        then counts.
    missing : {"error", "drop"}
        ``drop`` keeps respondents who rated everything.
    """
    _check_count(len(services))
    columns = [pair[0] for pair in services.values()] + [pair[1] for pair in services.values()]
    means = estimation.mean(design, data, columns, missing=missing)
    return _mapped(tuple(services), means, cross, has_gap=True)


def derived_importance(
    design: SurveyDesign,
    data: Any,
    drivers: KeyDrivers,
    *,
    measure: str = "lmg",
    cross: tuple[float, float] | None = None,
    missing: Literal["error", "drop"] = "error",
) -> ImportancePerformance:
    """Map drivers by their share in overall satisfaction and their mean performance.

    The two errors are taken as independent. Respondents are those of the drivers' analysis.
    """
    _check_count(len(drivers.drivers))
    absent = read_columns(data, [drivers.outcome]).is_missing
    base = design.subset(~absent) if missing == "drop" else design
    performance = estimation.mean(base, data, drivers.drivers, missing=missing)
    size = len(drivers.drivers)
    covariance = np.zeros((2 * size, 2 * size))
    covariance[:size, :size] = drivers.covariances[measure]
    covariance[size:, size:] = performance.covariance
    joined = Estimates(
        "mean",
        drivers.drivers + performance.terms,
        np.concatenate([drivers.measures[measure], performance.values]),
        covariance,
        drivers.df,
        np.tile(performance.n, 2),
        np.tile(performance.n_eff, 2),
        np.full(2 * size, np.nan),
    )
    return _mapped(drivers.drivers, joined, cross, has_gap=False)


def _check_count(n_services: int) -> None:
    if n_services < 2:
        raise EstimationError("ipa-services", "services", "at least 2 to compare", str(n_services))


def _mapped(
    services: tuple[str, ...], means: Estimates, cross: tuple[float, float] | None, *, has_gap: bool
) -> ImportancePerformance:
    size = len(services)
    away, spread, centre = _distances(means, size, cross)
    se = means.se
    places = []
    for k, service in enumerate(services):
        pair = [k, size + k]
        chances = quadrant_chances(away[pair], spread[np.ix_(pair, pair)], means.df)
        best = quadrant_of(away[k] > 0, away[size + k] > 0)
        importance, performance = float(means.values[k]), float(means.values[size + k])
        gap = performance - importance if has_gap else np.nan
        places.append(
            ServicePlace(
                service, importance, float(se[k]), performance, float(se[size + k]), best, chances[best],
                chances, gap,
            )
        )  # fmt: skip
    return ImportancePerformance(tuple(places), centre, int(means.n.min()), means.df)


def _distances(
    means: Estimates, size: int, cross: tuple[float, float] | None
) -> tuple[FloatArray, FloatArray, tuple[float, float]]:
    """Distances of all means from the cross, and their covariance."""
    if cross is not None:
        return means.values - np.repeat(cross, size), means.covariance, cross
    centring = np.kron(np.eye(2), np.eye(size) - 1 / size)
    centre = means.values.reshape(2, size).mean(axis=1)
    return (
        centring @ means.values,
        centring @ means.covariance @ centring.T,
        (float(centre[0]), float(centre[1])),
    )
