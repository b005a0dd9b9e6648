"""The survey's file in forms that other software can read."""

import json
from pathlib import Path

import numpy as np

from benchmarks.respondents import item_names
from benchmarks.survey import CROSSED, totals
from cityvoice.stats.encoding import FloatArray, Scale
from cityvoice.stats.frame import Frame
from cityvoice.stats.survey_file import read_survey

NA_INTEGER = np.iinfo(np.int32).min  # how R stores a missing integer


def write_totals(folder: Path) -> Path:
    """Population totals as JSON, and as CSV with levels by number."""
    path = folder / "totals.json"
    path.write_text(json.dumps(totals()))
    lines = [
        f"{name},{position + 1},{total:.17g}"
        for name, targets in totals().items()
        for position, total in enumerate(targets.values())
    ]
    (folder / "totals.csv").write_text("\n".join(["margin,level,total", *lines]) + "\n")
    return path


def write_columns(source: Path, folder: Path, n_items: int) -> None:
    """Columns as raw numbers, one file each: doubles for weights, 32-bit integers for all else."""
    wanted = [*CROSSED, *list(totals())[1:], "weight", "stratum", "psu", *item_names(n_items)]
    frame = read_survey(source, wanted)
    frame.numbers("weight").tofile(folder / "weight")
    for name, targets in totals().items():
        levels = {level: position + 1 for position, level in enumerate(targets)}
        column = frame.crossed(CROSSED if name == "sex_age" else (name,))
        lookup = np.array([levels[level] for level in column.levels], dtype=np.int32)
        lookup[column.codes].tofile(folder / name)
    for name in ("stratum", "psu", *item_names(n_items)):
        _integers(frame, name).tofile(folder / name)


def _integers(frame: Frame, name: str) -> FloatArray:
    column = frame.column(name)
    if isinstance(column, Scale):
        column = frame.numbers(name)
        column[np.isnan(column)] = NA_INTEGER
    return np.asarray(column).astype(np.int32)
