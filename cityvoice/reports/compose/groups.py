"""Cross-tabulations as the report's differences between groups, and which of them are worth a figure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cityvoice.analysis.types import Breakdown, CrossTabulation, VariableResult
from cityvoice.figures.reading import SMALL_BASE, Reading
from cityvoice.reports.compose.voice import Voice
from cityvoice.reports.document import Break, Differences, GroupedMeasure

MOST_FIGURES = 4


def differences(
    results: Iterable[VariableResult],
    tables: Iterable[CrossTabulation],
    breakdowns: tuple[Breakdown, ...],
    voice: Voice,
) -> Differences | None:
    """Every favourable share by every breakdown; the widest clear differences are drawn."""
    _ = voice.gettext
    cells: dict[str, dict[str, CrossTabulation]] = {}
    for table in tables:
        if table.statistic != "mean":
            cells.setdefault(table.variable.name, {})[table.breakdown.variable.name] = table
    names = [breakdown.variable.name for breakdown in breakdowns]
    measures = [
        GroupedMeasure(
            code=result.variable.name,
            label=result.label,
            wording=result.wording,
            measure=_("positive, %"),
            city=Reading.of(result.box.estimate),
            groups=tuple(
                tuple(Reading.of(estimate) for estimate in cells[result.variable.name][name].estimates)
                for name in names
            ),
        )
        for result in results
        if result.box is not None and set(names) <= cells.get(result.variable.name, {}).keys()
    ]
    if not measures or not breakdowns:
        return None
    breaks = tuple(Break(each.label, tuple(label for _code, label in each.categories)) for each in breakdowns)
    return Differences(breaks, _with_key_figures(measures, breaks, voice), note=_note(voice))


def clear_gap(readings: Sequence[Reading]) -> float:
    """How far apart the lowest and the highest group are, where their intervals do not touch; else 0."""
    places = _comparable(readings)
    if len(places) < 2:
        return 0.0
    low, high = extremes(readings)
    lowest, highest = readings[low], readings[high]
    return _value(highest) - _value(lowest) if (lowest.high or 0) < (highest.low or 0) else 0.0


def widest(measure: GroupedMeasure) -> tuple[float, int]:
    """The widest clear gap of a measure, and the number of the break that has it."""
    return max((clear_gap(readings), -place) for place, readings in enumerate(measure.groups))


def extremes(readings: Sequence[Reading]) -> tuple[int, int]:
    """Places of the lowest and the highest group, of at least one that may be compared."""
    places = _comparable(readings)
    return min(places, key=lambda at: _value(readings[at])), max(places, key=lambda at: _value(readings[at]))


def _comparable(readings: Sequence[Reading]) -> list[int]:
    """A wide interval may be compared, as only intervals that do not touch count; a handful of people not."""
    return [
        place
        for place, reading in enumerate(readings)
        if reading.interval is not None and (reading.n or 0) >= SMALL_BASE
    ]


def gap_in_words(measure: GroupedMeasure, breaks: tuple[Break, ...], voice: Voice) -> str:
    gap, negative = widest(measure)
    if gap <= 0:
        return ""
    place = -negative
    low, high = extremes(measure.groups[place])
    levels, readings = breaks[place].levels, measure.groups[place]
    return voice.gettext("%(item)s: %(highest)s %(high)s, %(lowest)s %(low)s") % {
        "item": measure.label,
        "highest": levels[high],
        "high": voice.share(_value(readings[high])),
        "lowest": levels[low],
        "low": voice.share(_value(readings[low])),
    }


def _with_key_figures(
    measures: list[GroupedMeasure], breaks: tuple[Break, ...], voice: Voice
) -> tuple[GroupedMeasure, ...]:
    ranked = sorted(measures, key=lambda one: -widest(one)[0])
    drawn = {one.code for one in ranked[:MOST_FIGURES] if widest(one)[0] > 0}
    return tuple(_drawn(one, breaks, voice) if one.code in drawn else one for one in measures)


def _drawn(measure: GroupedMeasure, breaks: tuple[Break, ...], voice: Voice) -> GroupedMeasure:
    return replace(measure, is_key=True, finding=gap_in_words(measure, breaks, voice))


def _note(voice: Voice) -> str:
    return voice.gettext(
        "Where the intervals of two groups do not touch, the difference is clear. Where they do, it may be"
        " chance; among many comparisons some look clear by chance alone."
    )


def _value(reading: Reading) -> float:
    return reading.value or 0.0
