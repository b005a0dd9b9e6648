"""Run cases and count how they ended.

A strict case runs as anybody calls the library. Only where R's rule would give wrong results (`WRONG_IN_R`)
and the case disagrees is it run once more with ``compat="R"``, and counted as such. Cases that are not strict
record R's conventions and always run with ``compat="R"``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cityvoice.stats.errors import StatsError
from tests.stats.oracle.compare import differences
from tests.stats.oracle.context import Case, Suite
from tests.stats.oracle.registry import HANDLERS, load_handlers

SHOWN = 5  # differences printed of one case
WRONG_IN_R = {"gofchisq", "pca", "olr", "nonprob_dr"}  # why: docs/decisions/0011-conventions-of-r.md


@dataclass(frozen=True)
class Outcome:
    """How a case ended: ``passed``, ``failed`` or ``skipped``, and why."""

    case: Case
    status: str
    reasons: tuple[str, ...] = ()

    @property
    def is_strict_under_r(self) -> bool:
        return self.case.is_strict and self.case.compat == "R"


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    strict_failed: int = 0
    strict_under_r: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        setattr(self, outcome.status, getattr(self, outcome.status) + 1)
        self.strict_failed += outcome.status == "failed" and outcome.case.is_strict
        self.strict_under_r += outcome.is_strict_under_r
        self.outcomes.append(outcome)

    @property
    def strict(self) -> int:
        return sum(outcome.case.is_strict for outcome in self.outcomes)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def find_suites(paths: Iterable[Path]) -> list[Suite]:
    """Suites of files and folders; a JSON file that is not a suite is passed over."""
    files = [file for path in paths for file in (sorted(path.glob("*.json*")) if path.is_dir() else [path])]
    suites = [Suite.load(file) for file in files if not file.name.startswith("INDEX.")]
    return [suite for suite in suites if str(suite.content.get("schema", "")).startswith("cityvoice-oracle/")]


def run_case(case: Case) -> Outcome:
    """Run one case, by R's conventions where that is its due."""
    if not case.is_strict:
        return _run(case.under_r())
    outcome = _run(case)
    if outcome.status == "failed" and case.op["fn"] in WRONG_IN_R:
        return _run(case.under_r())
    return outcome


def _run(case: Case) -> Outcome:
    """An unforeseen exception is a failure, not an end."""
    load_handlers()
    handler = HANDLERS.get(case.op["fn"])
    if handler is None:
        return Outcome(case, "skipped", (f"no handler for {case.op['fn']}",))
    try:
        got = handler(case)
    except StatsError as error:
        if case.expect is None:
            return Outcome(case, "passed")
        return Outcome(case, "failed", (f"error: {error}",))
    except Exception as error:  # a broken case must not hide the others
        return Outcome(case, "failed", (f"{type(error).__name__}: {error}",))
    if case.expect is None:
        return Outcome(
            case, "failed", (f"expected an error ({case.description.get('r_error')}), got a result",)
        )
    found = differences(case.expect, got, case.description.get("tol", {}))
    if not found:
        return Outcome(case, "passed")
    more = (f"and {len(found) - SHOWN} more",) if len(found) > SHOWN else ()
    return Outcome(case, "failed", tuple(str(difference) for difference in found[:SHOWN]) + more)


def run_suite(suite: Suite) -> Count:
    count = Count()
    for case in suite.cases:
        count.add(run_case(case))
    return count
