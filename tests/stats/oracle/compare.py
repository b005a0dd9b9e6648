"""Numeric leaves of what came against those of what was expected."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

RTOL, ATOL = 1e-8, 1e-10
UNTRUSTED = "_untrusted"  # ends the names of numbers that a suite records and forbids to test against
ZERO_SE = 1e-6  # a pinned term's error, against the size of the estimates, counts as zero below this


@dataclass(frozen=True)
class Difference:
    """A leaf that does not agree."""

    where: str
    expected: Any
    got: Any

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected!r}, got {self.got!r}"


def differences(expect: dict[str, Any], got: dict[str, Any], tolerance: dict[str, float]) -> list[Difference]:
    """All leaves of `expect` that `got` lacks or misses."""
    rtol, atol = tolerance.get("rel", RTOL), tolerance.get("abs")
    pinned = bool(expect.get("se_is_zero"))
    found: list[Difference] = []
    for key, value in expect.items():
        if key.endswith(UNTRUSTED) or not any(True for _ in leaves(value, key)):
            continue
        if key not in got:
            found.append(Difference(key, _short(value), "nothing"))
            continue
        floor = atol if atol is not None else ATOL * _largest(value)
        if pinned and key in ("se", "cv", "vcov", "ci_z", "ci_t"):
            size = _largest(expect["estimate"])
            floor = max(floor, ZERO_SE * (size**2 if key == "vcov" else max(size, 1.0)))
        found += list(_compare(value, got[key], key, rtol, floor))
    return found


def leaves(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """(place, number or None) of every leaf that is not text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from leaves(inner, f"{where}[{position}]")
    elif not isinstance(value, str):
        yield where, value


def _compare(expected: Any, got: Any, where: str, rtol: float, floor: float) -> Iterator[Difference]:
    if isinstance(expected, dict):
        for key, inner in expected.items():
            own = got.get(key) if isinstance(got, dict) else None
            yield from _compare(inner, own, f"{where}.{key}", rtol, floor)
    elif isinstance(expected, list):
        if not hasattr(got, "__len__") or len(got) != len(expected):
            yield Difference(where, _short(expected), _short(got))
            return
        for position, inner in enumerate(expected):
            yield from _compare(inner, got[position], f"{where}[{position}]", rtol, floor)
    elif not isinstance(expected, str) and not _agrees(expected, got, rtol, floor):
        yield Difference(where, expected, got)


def _agrees(expected: Any, got: Any, rtol: float, floor: float) -> bool:
    if isinstance(expected, bool):
        return bool(got) == expected
    if expected is None or not math.isfinite(expected):
        return got is None or not math.isfinite(float(got))
    if got is None or isinstance(got, str):
        return False
    return abs(float(got) - expected) <= max(rtol * abs(expected), floor)


def _largest(value: Any) -> float:
    sizes = [abs(leaf) for _, leaf in leaves(value, "") if leaf is not None and math.isfinite(leaf)]
    return max(sizes, default=0.0)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."
