"""Other software on the same file: what it took, what it found, or why it was not run."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SVY = HERE.parent / ".venv-bench" / "bin" / "python"
N_ITEMS = 30
Pairs = list[Any]


@dataclass(frozen=True)
class Measured:
    """A run of the whole job; seconds by phase are (wall, CPU), those of few items carried over to all 30.

    Parameters
    ----------
    extrapolated : bool
        Some phase was measured on fewer items.
    overall, districts : [estimate, error] of every item, and of every item by district
    """

    tool: str
    phases: dict[str, tuple[float, float]]
    extrapolated: bool
    memory: float
    overall: Pairs
    districts: Pairs

    @property
    def wall(self) -> float:
        return sum(wall for wall, _ in self.phases.values())

    @property
    def cpu(self) -> float:
        return sum(cpu for _, cpu in self.phases.values())


def finished(command: Sequence[str]) -> tuple[dict[str, Any], float]:
    """What a program printed as JSON, and the most memory it held (MB).

    Raises
    ------
    RuntimeError
        The program failed.
    """
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101 (for the type checker)
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed; what it said stands above")
    return json.loads(out.strip().splitlines()[-1]), usage.ru_maxrss / 1024


def run_svy(file: Path, totals: Path, n_items: int) -> Measured | str:
    """PyPI's `svy`, in its own environment."""
    if not SVY.exists():
        return "svy: not installed (scripts/bench-environment installs it)"
    command = [str(SVY), str(HERE / "run_svy.py"), str(file), str(totals), str(n_items)]
    return _measured("svy {version}", command)


def run_r(folder: Path, way: str, n_items: int) -> Measured | str:
    """R's `survey` on raw columns; reading them is not counted."""
    if why := r_is_missing():
        return f"R survey: {why}"
    command = ["Rscript", str(HERE / "run_survey.R"), str(folder), way, str(n_items)]
    return _measured("R survey {version} " + f"{way}()", command)


def r_is_missing() -> str:
    """Why R cannot be run; empty where it can."""
    if shutil.which("Rscript") is None:
        return "not installed (Debian: apt-get install r-base-core r-cran-survey r-cran-mass)"
    asked = ["Rscript", "-e", "library(survey); library(MASS)"]
    known = subprocess.run(asked, capture_output=True, check=False)
    return "survey or MASS is missing (Debian: r-cran-survey r-cran-mass)" if known.returncode else ""


def _measured(tool: str, command: Sequence[str]) -> Measured | str:
    try:
        found, memory = finished(command)
    except RuntimeError as error:
        return str(error)
    factors = {name: N_ITEMS / n for name, n in found["n_items"].items()}
    phases = {
        name: (wall * factors.get(name, 1.0), cpu * factors.get(name, 1.0))
        for name, (wall, cpu) in found["phases"].items()
    }
    extrapolated = any(factor > 1 for factor in factors.values())
    return Measured(tool.format(**found), phases, extrapolated, memory, found["overall"], found["districts"])
