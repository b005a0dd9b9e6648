"""A made-up stratified cluster sample with answers that depend on each other, for tests of models."""

import numpy as np
import pandas as pd

from cityvoice.stats.design import SurveyDesign

SEXES, AGES = ("F", "M"), ("young", "middle", "old")


def survey(seed: int = 1, n_strata: int = 4, per_stratum: int = 6, per_unit: int = 15) -> pd.DataFrame:
    """One row per respondent; every tenth has no answer to ``service``."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(n_strata * per_stratum), per_unit)
    n = len(unit)
    place = rng.normal(0, 0.4, n_strata * per_stratum)[unit]
    sex, age = rng.integers(0, 2, n), rng.integers(0, 3, n)
    mood = place + 0.3 * sex + 0.2 * age + rng.normal(0, 1, n)
    frame = pd.DataFrame(
        {
            "stratum": unit // per_stratum,
            "unit": unit,
            "weight": rng.lognormal(0, 0.6, n),
            "sex": pd.Categorical.from_codes(sex, SEXES),
            "age": pd.Categorical.from_codes(age, AGES),
            "satisf": 50 + 15 * mood,
            "voted": (rng.random(n) < 1 / (1 + np.exp(-0.5 * mood))).astype(float),
            "trips": rng.poisson(np.exp(0.5 + 0.3 * mood)).astype(float),
        }
    )
    for item in ("parks", "buses", "schools", "safety"):
        score = mood + rng.normal(0, 0.8, n)
        frame[item] = np.digitize(score, [-1.2, -0.3, 0.5, 1.4]) + 1.0
    frame["service"] = frame["parks"].where(rng.random(n) > 0.1)
    return frame


def design_of(frame: pd.DataFrame, **options) -> SurveyDesign:
    return SurveyDesign(weights=frame["weight"], strata=frame["stratum"], psu=frame["unit"], **options)
