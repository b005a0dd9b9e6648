"""Command line: ``python -m tests.stats.oracle PATH...``."""

import argparse
import sys
import warnings
from pathlib import Path

from tests.stats.oracle.runner import Count, find_suites, run_suite


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.stats.oracle", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="folder of suites, or one suite")
    paths = parser.parse_args(arguments).paths
    suites = find_suites(paths)
    if not suites:
        _say("no suite of the schema cityvoice-oracle/ found")
        return 2
    total = Count()
    for suite in suites:
        count = run_suite(suite)
        for outcome in count.outcomes:
            total.add(outcome)
        _show(suite.name, count)
    _say(f'strict cases run with compat="R": {total.strict_under_r} of {total.strict}')
    _say(f"total: {total}")
    return 1 if total.strict_failed else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _show(name: str, count: Count) -> None:
    for outcome in count.outcomes:
        if outcome.status == "failed":
            strictness = "strict" if outcome.case.is_strict else "not strict"
            _say(f"FAILED {name} {outcome.case.id} [{outcome.case.description['design']}] ({strictness})")
            for reason in outcome.reasons:
                _say(f"    {reason}")
    skipped = {outcome.reasons[0] for outcome in count.outcomes if outcome.status == "skipped"}
    for reason in sorted(skipped):
        _say(f"SKIPPED {name}: {reason}")
    _say(f"{name}: {count}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
