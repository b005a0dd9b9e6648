"""Participation indicators as CSV: every figure with its numerator and denominator."""

from collections.abc import Iterator

from cityvoice.analysis.exports import to_csv
from cityvoice.indicators.types import ParticipationProfile
from cityvoice.stats.participation import SMALL_CELL, Indicator

COLUMNS = (
    "indicator",
    "variable",
    "code",
    "category",
    "value",
    "unit",
    "low",
    "high",
    "numerator",
    "denominator",
)


def participation_csv(profile: ParticipationProfile) -> str:
    return to_csv(COLUMNS, _rows(profile))


def _rows(profile: ParticipationProfile) -> Iterator[tuple[object, ...]]:
    if profile.rate is not None:
        yield _row(profile.rate)
    for margin in profile.margins:
        yield _row(margin.dissimilarity, margin.variable)
        yield _row(margin.cv, margin.variable)
        for group in margin.groups:
            if 0 < group.n < SMALL_CELL:
                continue  # a handful of people could be known by their group
            yield _row(group.representation, margin.variable, group.code, group.label)
            if group.rate is not None:
                yield _row(group.rate, margin.variable, group.code, group.label)


def _row(indicator: Indicator, variable: str = "", code: str = "", category: str = "") -> tuple[object, ...]:
    numbers = (indicator.low, indicator.high, indicator.numerator, indicator.denominator)
    return (indicator.name, variable, code, category, indicator.value, indicator.unit, *numbers)
