"""Real microdata, where it lies beside the repository: published figures come out."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.items import CategoricalItem
from cityvoice.stats.tables import tabulate
from cityvoice.stats.weight_diagnostics import kish

SURVEYS = Path(__file__).parents[3] / "shared" / "data" / "surveys"


def read(name):
    path = SURVEYS / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the repository")
    return pd.read_csv(path, low_memory=False)


def test_diagnoza_spoleczna_2013():
    frame = read("diagnoza_spoleczna/diagnoza_noname.csv.gz")
    item = CategoricalItem.from_values("gp3", frame["gp3"])
    assert item.codes.size - item.is_missing.sum() == 26_306
    plain = tabulate(SurveyDesign(weights=np.ones(len(frame))), [item], missing="drop").one(term="UDANE")
    assert round(100 * plain.value, 2) == 39.99
    weights = frame["waga_2013_osoby"].fillna(0).to_numpy()
    weighted = tabulate(SurveyDesign(weights=weights), [item], missing="drop").one(term="UDANE")
    assert round(100 * weighted.value, 2) == 40.81
    assert round(weighted.n_eff) == 16_441
    n_eff, _ = kish(weights[~item.is_missing])
    assert round(26_306 / n_eff, 3) == 1.600


def test_kansas_city_2022():
    frame = read("kansas_city/FY2022_RS_Cleaned_safe.csv")
    rating = frame["q1_01"].where(frame["q1_01"] != 9)
    item = CategoricalItem.from_values("q1_01", rating, boxes={"satisfied": ("4", "5")})
    estimate = tabulate(SurveyDesign(weights=np.ones(len(frame))), [item], missing="drop").one(
        term="satisfied"
    )
    assert estimate.n == 1026
    assert round(100 * estimate.value, 2) == 73.39
