"""The audit report as plain data: translated texts and readings, ready to be set in type."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cityvoice.figures.dots import DotRow, DotSection
from cityvoice.figures.likert import LikertScale
from cityvoice.figures.numbers import Unit
from cityvoice.figures.profile import ProfileSection
from cityvoice.figures.reading import Reading

ITEMS_PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class TitlePage:
    """`kind` names the genre, e.g. Report of a residents' survey; dates are already written out."""

    kind: str
    city: str
    title: str
    edition: str
    fieldwork: str
    sponsor: str
    conductor: str
    data_as_of: str


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One number worth the summary; its interval and base are set from the reading."""

    reading: Reading
    statement: str
    detail: str = ""
    unit: Unit = Unit.SHARE


@dataclass(frozen=True, slots=True)
class MethodItem:
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    """AAPOR's rates of one wave: a column for each sample, cells already written out."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    note: str


@dataclass(frozen=True, slots=True)
class Weighting:
    """How the weights came out; `trimmed` is the share of weights cut, None where none were to be.

    `n_eff` and `deff` are Kish's; `smallest` and `largest` are weights with a mean of 1.
    """

    method: str
    n: int
    n_eff: float
    deff: float
    smallest: float
    largest: float
    has_converged: bool
    iterations: int | None = None
    trimmed: float | None = None


@dataclass(frozen=True, slots=True)
class SampleProfile:
    sections: tuple[ProfileSection, ...]
    source: str
    weighting: Weighting | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RatingItem:
    """One rated thing, in the questionnaire's words; `shares` follow the scale's levels."""

    code: str
    label: str
    shares: tuple[float, ...]
    favourable: Reading


@dataclass(frozen=True, slots=True)
class RatingBattery:
    """Items on one scale under one stem, given verbatim; a single rating question is a battery of one."""

    scale: LikertScale
    items: tuple[RatingItem, ...]
    stem: str
    base: str
    finding: str = ""
    note: str = ""

    @property
    def code(self) -> str:
        first, last = self.items[0].code, self.items[-1].code
        return first if first == last else f"{first}–{last}"

    def joined_with(self, other: "Question") -> "RatingBattery | None":
        """One battery of both, or None where the other differs in more than its items or has a finding."""
        if not isinstance(other, RatingBattery) or other.finding:
            return None
        if replace(other, items=self.items, finding=self.finding) != self:
            return None
        return replace(self, items=self.items + other.items)


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """A question with options; all readings share one base."""

    code: str
    wording: str
    options: tuple[DotRow, ...]
    base: str
    is_multiple: bool = False
    finding: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class NumberQuestion:
    """A question answered with a number: its mean, in the words of `measure`."""

    code: str
    wording: str
    measure: str
    mean: Reading
    base: str
    finding: str = ""
    note: str = ""


Question = RatingBattery | ChoiceQuestion | NumberQuestion


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the questionnaire."""

    title: str
    questions: tuple[Question, ...]
    introduction: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """A variable that divides the residents, such as the district, and its levels."""

    label: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupedMeasure:
    """One number in the whole city and in every level of every break.

    Parameters
    ----------
    measure : str
        What the number is, e.g. ``satisfied, %``.
    groups : tuple of tuple of Reading
        One tuple for each break, in the order of its levels.
    is_key : bool
        Drawn as a figure, besides its row in the tables.
    """

    code: str
    label: str
    wording: str
    measure: str
    city: Reading
    groups: tuple[tuple[Reading, ...], ...]
    is_key: bool = False
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Differences:
    breaks: tuple[Break, ...]
    measures: tuple[GroupedMeasure, ...]
    note: str = ""

    def __post_init__(self) -> None:
        wanted = tuple(len(one.levels) for one in self.breaks)
        for measure in self.measures:
            if (given := tuple(len(readings) for readings in measure.groups)) != wanted:
                raise ValueError(f"{measure.code}: readings for groups {given}, expected {wanted}")


@dataclass(frozen=True, slots=True)
class Indicator:
    """A participation indicator with what it was made of; `suffix` is read after the number."""

    name: str
    reading: Reading
    unit: Unit
    numerator: str
    denominator: str
    source: str
    suffix: str = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Participation:
    """Indicators, and representation ratios (share among participants / share among residents)."""

    indicators: tuple[Indicator, ...]
    ratios: tuple[DotSection, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Comments:
    """What people wrote in their own words: themes with their counts, and anonymous quotations."""

    question: str
    n: int
    themes: tuple[Fact, ...] = ()
    quotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One answer: `unweighted` is its share of the answers as they came, 0 to 1."""

    label: str
    n: int
    unweighted: float
    reading: Reading


@dataclass(frozen=True, slots=True)
class AnnexTable:
    """One variable in full."""

    code: str
    wording: str
    rows: tuple[AnnexRow, ...]
    base: str


@dataclass(frozen=True, slots=True)
class Colophon:
    data_sha256: str
    software: str
    recipe: str
    fonts: str
    licence: str
    further: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditReport:
    """All that the printed report says.

    `dated_at` is an aware moment that belongs to the data (not the clock's), so that
    the same data give the same bytes.
    """

    title_page: TitlePage
    dated_at: datetime
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]
    method: tuple[MethodItem, ...]
    colophon: Colophon
    lead: str = ""
    profile: SampleProfile | None = None
    sections: tuple[Section, ...] = ()
    differences: Differences | None = None
    participation: Participation | None = None
    comments: Comments | None = None
    annex: tuple[AnnexTable, ...] = ()
    outcomes: tuple[OutcomeTable, ...] = ()  # of surveys with a phone sample; set below the method note


def merge_batteries(questions: Iterable[Question]) -> tuple[Question, ...]:
    """Join consecutive ratings of one stem, scale and base, as long as only the first has a finding."""
    merged: list[Question] = []
    for question in questions:
        last = merged[-1] if merged else None
        joined = last.joined_with(question) if isinstance(last, RatingBattery) else None
        if joined is None:
            merged.append(question)
        else:
            merged[-1] = joined
    return tuple(merged)


def split_battery(battery: RatingBattery, limit: int = ITEMS_PER_PAGE) -> tuple[RatingBattery, ...]:
    """Parts of nearly equal length that fit a page each; the finding stays with the first."""
    count = -(-len(battery.items) // limit)
    size = -(-len(battery.items) // max(count, 1))
    starts = range(0, len(battery.items), max(size, 1))
    return tuple(
        replace(
            battery, items=battery.items[start : start + size], finding=battery.finding if start == 0 else ""
        )
        for start in starts
    )
