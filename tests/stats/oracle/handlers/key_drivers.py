"""Decompositions of explained variance."""

from typing import Any

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.key_drivers import KeyDrivers, key_drivers
from tests.stats.oracle.context import Case
from tests.stats.oracle.registry import handles


def decomposition(case: Case) -> KeyDrivers:
    frame = case.read(case.op["data"])
    kept = {*case.op.get("complete_cases", []), case.op["y"], *case.op["x"]}
    frame = frame.dropna(subset=sorted(kept)).reset_index(drop=True)
    column = case.op.get("weights")
    weights = np.ones(len(frame)) if column is None else frame[column]
    return key_drivers(SurveyDesign(weights=weights), frame, case.op["y"], case.op["x"])


@handles("relative_importance")
def importance(case: Case) -> dict[str, Any]:
    found = decomposition(case)
    names = {"lmg": "lmg", "last": "last", "first": "first", "betasq": "beta_squared", "pratt": "pratt"}
    shares = {key: found.measures[name].tolist() for key, name in names.items()}
    return shares | {"R2": found.r_squared, "vars": list(found.drivers)}


@handles("relative_weights_johnson")
def johnson(case: Case) -> dict[str, Any]:
    found = decomposition(case)
    raw = found.measures["johnson"]
    return {"raw": raw.tolist(), "R2": found.r_squared, "rescaled": (raw / raw.sum()).tolist()}
