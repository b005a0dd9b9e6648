"""The same job in `svy`, by an interpreter that has it: ``run_svy.py FILE TOTALS.json N_ITEMS``; prints JSON.

Stands alone: nothing of CityVoice is imported here.
"""

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import polars as pl
import svy

phases: dict[str, list[float]] = {}


def timed(name: str, work: Callable[[], Any]) -> Any:
    """Result of the work; its wall and CPU seconds are kept."""
    wall, cpu = perf_counter(), process_time()
    result = work()
    phases[name] = [perf_counter() - wall, process_time() - cpu]
    return result


def read(path: str) -> svy.Sample:
    text = [pl.col(name).cast(pl.String) for name in ("district", "education", "mode", "household")]
    crossed = pl.concat_str(pl.col("sex").cast(pl.String), pl.col("age").cast(pl.String), separator="|")
    frame = pl.read_parquet(path).with_columns(*text, crossed.alias("sex_age"))
    return svy.Sample(frame, svy.Design(stratum="stratum", psu="psu", wgt="weight"))


def main(path: str, totals: str, n_items: int) -> None:
    controls = json.loads(Path(totals).read_text())
    items = [f"q{k + 1:02d}" for k in range(30)]
    sample = timed("read", lambda: read(path))
    sample = timed("rake", lambda: sample.weighting.rake(controls=controls, tol=1e-10, max_iter=500))
    means = timed("means", lambda: sample.estimation.mean(items, drop_nulls=True))
    some = items[:n_items]
    groups = timed("districts", lambda: sample.estimation.mean(some, by="district", drop_nulls=True))
    print(
        json.dumps(
            {
                "version": svy.__version__,
                "phases": phases,
                "n_items": {"means": 30, "districts": n_items},
                "memory_peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "overall": [[e.est, e.se] for mean in means for e in mean.estimates],
                "districts": [[[e.est, e.se] for e in group.estimates] for group in groups],
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
