"""Control totals that come in a file: YAML or JSON with ``margins`` and what is known of their source.

source: Statistics Poland, Local Data Bank
reference_on: 2025-12-31
population: 60313
margins: {sex: {F: 31726, M: 28587}}
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cityvoice.analysis.errors import AnalysisError
from cityvoice.questionnaire.errors import DocumentError
from cityvoice.questionnaire.notation import parse_mapping

KNOWN = ("margins", "population", "reference_on", "source")


class BadTargets(AnalysisError):
    """A file of control totals that cannot be read; names the file and the field."""


@dataclass(frozen=True)
class Targets:
    margins: dict[str, dict[str, float]]  # totals by variable, then by code
    about: dict[str, Any]  # source, reference_on and population, where the file says them


def read_targets(path: Path) -> Targets:
    """The control totals in a file; `BadTargets` when it holds anything else."""
    try:
        read = parse_mapping(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise BadTargets(f"{path}: expected UTF-8 text") from None
    except DocumentError as error:
        raise BadTargets(f"{path}: {error}") from None
    if (
        not isinstance(read, dict)
        or not read.keys() <= set(KNOWN)
        or not isinstance(read.get("margins"), dict)
    ):
        raise BadTargets(f"{path}: expected a mapping with margins and, if known, {', '.join(KNOWN[1:])}")
    margins = {str(variable): _totals(path, variable, codes) for variable, codes in read["margins"].items()}
    return Targets(margins, {name: _CHECKS[name](path, read[name]) for name in KNOWN[1:] if name in read})


def _totals(path: Path, variable: object, codes: object) -> dict[str, float]:
    if not isinstance(codes, dict):
        raise BadTargets(f"{path}: margins.{variable}: expected a mapping of codes to totals, got {codes!r}")
    return {str(code): _number(path, variable, code, total) for code, total in codes.items()}


def _number(path: Path, variable: object, code: object, total: object) -> float:
    if isinstance(total, bool) or not isinstance(total, (int, float)):
        raise BadTargets(f"{path}: margins.{variable}.{code}: expected a number, got {total!r}")
    return float(total)


def _population(path: Path, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BadTargets(f"{path}: population: expected a whole number above 0, got {value!r}")
    return value


def _day(path: Path, value: object) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        expected = f"expected a day such as 2025-12-31, got {value!r}"
        raise BadTargets(f"{path}: reference_on: {expected}") from None


def _source(path: Path, value: object) -> str:
    if not isinstance(value, str):
        raise BadTargets(f"{path}: source: expected 1 to 300 characters, got {value!r}")
    return value


_CHECKS = {"population": _population, "reference_on": _day, "source": _source}
