"""Which member of a household is interviewed: the selections made at the door or on the phone.

Everything random follows from the response's seed, so that the same household is given the same person
however often it is asked, and whoever checks the fieldwork can draw again. Ties (twins, people of one age)
are broken by the same lot.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cityvoice.questionnaire.kinds import SelectionMethod
from cityvoice.questionnaire.order import draw
from cityvoice.questionnaire.question import Answer

Key = date | float  # a date of birth, an age, a place in the listing


@dataclass(frozen=True)
class Member:
    """Somebody who may be selected.

    `number` is the place in the roster, from 1. `key` is what the method goes by: a date of birth for
    birthdays, an age in years or a date of birth for the youngest and the oldest, the place in the listing
    for the Kish grid (where equal, the order of the roster decides); None: unknown.
    """

    number: int
    key: Key | None = None


@dataclass(frozen=True)
class Selected:
    """Who was selected, of how many.

    `probability` is the member's chance within the household, whose inverse is the weight for it; None where
    chance had no part: the youngest and the oldest are no probability sample.
    """

    number: int
    n_eligible: int
    probability: float | None


@dataclass(frozen=True)
class KishTable:
    """`numbers` is whom to select of 1, 2, ... 6 or more who are listed."""

    name: str
    share: Fraction  # of the households
    numbers: tuple[int, ...]


# Kish (1949): A procedure for objective respondent selection within the household. Journal of the American
# Statistical Association 44 (247), 380-387, doi:10.1080/01621459.1949.10483314.
KISH_TABLES = (
    KishTable("A", Fraction(1, 6), (1, 1, 1, 1, 1, 1)),
    KishTable("B1", Fraction(1, 12), (1, 1, 1, 1, 2, 2)),
    KishTable("B2", Fraction(1, 12), (1, 1, 1, 2, 2, 2)),
    KishTable("C", Fraction(1, 6), (1, 1, 2, 2, 3, 3)),
    KishTable("D", Fraction(1, 6), (1, 2, 2, 3, 4, 4)),
    KishTable("E1", Fraction(1, 12), (1, 2, 3, 3, 3, 5)),
    KishTable("E2", Fraction(1, 12), (1, 2, 3, 4, 5, 5)),
    KishTable("F", Fraction(1, 6), (1, 2, 3, 4, 5, 6)),
)
BIRTHDAYS = frozenset({SelectionMethod.LAST_BIRTHDAY, SelectionMethod.NEXT_BIRTHDAY})
BY_AGE = frozenset({SelectionMethod.YOUNGEST, SelectionMethod.OLDEST})
_MOST_LISTED = 6
_DAYS = 366  # of a year that has a 29th of February


def select(
    method: SelectionMethod,
    members: Sequence[Member],
    *,
    seed: Answer,
    household: str,
    day: date | None = None,
) -> Selected | None:
    """Select one of the eligible members of a household.

    Parameters
    ----------
    members
        Those who are eligible, in the order of the roster.
    seed
        The response's answer under `model.SEED`.
    household
        A name; draws under other names are independent of this one.
    day
        For birthdays: the day that "last" and "next" are counted from.

    Returns
    -------
    Selected
        None when nobody is eligible, or when the key of one of them is needed and unknown: a choice among
        those whose birthday happens to be known would favour them.
    """
    if not members:
        return None
    needs_keys = method is not SelectionMethod.RANDOM
    kinds = {isinstance(member.key, date) for member in members}
    if needs_keys and (len(kinds) > 1 or any(member.key is None for member in members)):
        return None
    if method is SelectionMethod.KISH:
        return _by_grid(members, seed, household)
    rank = _RANKS[method](day)
    if rank is None:
        return None
    lots = {member.number: draw(seed, "member", household, str(member.number)) for member in members}
    first = min(members, key=lambda member: (rank(member), lots[member.number]))
    probability = None if method in BY_AGE else 1 / len(members)
    return Selected(first.number, len(members), probability)


def kish_table(seed: Answer, household: str) -> KishTable:
    """The table that this household is given, each with its share of the households."""
    point = Fraction(draw(seed, "kish", household), 2**64)
    for table in KISH_TABLES:
        point -= table.share
        if point < 0:
            return table
    return KISH_TABLES[-1]


def _by_grid(members: Sequence[Member], seed: Answer, household: str) -> Selected:
    """By the grid: with more than six listed, those from the seventh on are never selected."""
    listed = sorted(members, key=lambda member: (_size(member), member.number))
    column = min(len(listed), _MOST_LISTED) - 1
    place = kish_table(seed, household).numbers[column]
    share = sum(table.share for table in KISH_TABLES if table.numbers[column] == place)
    return Selected(listed[place - 1].number, len(listed), float(share))


_Rank = Callable[[Member], float]


def _size(member: Member) -> float:
    key = member.key
    return key.toordinal() if isinstance(key, date) else key or 0.0


def _age(member: Member) -> float:
    return -_size(member) if isinstance(member.key, date) else _size(member)


def _since_birthday(day: date | None) -> _Rank | None:
    return None if day is None else lambda member: (_in_year(day) - _in_year(member.key)) % _DAYS


def _until_birthday(day: date | None) -> _Rank | None:
    """A birthday today is the last one; the next is a year away."""
    return None if day is None else lambda member: (_in_year(member.key) - _in_year(day) - 1) % _DAYS


def _in_year(key: Key | None) -> int:
    """The number of a day in a year that has a 29th of February."""
    return date(2000, key.month, key.day).timetuple().tm_yday if isinstance(key, date) else 0


_RANKS: Mapping[SelectionMethod, Callable[[date | None], _Rank | None]] = {
    SelectionMethod.LAST_BIRTHDAY: _since_birthday,
    SelectionMethod.NEXT_BIRTHDAY: _until_birthday,
    SelectionMethod.RANDOM: lambda _: lambda member: 0,
    SelectionMethod.YOUNGEST: lambda _: _age,
    SelectionMethod.OLDEST: lambda _: lambda member: -_age(member),
}
