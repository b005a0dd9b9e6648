"""A horizontal scale and how it is drawn: hairlines with figures under them, dots with their interval."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from cityvoice.figures.canvas import Canvas
from cityvoice.figures.lettering import text_width
from cityvoice.figures.numbers import PLACES, SCALE, NumberFormat, Unit
from cityvoice.figures.reading import STAR, Mark, Reading
from cityvoice.figures.theme import BRAND, INK_3, LINE, PAPER, Theme

SHARE_TICKS = (
    (0.0, 0.05, 0.1, 0.15, 0.2, 0.25),
    (0.0, 0.1, 0.2, 0.3, 0.4, 0.5),
    (0.0, 0.25, 0.5, 0.75, 1.0),
)
RATIO_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """Ticks from end to end; ratios stand on a logarithmic scale, so that half and double are equally far."""

    ticks: tuple[float, ...]
    unit: Unit

    def position(self, value: float) -> float:
        """Place of a value from 0 (first tick) to 1 (last tick); what lies beyond stays at the end."""
        first, last, at = (self._on_scale(v) for v in (self.ticks[0], self.ticks[-1], value))
        return min(1.0, max(0.0, (at - first) / (last - first)))

    def tick_text(self, tick: float, numbers: NumberFormat) -> str:
        scaled = tick * SCALE.get(self.unit, 1)
        places = next(
            (p for p in range(PLACES[self.unit]) if math.isclose(scaled, round(scaled, p))), PLACES[self.unit]
        )
        return numbers.fixed(scaled, places)

    def _on_scale(self, value: float) -> float:
        return math.log(max(value, 1e-9)) if self.unit is Unit.RATIO else value


def axis_for(values: Iterable[float], unit: Unit, *, whole: bool = False) -> Axis:
    """The tightest round axis that holds the values; `whole` keeps shares on 0-100."""
    found = [value for value in values if math.isfinite(value)]
    top, bottom = max(found, default=1.0), min(found, default=0.0)
    if unit is Unit.SHARE:
        fitting = (ticks for ticks in SHARE_TICKS if ticks[-1] >= top and not whole)
        return Axis(next(fitting, SHARE_TICKS[-1]), unit)
    if unit is Unit.RATIO:
        first = max((i for i, tick in enumerate(RATIO_TICKS) if tick <= min(bottom, 0.5)), default=0)
        last = min((i for i, tick in enumerate(RATIO_TICKS) if tick >= max(top, 2.0)), default=-1)
        return Axis(RATIO_TICKS[first : last + 1 or None], unit)
    return Axis(_even_ticks(min(bottom, 0.0), max(top, 0.0)), unit)


def _even_ticks(low: float, high: float) -> tuple[float, ...]:
    span = (high - low) or 1.0
    magnitude = 10.0 ** math.floor(math.log10(span / 4))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude * 5 >= span)
    first, last = math.floor(low / step + 1e-9), math.ceil((low + span) / step - 1e-9)
    return tuple(round(step * i, 10) for i in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Panel:
    """An axis at its place on the canvas."""

    axis: Axis
    left: float
    width: float

    def x(self, value: float) -> float:
        return self.left + self.width * self.axis.position(value)

    def draw(self, canvas: Canvas, top: float, bottom: float, numbers: NumberFormat) -> None:
        """Hairlines from top to bottom and the figures of the scale below."""
        size = canvas.theme.small
        for tick in self._labelled(canvas, numbers):
            canvas.line(self.x(tick), top, self.x(tick), bottom, LINE)
            text = self.axis.tick_text(tick, numbers)
            canvas.text(self.x(tick), bottom + size * 1.25, text, size=size, fill=INK_3, anchor="middle")

    def _labelled(self, canvas: Canvas, numbers: NumberFormat) -> tuple[float, ...]:
        """All ticks, or only the ends and the middle where the panel is narrow."""
        ticks = self.axis.ticks
        if self.width / len(ticks) >= canvas.theme.small * 2.4 or len(ticks) < 4:
            return ticks
        return (ticks[0], ticks[len(ticks) // 2], ticks[-1]) if len(ticks) % 2 else (ticks[0], ticks[-1])

    def dot(self, canvas: Canvas, y: float, reading: Reading) -> None:
        """The value as a dot on its interval; a flagged value is hollow."""
        if reading.shown is None:
            return
        if reading.interval is not None:
            low, high = reading.interval
            canvas.line(self.x(low), y, self.x(high), y, BRAND, width=canvas.theme.size / 6)
        fill = BRAND if reading.mark is Mark.FIRM else PAPER
        canvas.circle(self.x(reading.shown), y, canvas.theme.size * 0.28, fill, BRAND, width=1.2)

    def number(self, canvas: Canvas, right: float, y: float, reading: Reading, numbers: NumberFormat) -> None:
        """The value in figures that end at `right`; the star of a flagged one hangs beyond it."""
        baseline = y + canvas.theme.size * 0.35
        canvas.text(right, baseline, numbers.value(reading.shown, self.axis.unit), anchor="end", bold=True)
        if reading.mark is Mark.FLAGGED:
            canvas.text(right, baseline, STAR, bold=True)

    def withheld(self, canvas: Canvas, y: float, words: str) -> None:
        """Words in the place of a number, on paper that covers the hairlines behind them."""
        size, right = canvas.theme.small, canvas.theme.width
        width = text_width(words, size, canvas.theme) + size * 0.4
        canvas.rect(right - width, y - size * 0.6, width, size * 1.2, PAPER)
        canvas.text(right, y + size * 0.35, words, size=size, fill=INK_3, anchor="end")


def star_width(readings: Iterable[Reading], theme: Theme) -> float:
    """Room that hanging stars need to the right of the numbers."""
    is_starred = any(reading.mark is Mark.FLAGGED for reading in readings)
    return text_width(STAR, theme.size, theme, bold=True) if is_starred else 0.0
