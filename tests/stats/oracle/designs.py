"""From a design's description to a SurveyDesign and its frame."""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.replicates import Replicates
from cityvoice.stats.replication import balanced_halves, bootstrap_scale, jackknife
from cityvoice.stats.weighting.calibration import Calibrate
from cityvoice.stats.weighting.margins import Margin
from cityvoice.stats.weighting.poststratification import Poststratify
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe, reweight_design
from cityvoice.stats.weighting.steps import Step
from cityvoice.stats.weighting.trimming import Trim

CLUSTER = "cluster of the calibration"
RANDOM = ("bootstrap", "subbootstrap", "mrbbootstrap")


@dataclass(frozen=True, eq=False)
class BuiltDesign:
    """A design with the frame its rows come from."""

    description: dict[str, Any]
    frame: pd.DataFrame
    design: SurveyDesign


def stored(path: Path) -> Path:
    """The file, or its compressed twin."""
    packed = path.with_name(path.name + ".gz")
    return packed if packed.exists() else path


def read_text(path: Path) -> str:
    """Text of a file that may be compressed."""
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")


def read_matrix(path: Path) -> np.ndarray:
    """A matrix of numbers with a header line."""
    return pd.read_csv(stored(path)).to_numpy(float)


def read_data(path: Path) -> pd.DataFrame:
    """A data file; an empty cell is missing, nothing else is."""
    frame = pd.read_csv(stored(path), keep_default_na=False, na_values=[""])
    levels_path = stored(path.with_suffix(".levels.json"))
    if levels_path.exists():
        for column, levels in json.loads(read_text(levels_path)).items():
            frame[column] = as_categorical(frame[column], levels)
    return frame


def as_categorical(column: pd.Series, levels: list[str] | None = None) -> pd.Series:
    """A categorical of strings; numbers that are whole lose their decimal point."""
    text = column.map(lambda value: value if isinstance(value, str) else f"{value:g}", na_action="ignore")
    known = levels if levels is not None else [f"{v:g}" for v in sorted(column.dropna().unique())]
    return pd.Series(pd.Categorical(text, categories=known), index=column.index)


def build_design(content: dict[str, Any], name: str, data_dir: Path, compat: str = "") -> BuiltDesign:
    """Read the data, draw up the design, and run its steps."""
    description = content["designs"][name]
    frame = read_data(data_dir / description["data"])
    dropped = description.get("drop_na", [])
    if dropped:
        columns = [dropped] if isinstance(dropped, str) else dropped
        frame = frame.dropna(subset=columns).reset_index(drop=True)
    design = _sampling_design(description, frame, data_dir)
    for position, step in enumerate(description.get("steps", [])):
        match step["op"]:
            case "mutate":
                frame = frame.assign(**{step["var"]: _mutated(step["py"], frame)})
            case "subset":
                design = design.subset(_condition(step["expr_py"], frame))
            case "to_replicates":
                design = _replicated(content, name, position, design, data_dir)
            case _:
                made = _weighting_step(step)
                labelled = frame.assign(**{CLUSTER: _clusters(step, design)})
                design = reweight_design(Recipe((made,)), labelled, design, compat=compat)
    return BuiltDesign(description, frame, design)


def _sampling_design(description: dict[str, Any], frame: pd.DataFrame, data_dir: Path) -> SurveyDesign:
    def columns(key: str) -> tuple[Any, ...] | None:
        names = description.get(key)
        if not names:
            return None
        return tuple(frame[column].to_numpy() for column in ([names] if isinstance(names, str) else names))

    weights = frame[description["weights"]].to_numpy(float) if description.get("weights") else None
    if description.get("probs"):
        weights = 1 / frame[description["probs"]].to_numpy(float)
    if description.get("repweights"):
        return _given_replicates(description, frame, weights, data_dir)
    if weights is None and not description.get("fpc"):
        weights = np.ones(len(frame))
    return SurveyDesign(
        weights=weights,
        strata=columns("strata"),
        psu=columns("ids"),
        fpc=columns("fpc"),
        nest=bool(description.get("nest", False)),
        pps=bool(description.get("pps", False)),
        lonely_psu=description.get("lonely_psu", "fail"),
        adjust_domain_lonely=bool(description.get("adjust_domain_lonely", False)),
    )


def _given_replicates(
    description: dict[str, Any], frame: pd.DataFrame, weights: Any, data_dir: Path
) -> SurveyDesign:
    matrix = read_matrix(data_dir / description["repweights"])
    base = np.ones(len(frame)) if weights is None else weights
    if not description.get("combined_weights", True):
        matrix = matrix * base[:, None]
    size, rho = matrix.shape[1], description.get("fay.rho", description.get("rho", 0.0))
    scale = {
        "BRR": 1 / size,
        "Fay": 1 / (size * (1 - rho) ** 2),
        "JK1": (size - 1) / size,
        "bootstrap": 1 / (size - 1),
    }.get(description["rep_type"], 1.0)
    rscales = np.array(description.get("rscales", np.ones(size)), dtype=float)
    replicates = Replicates(matrix, description.get("scale", scale), rscales, description.get("mse", False))
    return SurveyDesign(weights=base).with_replicates(replicates)


