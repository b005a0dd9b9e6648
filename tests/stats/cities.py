"""Made-up cities: a population of tracts and residents, and samples of it as a city would draw them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes
from cityvoice.stats.weighting.margins import Margin
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe

AGES = ("15-29", "30-44", "45-64", "65+")
EDUCATION = ("primary", "secondary", "higher")
OUTCOMES = ("satisfied", "voted", "trips")


@dataclass(frozen=True, eq=False)
class City:
    """A whole population.

    Parameters
    ----------
    residents : DataFrame
        ``district``, ``tract``, ``sex``, ``age``, ``edu`` as codes, outcomes as numbers, and the propensity
        to ``respond``.
    """

    residents: pd.DataFrame
    n_districts: int
    tracts_per_district: int

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        districts = tuple(f"D{k + 1:02d}" for k in range(self.n_districts))
        return {"district": districts, "sex": ("F", "M"), "age": AGES, "edu": EDUCATION}

    @property
    def recipe(self) -> Recipe:
        """Rake to district, sex x age and education, as known from registers."""
        margins = [Margin(name, self._totals(name)) for name in ("district", "edu")]
        crossed = self.residents.groupby(["sex", "age"]).size()
        sex_age: dict[Any, float] = {
            (self.levels["sex"][sex], self.levels["age"][age]): float(n) for (sex, age), n in crossed.items()
        }
        return Recipe((Rake((Margin(("sex", "age"), sex_age), *margins)),))

    def _totals(self, name: str) -> dict[Any, float]:
        counts = np.bincount(self.residents[name], minlength=len(self.levels[name]))
        return dict(zip(self.levels[name], counts.astype(float).tolist(), strict=True))

    def truth(self) -> pd.DataFrame:
        """Means of the outcomes by district."""
        return self.residents.groupby("district")[list(OUTCOMES)].mean()


def make_city(
    seed: int = 1, *, n_districts: int = 8, tracts_per_district: int = 60, residents: int = 100_000
) -> City:
    """A population with tract effects and with response that depends on age and education."""
    rng = np.random.default_rng(seed)
    n_tracts = n_districts * tracts_per_district
    share = rng.gamma(4.0, size=n_tracts)
    tract = rng.choice(n_tracts, size=residents, p=share / share.sum())
    district = tract // tracts_per_district
    sex = rng.integers(0, 2, residents)
    age = rng.choice(4, size=residents, p=[0.22, 0.28, 0.30, 0.20])
    edu = rng.choice(3, size=residents, p=[0.2, 0.4, 0.4])
    tract_effect = rng.normal(0, 0.35, n_tracts)[tract] + rng.normal(0, 0.3, n_districts)[district]
    lean = tract_effect + 0.5 * (edu == 2) - 0.3 * (age == 0) + 0.2 * (sex == 0)
    satisfied = rng.random(residents) < 1 / (1 + np.exp(-lean))
    voted = rng.random(residents) < 1 / (
        1 + np.exp(-(0.4 + 0.7 * (age >= 2) + 0.6 * (edu == 2) + tract_effect))
    )
    trips = rng.poisson(np.exp(1.2 - 0.4 * (age == 3) + 0.4 * tract_effect))
    respond = 1 / (1 + np.exp(-(-0.4 + 0.5 * (age >= 2) + 0.5 * (edu == 2) - 0.4 * (sex == 1))))
    frame = pd.DataFrame(
        {
            "district": district,
            "tract": tract,
            "sex": sex,
            "age": age,
            "edu": edu,
            "satisfied": satisfied.astype(float),
            "voted": voted.astype(float),
            "trips": trips.astype(float),
            "respond": respond,
        }
    )
    return City(frame, n_districts, tracts_per_district)


@dataclass(frozen=True, eq=False)
class CitySample:
    """Respondents, with columns encoded and the design they were drawn by."""

    frame: pd.DataFrame
    columns: dict[str, Codes]
    design: SurveyDesign


def draw_sample(
    city: City, rng: np.random.Generator, *, tracts: int = 14, persons: int = 28, spread: float = 0.5
) -> CitySample:
    """Tracts within districts, then persons within tracts with unequal chances, then those who respond.

    Parameters
    ----------
    spread : float
        Log standard deviation of the chances of persons; 0.5 gives a Kish deff of about 1.3.
    """
    chosen = np.concatenate(
        [
            district * city.tracts_per_district
            + rng.choice(city.tracts_per_district, size=tracts, replace=False)
            for district in range(city.n_districts)
        ]
    )
    pool = city.residents[np.isin(city.residents["tract"], chosen)]
    size = rng.lognormal(0, spread, len(pool))
    _, index = np.unique(pool["tract"], return_inverse=True)
    totals = np.bincount(index, weights=size)
    chance = np.minimum(persons * size / totals[index], 1.0)
    asked = rng.random(len(pool)) < chance
    answered = asked & (rng.random(len(pool)) < pool["respond"].to_numpy())
    frame = pool[answered].reset_index(drop=True)
    weights = (city.tracts_per_district / tracts) / chance[answered]
    columns = {name: Codes(frame[name].to_numpy(np.int64), levels) for name, levels in city.levels.items()}
    design = SurveyDesign(weights=weights, strata=frame["district"], psu=frame["tract"])
    return CitySample(frame, columns, design)
