"""One job of CityVoice in a process of its own: ``run_cityvoice JOB FILE N_ITEMS``; prints JSON."""

import json
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from benchmarks.respondents import item_names
from benchmarks.survey import BY, SAMPLING, recipe
from cityvoice.stats.encoding import Scale
from cityvoice.stats.frame import Frame
from cityvoice.stats.items import CategoricalItem, items_from_frame
from cityvoice.stats.results import EstimateTable
from cityvoice.stats.survey_file import read_survey, tabulate_file
from cityvoice.stats.tables import tabulate
from cityvoice.stats.weighting.recipe import apply_recipe

Numbers = list[list[float]]
REPLICATES = 500
AGREEMENT_ITEMS = 2  # R's convention goes row by row here: it is there to agree, not to be quick


@dataclass
class Outcome:
    """Seconds of the job without imports, and [estimate, error] of every item and domain to compare."""

    cpu: float
    wall: float
    memory_before: float
    memory_peak: float
    overall: Numbers = field(default_factory=list)
    districts: list[Numbers] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


def table(path: Path, n_items: int) -> tuple[EstimateTable, dict[str, Any]]:
    """From the file to all means with errors, raking included."""
    return tabulate_file(
        path,
        item_names(n_items),
        [BY],
        sampling=SAMPLING,
        recipe=recipe(),
        missing="drop",
        variance="linearised",
    ), {}


def table_as_r(path: Path, n_items: int) -> tuple[EstimateTable, dict[str, Any]]:
    """A few items by the convention of R's ``rake()``."""
    del n_items
    frame = read_survey(path)
    drawn = SAMPLING.design(frame)
    design = apply_recipe(recipe(), frame, drawn.weights, compat="R").design(drawn)
    items = items_from_frame(frame, item_names(AGREEMENT_ITEMS))
    return tabulate(design, items, {BY: frame.codes(BY)}, missing="drop", variance="linearised"), {}


def replicates(path: Path, n_items: int) -> tuple[EstimateTable, dict[str, Any]]:
    """Every mean from re-raked replicates."""
    frame = read_survey(path)
    drawn = SAMPLING.design(frame)
    design = apply_recipe(recipe(), frame, drawn.weights).design(drawn)
    items = items_from_frame(frame, item_names(n_items))
    loaded = peak_memory()
    found = tabulate(design, items, missing="drop", max_replicates=REPLICATES)
    return found, {"memory_with_data": loaded}


def city(path: Path, n_items: int) -> tuple[EstimateTable, dict[str, Any]]:
    """Shares of every level of every question by district, as a city's report has them."""
    frame = read_survey(path)
    drawn, n_districts = SAMPLING.design(frame), len(np.unique(frame.codes(BY).codes))
    design = apply_recipe(recipe(n_districts), frame, drawn.weights).design(drawn)
    items = [_question(frame, name) for name in item_names(n_items)]
    return tabulate(design, items, {BY: frame.codes(BY)}, missing="drop", variance="linearised"), {}


def _question(frame: Frame, name: str) -> CategoricalItem:
    column = frame.column(name)
    if not isinstance(column, Scale):
        raise TypeError(f"{name} is not a scale")
    return CategoricalItem(name, column.codes, tuple(f"{value:g}" for value in column.values))


JOBS: dict[str, Callable[[Path, int], tuple[EstimateTable, dict[str, Any]]]] = {
    "table": table,
    "table_as_r": table_as_r,
    "replicates": replicates,
    "city": city,
}


def peak_memory() -> float:
    """MB that the process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(job: str, path: Path, n_items: int) -> Outcome:
    before, wall, cpu = peak_memory(), perf_counter(), process_time()
    found, facts = JOBS[job](path, n_items)
    cpu, wall = process_time() - cpu, perf_counter() - wall
    facts["estimates"] = len(found)
    overall, districts = numbers_of(found) if job != "city" else ([], [])
    return Outcome(cpu, wall, before, peak_memory(), overall, districts, facts)


def numbers_of(found: EstimateTable) -> tuple[Numbers, list[Numbers]]:
    """[estimate, error] of every item, and of every item by domain."""
    pairs = np.column_stack([found.columns["value"], found.columns["se"]]).astype(float)
    whole = np.array([not domain for domain in found.columns["domain"]])
    by_item = pairs[~whole].reshape(int(whole.sum()), -1, 2)
    return pairs[whole].tolist(), by_item.tolist()


if __name__ == "__main__":
    name, file, count = sys.argv[1:]
    print(json.dumps(asdict(run(name, Path(file), int(count)))))
