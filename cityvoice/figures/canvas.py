"""A sheet to draw on: shapes and texts become one SVG element, always with the same bytes."""

from html import escape

from cityvoice.figures.lettering import text_width
from cityvoice.figures.theme import INK, Theme

LEADING = 1.2  # of a row label, in its size


class Canvas:
    """Collects shapes; y grows downwards, units are those of the theme's width.

    Only presentation attributes are used: no style sheet, no script, so that a strict
    content security policy and a PDF both show the same drawing.
    """

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._shapes: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float | None = None,
        fill: str = INK,
        anchor: str = "start",
        bold: bool = False,
    ) -> float:
        """Draw a line of text on its baseline and return its estimated width."""
        size = size or self.theme.size
        look = f' text-anchor="{anchor}"' if anchor != "start" else ""
        look += ' font-weight="600"' if bold else ""
        self._shapes.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{fill}"{look}>{escape(text)}</text>'
        )
        return text_width(text, size, self.theme, bold=bold)

    def label(self, middle: float, lines: tuple[str, ...]) -> None:
        """Row label at the left edge, its lines centred on the row's middle."""
        size = self.theme.size
        first = middle + size * (0.35 - 0.6 * (len(lines) - 1))
        for i, line in enumerate(lines):
            self.text(0, first + i * size * LEADING, line)

    def rect(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        self._shapes.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{fill}"/>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 1, dash: str = ""
    ) -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._shapes.append(
            f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" '
            f'stroke="{stroke}" stroke-width="{_n(width)}"{dashes}/>'
        )

    def circle(self, x: float, y: float, radius: float, fill: str, stroke: str, width: float = 1.5) -> None:
        self._shapes.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="{_n(width)}"/>'
        )

    def diamond(self, x: float, y: float, radius: float, fill: str) -> None:
        corners = ((x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y))
        points = " ".join(f"{_n(a)},{_n(b)}" for a, b in corners)
        self._shapes.append(f'<polygon points="{points}" fill="{fill}"/>')

    def svg(self, height: float, alt: str) -> str:
        """The whole element; `alt` is its direct child title, which PDF takes as alternative text."""
        width, height = self.theme.width, round(height, 1)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" preserveAspectRatio="xMinYMin" '
            f'viewBox="0 0 {_n(width)} {_n(height)}" '
            f'width="{_n(width)}" height="{_n(height)}">'
            f"<title>{escape(alt)}</title>"
            f'<g font-family="{escape(self.theme.family)}">{"".join(self._shapes)}</g></svg>'
        )


def _n(value: float) -> str:
    """One decimal, without a trailing zero or a negative zero."""
    return f"{round(value, 1) + 0:.1f}".removesuffix(".0")
