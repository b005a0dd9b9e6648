"""Colours and type of figures: the values of the visual language, and two settings of size."""

from dataclasses import dataclass

INK, INK_2, INK_3, LINE, PAPER = "#14213d", "#3f4a63", "#667085", "#d6d9e0", "#ffffff"
BRAND, BRAND_WASH = "#0b5d57", "#e3f1ee"
STONE = "#d9d7cf"
RUST = ("#a34a1f", "#e0a37e")  # strongly, weakly unfavourable
GREEN = ("#0b5d57", "#7fb8ae")  # strongly, weakly favourable


@dataclass(frozen=True, slots=True)
class Theme:
    """Type and size of a figure; the drawing adapts to them.

    Parameters
    ----------
    family : str
        Font families, as in CSS.
    width : float
        Width of the view box.
    size, small : float
        Font sizes of labels and of everything else.
    stretch : float
        Width of this type relative to Source Sans, whose widths are known: system fonts are wider.
    """

    family: str
    width: float
    size: float
    small: float
    stretch: float


PRINT = Theme("Source Sans Pro", width=640, size=12, small=10.5, stretch=1.0)
SCREEN = Theme("system-ui, Segoe UI, Roboto, Noto Sans, Arial, sans-serif", 760, 15, 13, stretch=1.25)
PHONE = Theme("system-ui, Segoe UI, Roboto, Noto Sans, Arial, sans-serif", 400, 14, 12.5, stretch=1.25)


def likert_colours(n_unfavourable: int, n_neutral: int, n_favourable: int) -> tuple[str, ...]:
    """One colour a level, from rust over stone to green; stronger opinions are darker."""
    unfavourable = [_between(*RUST, _step(i, n_unfavourable)) for i in range(n_unfavourable)]
    favourable = [_between(*GREEN, _step(i, n_favourable)) for i in range(n_favourable)]
    return (*unfavourable, *[STONE] * n_neutral, *reversed(favourable))


def ink_on(colour: str) -> str:
    """Ink or white, whichever is read more easily on the colour (WCAG 2 contrast)."""
    light = _luminance(colour)
    on_white, on_ink = 1.05 / (light + 0.05), (light + 0.05) / (_luminance(INK) + 0.05)
    return PAPER if on_white > on_ink else INK


def _step(index: int, count: int) -> float:
    return 1.0 if count == 1 else index / (count - 1)


def _between(start: str, end: str, part: float) -> str:
    return "#" + "".join(
        f"{round(a + (b - a) * part):02x}" for a, b in zip(_channels(start), _channels(end), strict=True)
    )


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
