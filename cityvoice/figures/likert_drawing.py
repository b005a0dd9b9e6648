"""How a battery of rating items is drawn; on a phone the labels stand above their bars."""

from typing import TYPE_CHECKING

from cityvoice.figures.axis import Panel, axis_for, star_width
from cityvoice.figures.canvas import LEADING, Canvas
from cityvoice.figures.lettering import text_width, wrap
from cityvoice.figures.numbers import Unit
from cityvoice.figures.reading import Reading
from cityvoice.figures.theme import INK_2, INK_3, LINE, Theme, ink_on

if TYPE_CHECKING:
    from cityvoice.figures.likert import LikertFigure, LikertRow

LEAST_SIDE = 0.25  # neither side of the axis gets less than this share of one hundred per cent
NARROW = 500  # a theme less wide than this is a phone


class LikertDrawing:
    """Lays a figure out on a canvas: key, heads, then one row after another."""

    def __init__(self, figure: "LikertFigure", theme: Theme) -> None:
        self.figure, self.theme = figure, theme
        self.canvas = Canvas(theme)
        self.is_stacked = theme.width < NARROW
        self.bar = theme.size * 1.75
        self.value_right = theme.width - star_width((row.favourable for row in figure.rows), theme)
        value_width = text_width("100,0", theme.size, theme, bold=True)
        panel_width = theme.width * 0.2
        inset = text_width("100", theme.small, theme) / 2
        left = self.value_right - value_width - inset - panel_width
        self.panel = Panel(axis_for((), Unit.SHARE, whole=True), left, panel_width)
        self.label_width = 0.0 if self.is_stacked else self._label_width()
        self.bars_left = self.label_width + (0 if self.is_stacked else theme.size)
        self.bars_right = self.panel.left - theme.size * 1.5
        unfavourable, favourable = self._extents()
        self.unit = (self.bars_right - self.bars_left) / (unfavourable + favourable)
        self.axis = self.bars_left + unfavourable * self.unit

    def svg(self) -> str:
        y = self._heads(self._key())
        top = y
        rows = []
        for row in self.figure.rows:
            rows.append((y, row))
            y += self._row_height(row)
        self.panel.draw(self.canvas, top, y, self.figure.numbers)
        if not self.is_stacked:
            self.canvas.line(self.axis, top - 2, self.axis, y, INK_3)
        for row_top, row in rows:
            self._row(row_top, row)
        return self.canvas.svg(y + self.theme.small * 1.7, self.figure.alt)

    def _label_width(self) -> float:
        widest = max(
            (text_width(row.label, self.theme.size, self.theme) for row in self.figure.rows), default=0
        )
        return min(max(widest, self.theme.width * 0.16), self.theme.width * 0.33)

    def _extents(self) -> tuple[float, float]:
        shown = [row for row in self.figure.rows if row.favourable.shown is not None]
        lefts = [row.left_of_axis(self.figure.scale) for row in shown]
        rights = [sum(row.shares) - left for row, left in zip(shown, lefts, strict=True)]
        return max([*lefts, LEAST_SIDE]), max([*rights, LEAST_SIDE])

    def _key(self) -> float:
        """Swatch and label of every level, in the order of the bars; returns where it ends."""
        size, x, y = self.theme.small, 0.0, 0.0
        for level, colour in zip(self.figure.scale.levels, self.figure.scale.colours, strict=True):
            lines = wrap(level, self.theme.width - size * 1.5, size, self.theme)
            width = size * 1.5 + max(text_width(line, size, self.theme) for line in lines)
            if x and x + width > self.theme.width:
                x, y = 0.0, y + size * 1.6
            self.canvas.rect(x, y + size * 0.1, size, size, colour)
            for i, line in enumerate(lines):
                self.canvas.text(x + size * 1.5, y + size * (0.95 + 1.25 * i), line, size=size, fill=INK_2)
            x, y = x + width + size * 1.5, y + size * 1.25 * (len(lines) - 1)
        return y + size * 1.6

    def _heads(self, top: float) -> float:
        """What the two sides and the panel are called, standing on one line; returns where rows begin."""
        size, scale = self.theme.small, self.figure.scale
        half = (self.bars_right - self.bars_left) / 2
        if self.is_stacked:  # at the ends of the bars, where there is always room
            left_x, left_anchor, left_room = self.bars_left, "start", half
            right_x, right_anchor, right_room = self.bars_right, "end", half - size
        else:  # at the axis
            left_x, left_anchor, left_room = self.axis - size * 0.7, "end", self.axis - size
            right_x, right_anchor = self.axis + size * 0.7, "start"
            right_room = self.panel.left - self.axis - size * 2
        head = f"{scale.favourable}, % · {self.figure.words.interval}"
        blocks = (
            (left_x, left_anchor, wrap(scale.unfavourable, left_room, size, self.theme)),
            (right_x, right_anchor, wrap(scale.favourable, right_room, size, self.theme)),
            (self.panel.left, "start", wrap(head, self.theme.width - self.panel.left, size, self.theme)),
        )
        baseline = top + size * (0.8 + 1.25 * max(len(lines) for _, _, lines in blocks))
        for x, anchor, lines in blocks:
            for i, line in enumerate(reversed(lines)):
                self.canvas.text(x, baseline - i * size * 1.25, line, size=size, fill=INK_2, anchor=anchor)
        return baseline + size * 0.7

    def _lines(self, row: "LikertRow") -> tuple[str, ...]:
        width = self.panel.left - self.theme.size if self.is_stacked else self.label_width
        return wrap(row.label, width, self.theme.size, self.theme)

    def _row_height(self, row: "LikertRow") -> float:
        text = len(self._lines(row)) * self.theme.size * LEADING
        gap = self.theme.size * 0.7
        return text + self.bar + gap * 1.3 if self.is_stacked else max(text, self.bar) + gap

    def _row(self, top: float, row: "LikertRow") -> None:
        size, lines = self.theme.size, self._lines(row)
        if self.is_stacked:
            text = len(lines) * size * LEADING
            self.canvas.label(top + text / 2, lines)
            middle = top + text + size * 0.2 + self.bar / 2
        else:
            middle = top + self._row_height(row) / 2
            self.canvas.label(middle, lines)
        self._bars(middle, row)
        self._estimate(middle, row.favourable)

    def _bars(self, middle: float, row: "LikertRow") -> None:
        if row.favourable.shown is None:
            self.canvas.line(self.bars_left, middle, self.bars_right, middle, LINE, dash="2 3")
            return
        if self.is_stacked:
            self.canvas.line(self.axis, middle - self.bar * 0.6, self.axis, middle + self.bar * 0.6, INK_3)
        x = self.axis - row.left_of_axis(self.figure.scale) * self.unit
        for share, colour in zip(row.shares, self.figure.scale.colours, strict=True):
            width = share * self.unit
            if width > 0.6:
                self.canvas.rect(x, middle - self.bar / 2, max(width - 0.8, 0.5), self.bar, colour)
            label = self.figure.numbers.fixed(share * 100, 0)
            if text_width(label, self.theme.small, self.theme) + 4 <= width:
                self._segment_label(x + width / 2 - 0.4, middle, label, ink_on(colour))
            x += width

    def _segment_label(self, x: float, middle: float, label: str, fill: str) -> None:
        size = self.theme.small
        self.canvas.text(x, middle + size * 0.35, label, size=size, fill=fill, anchor="middle")

    def _estimate(self, middle: float, reading: Reading) -> None:
        if reading.shown is None:
            self.panel.withheld(self.canvas, middle, self.figure.words.suppressed)
            return
        self.panel.dot(self.canvas, middle, reading)
        self.panel.number(self.canvas, self.value_right, middle, reading, self.figure.numbers)
