"""How fast `cityvoice.stats` is beside PyPI's `svy` and R's `survey`, and whether they agree.

Every job runs in a process of its own. Seconds leave out the start of the program and its imports; those of
CityVoice and svy count from the Parquet file, those of R from columns in memory. `*`: carried over from the
items that were measured.
"""

import argparse
import os
import platform
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.exchange import write_columns, write_totals
from benchmarks.other_software import N_ITEMS, Measured, finished, run_r, run_svy
from benchmarks.respondents import write_survey

RUNS = 3  # of CityVoice; the quickest counts, as on any machine that others use too
CLOSE = 1e-8  # relative
SIZES, FULL = (100_000, 1_000_000), 100_000  # rows; beyond the latter other software gets fewer items
COST = ("rake", "30 means", "30 x 20", "CPU s", "wall s", "peak MB", "CPU ratio")
GOALS = ("CityVoice, from the Parquet file", "wall s", "CPU s", "peak MB", "goal")
HEADER = ("rows", "software", *COST, "agrees: estimates / errors")


def cityvoice(job: str, file: Path, n_items: int = N_ITEMS, runs: int = RUNS) -> dict[str, Any]:
    """Outcome of a job: the quickest of some runs."""
    command = [sys.executable, "-m", "benchmarks.run_cityvoice", job, str(file), str(n_items)]
    return min((finished(command)[0] for _ in range(runs)), key=lambda found: found["wall"])


def disagreement(found: Iterable[Any], expected: Iterable[Any]) -> tuple[float, float]:
    """Largest relative difference of estimates, and of errors, over what both have."""
    pairs = [np.asarray(two, dtype=float) for two in zip(found, expected, strict=False)]
    gaps = [np.abs(ours - theirs) / np.abs(theirs) for ours, theirs in pairs]
    largest = np.max([gap.reshape(-1, 2).max(axis=0) for gap in gaps], axis=0)
    return float(largest[0]), float(largest[1])


def compare(folder: Path, n_rows: int, svy_items: int, r_items: int) -> list[tuple[str, ...]]:
    """Rows of the table for one size, CityVoice first."""
    file, totals = folder / "survey.parquet", write_totals(folder)
    write_survey(file, n_rows)
    ours = cityvoice("table", file)
    as_r = cityvoice("table_as_r", file, runs=1)
    write_columns(file, folder, r_items)
    others = [
        (run_svy(file, totals, svy_items), as_r),
        (run_r(folder, "rake", r_items), as_r),
        (run_r(folder, "calibrate", r_items), ours),
    ]
    seconds = (f"{ours['cpu']:.2f}", f"{ours['wall']:.2f}", f"{ours['memory_peak']:.0f}")
    rows: list[tuple[str, ...]] = [(f"{n_rows:,}", "CityVoice", "", "", "", *seconds, "1", "")]
    for other, reference in others:
        if isinstance(other, str):
            print(other)
        else:
            rows.append((f"{n_rows:,}", *_row(other, ours["cpu"], reference)))
    return rows


def _row(other: Measured, own_cpu: float, reference: dict[str, Any]) -> tuple[str, ...]:
    star = "*" if other.extrapolated else ""
    apart = [
        disagreement(other.overall, reference["overall"]),
        disagreement(other.districts, reference["districts"]),
    ]
    estimate, error = max(a for a, _ in apart), max(b for _, b in apart)
    agrees = f"{estimate:.0e} / {error:.0e}" + ("" if max(estimate, error) < CLOSE else "  DIFFERS")
    phases = [f"{other.phases[name][1]:.2f}" for name in ("rake", "means", "districts")]
    whole = (f"{other.cpu:.1f}{star}", f"{other.wall:.1f}{star}", f"{other.memory:.0f}")
    return (other.tool, *phases, *whole, f"{other.cpu / own_cpu:.0f}{star}", agrees)


def goals(folder: Path, *, large: bool) -> list[tuple[str, ...]]:
    """CityVoice's own goals: what, wall and CPU seconds, peak MB, and what was asked for."""
    million, ten, small = (folder / name for name in ("million.parquet", "ten.parquet", "city.parquet"))
    write_survey(million, 1_000_000)
    write_survey(small, 2_000, n_items=80, n_districts=18, n_psus=200)
    again = cityvoice("replicates", million)
    grown = again["memory_peak"] / again["facts"]["memory_with_data"]
    city = cityvoice("city", small, 80)
    rows = [
        _goal("1,000,000 rows: table of 30 means, 30 x 20 districts", cityvoice("table", million), 1, mb=700),
        (
            *_goal("1,000,000 rows: 500 re-raked replicates x 30 items", again, 15)[:-1],
            f"15 s, memory x 2 (x {grown:.2f})",
        ),
        _goal(f"2,000 people: 80 items x 18 districts, {city['facts']['estimates']:,} estimates", city, 0.1),
    ]
    if large:
        write_survey(ten, 10_000_000)
        rows.append(_goal("10,000,000 rows: the same table as above", cityvoice("table", ten), 5))
    return rows


def _goal(what: str, found: dict[str, Any], seconds: float, mb: float | None = None) -> tuple[str, ...]:
    asked = f"{seconds:g} s" + (f", {mb:g} MB" if mb else "")
    return what, f"{found['wall']:.3g}", f"{found['cpu']:.3g}", f"{found['memory_peak']:.0f}", asked


def markdown(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table whose columns are in line."""
    widths = [max(len(row[k]) for row in [header, *rows]) for k in range(len(header))]
    lines = [header, tuple("-" * width for width in widths), *rows]
    padded = (
        " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    )
    return "\n".join(f"| {line} |" for line in padded)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only-goals", action="store_true", help="CityVoice alone")
    parser.add_argument("--only-comparison", action="store_true", help="without CityVoice's own goals")
    parser.add_argument("--skip-large", action="store_true", help="leave out the file of 10,000,000 rows")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="rows to compare at")
    chosen = parser.parse_args()
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors, {platform.machine()}, load {load}\n")
    if not chosen.only_comparison:
        with TemporaryDirectory() as name:
            print(markdown(GOALS, goals(Path(name), large=not chosen.skip_large)), flush=True)
    if chosen.only_goals:
        return
    _, _, explained = (__doc__ or "").partition("\n\n")
    print(f"\nrake, 30 means, 30 x 20: CPU seconds. {explained.strip()}")
    for n_rows in chosen.sizes:
        few = n_rows > FULL
        with TemporaryDirectory() as name:
            rows = compare(Path(name), n_rows, svy_items=2 if few else N_ITEMS, r_items=1 if few else 2)
        print("\n" + markdown(HEADER, rows), flush=True)


if __name__ == "__main__":
    main()