def _mutated(rule: dict[str, Any], frame: pd.DataFrame) -> Any:
    kinds: dict[str, Callable[[], Any]] = {
        "constant": lambda: np.full(len(frame), float(rule["value"])),
        "indicator": lambda: _expression(rule["expr_py"], frame),
        "expression": lambda: _expression(rule["expr_py"], frame),
        "categorical": lambda: as_categorical(frame[rule["source"]], rule.get("levels")),
        "to_number": lambda: pd.to_numeric(frame[rule["source"]].astype(object), errors="raise").astype(
            float
        ),
        "row_indicator": lambda: np.isin(np.arange(len(frame)), _rows(rule)).astype(float),
    }
    return kinds[rule["kind"]]()


def _rows(rule: dict[str, Any]) -> np.ndarray:
    """Rows of an indicator, counted from 0 under ``rows0`` and from 1 under ``rows``."""
    return np.asarray(rule["rows0"]) if "rows0" in rule else np.asarray(rule["rows"]) - 1


def used_columns(text: str, frame: pd.DataFrame) -> list[str]:
    """Columns an expression names."""
    words = set(re.findall(r"[A-Za-z_.][A-Za-z0-9_.]*", text))
    return [column for column in frame.columns if column in words]


def _expression(text: str, frame: pd.DataFrame) -> pd.Series:
    """A computed column; missing stays missing."""
    values = pd.Series(frame.eval(text, engine="python")).astype(float)
    return values.where(frame[used_columns(text, frame)].notna().all(axis=1))


def _condition(text: str, frame: pd.DataFrame) -> np.ndarray:
    chosen = np.zeros(len(frame), dtype=bool)
    chosen[frame.query(text, engine="python").index] = True
    return chosen


def _margin(description: dict[str, Any]) -> Margin:
    variables, levels = description["vars"], description["levels"]
    if len(variables) == 1:
        keys: list[Any] = [str(level) for level in levels[variables[0]]]
        return Margin(variables[0], dict(zip(keys, description["totals"], strict=True)))
    keys = list(zip(*([str(level) for level in levels[v]] for v in variables), strict=True))
    return Margin(tuple(variables), dict(zip(keys, description["totals"], strict=True)))


def _clusters(step: dict[str, Any], design: SurveyDesign) -> np.ndarray:
    """Units of the stage a calibration is aggregated to."""
    return design.stages[int(step.get("aggregate_stage") or 1) - 1].units


def _weighting_step(step: dict[str, Any]) -> Step:
    if step["op"] == "rake":
        return Rake(
            tuple(_margin(margin) for margin in step["margins"]),
            tolerance=step.get("epsilon", 1.0),
            max_iterations=step.get("maxit", 10),
            on_failure="warn",
        )
    if step["op"] == "poststratify":
        return Poststratify(_margin(step["margins"][0]))
    if step["op"] == "trim":
        return Trim(step.get("lower"), step.get("upper"), bool(step.get("strict", False)))
    return _calibration(step)


def _calibration(step: dict[str, Any]) -> Calibrate:
    bounds = step.get("bounds")
    if bounds is not None:
        bounds = tuple(
            limit if limit is not None else side
            for limit, side in zip(bounds, (-np.inf, np.inf), strict=True)
        )
    spread = step.get("variance")
    names = list(step["totals"])
    if spread is not None:
        spread = dict(zip(names, spread if isinstance(spread, list) else [spread], strict=False))
    return Calibrate(
        tuple(step["terms"]),
        step["totals"],
        distance=step.get("calfun", "linear"),
        bounds=bounds,
        bounds_on="weight" if step.get("bounds_const") else "factor",
        cluster=CLUSTER if step.get("aggregate_stage") else None,
        variance_of=spread,
        tolerance=step.get("epsilon", 1e-7),
        max_iterations=step.get("maxit", 50),
    )


def _replicated(
    content: dict[str, Any], name: str, position: int, design: SurveyDesign, data_dir: Path
) -> SurveyDesign:
    step = content["designs"][name]["steps"][position]
    kind, mse = step["type"], bool(step.get("mse", False))
    if kind in RANDOM:
        return _drawn_replicates(content, name, position, design, data_dir)
    if kind in ("BRR", "Fay"):
        return balanced_halves(
            design, rho=step.get("fay.rho", 0.0), mse=mse, merge_large=step.get("large") == "merge"
        )
    return jackknife(design, mse=mse)


def _drawn_replicates(
    content: dict[str, Any], name: str, position: int, design: SurveyDesign, data_dir: Path
) -> SurveyDesign:
    """Random replicates come as a matrix: of this design, or of one that makes the same draw and stops."""
    step = content["designs"][name]["steps"][position]
    own = content["designs"][name]["steps"]
    twins = [
        other
        for other, description in content["designs"].items()
        if description.get("steps", []) == own[: position + 1]
        and description["data"] == content["designs"][name]["data"]
    ]
    files = {
        case["design"]: case["expect"]["file"]
        for case in content["cases"]
        if case["op"]["fn"] == "repweights" and "file" in case["expect"]
    }
    source = next((twin for twin in twins if twin in files), name)
    matrix = read_matrix(data_dir / files.get(source, f"rep_{source}.csv"))
    scale = bootstrap_scale(design.stages[0], matrix.shape[1], step["type"])
    replicates = Replicates(matrix, scale, np.ones(matrix.shape[1]), bool(step.get("mse", False)))
    return design.with_replicates(replicates)
