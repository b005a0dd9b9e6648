"""What the indicators hand to pages, exports and reports."""

from dataclasses import dataclass
from datetime import date

from cityvoice.stats.participation import Indicator


@dataclass(frozen=True, slots=True)
class Group:
    """One category of a margin: its part of the respondents against its part of the population."""

    code: str
    label: str
    n: int
    share: float  # of respondents who said their category, 0 to 1
    population_share: float
    representation: Indicator  # ratio of the two, with its interval
    rate: Indicator | None  # respondents per 1000 residents; None where only shares are known


@dataclass(frozen=True, slots=True)
class MarginParticipation:
    variable: str
    label: str
    n: int
    dissimilarity: Indicator
    cv: Indicator
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class ParticipationProfile:
    """Who took part in a survey, against who lives in the city."""

    n: int
    rate: Indicator | None  # None where the size of the population is not known
    margins: tuple[MarginParticipation, ...]
    source: str
    reference_on: date | None
