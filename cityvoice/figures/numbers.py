"""How a number reads in each language: decimal mark, thousands, intervals, signs."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

NBSP, MINUS, EN_DASH = "\u00a0", "\u2212", "\u2013"
ABSENT = EN_DASH  # a number that does not exist


class Unit(StrEnum):
    """What a value is, and so how it is scaled and rounded."""

    SHARE = "share"  # a fraction of 1, read as a percentage with one decimal
    RATE = "rate"  # one decimal, e.g. per 1000 residents, a mean, a score
    RATIO = "ratio"  # two decimals, e.g. a representation ratio or a design effect
    INDEX = "index"  # three decimals, e.g. dissimilarity


SCALE = {Unit.SHARE: 100}
PLACES = {Unit.SHARE: 1, Unit.RATE: 1, Unit.RATIO: 2, Unit.INDEX: 3}


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The signs of one language.

    Parameters
    ----------
    decimal, group : str
        Decimal mark and thousands separator (a no-break space where a language has a space).
    ungrouped_digits : int
        Integers with at most so many digits stay whole: Polish writes 1026 but 26 306.
    percent, points : str
        What follows a percentage and a difference of percentages, with its space if it has one.
    """

    decimal: str
    group: str
    ungrouped_digits: int
    percent: str
    points: str

    def integer(self, value: float | None) -> str:
        return ABSENT if value is None else self.fixed(value, 0)

    def fixed(self, value: float, places: int) -> str:
        """Round half away from zero, so that the same value reads the same everywhere."""
        exact = Decimal(str(round(value, 10))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        whole, _, fraction = f"{abs(exact):f}".partition(".")
        sign = MINUS if exact < 0 else ""
        return sign + self._grouped(whole) + (self.decimal + fraction if fraction else "")

    def value(self, value: float | None, unit: Unit = Unit.SHARE) -> str:
        """The bare number; a share gives its percentage without the sign, for columns headed with %."""
        if value is None:
            return ABSENT
        return self.fixed(value * SCALE.get(unit, 1), PLACES[unit])

    def with_sign(self, value: float | None, unit: Unit = Unit.SHARE) -> str:
        """The number as it stands in a sentence: 74.2% or 0.19."""
        return self.value(value, unit) + (self.percent if unit is Unit.SHARE and value is not None else "")

    def interval(self, low: float | None, high: float | None, unit: Unit = Unit.SHARE) -> str:
        if low is None or high is None:
            return ABSENT
        return f"{self.value(low, unit)}{EN_DASH}{self.value(high, unit)}"

    def margin(self, half_width: float | None, unit: Unit = Unit.SHARE) -> str:
        return ABSENT if half_width is None else "±" + self.value(half_width, unit)

    def signed(self, value: float | None, unit: Unit = Unit.SHARE) -> str:
        """A difference, with its plus or minus."""
        text = self.value(value, unit)
        return text if value is None or value <= 0 or not text.strip("0.,") else "+" + text

    def _grouped(self, digits: str) -> str:
        if len(digits) <= self.ungrouped_digits:
            return digits
        head = len(digits) % 3 or 3
        return self.group.join([digits[:head], *(digits[i : i + 3] for i in range(head, len(digits), 3))])


FORMATS = {
    "pl": NumberFormat(decimal=",", group=NBSP, ungrouped_digits=4, percent="%", points=f"{NBSP}p.p."),
    "uk": NumberFormat(decimal=",", group=NBSP, ungrouped_digits=4, percent="%", points=f"{NBSP}в.{NBSP}п."),
    "en": NumberFormat(decimal=".", group=",", ungrouped_digits=3, percent="%", points=f"{NBSP}pp"),
}


def number_format(locale: str) -> NumberFormat:
    """Format of a locale such as ``pl`` or ``pl_PL``; KeyError for a language CityVoice does not speak."""
    return FORMATS[locale.replace("-", "_").split("_")[0]]
