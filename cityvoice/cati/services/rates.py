"""AAPOR's outcome rates of a survey: of its phone sample, of those invited to the web, and of both.

`tallies` says which case counts as what.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cityvoice.cati.services.tallies import Tally, tallies
from cityvoice.stats.dispositions import Dispositions, Edition
from cityvoice.stats.response_rates import ResponseRates, response_rates
from cityvoice.surveys.models import Survey


@dataclass(frozen=True, slots=True)
class RateTable:
    """Outcome rates of one wave and mode; the empty mode is all modes together.

    Parameters
    ----------
    n_open : int
        Cases that may still be called: their present code counts as if fieldwork ended now.
    """

    wave: int
    mode: str
    n_cases: int
    n_open: int
    is_weighted: bool
    codes: dict[str, int]
    rates: ResponseRates


def outcome_rates(
    session: Session,
    *,
    survey: Survey,
    edition: Edition | str = Edition.TENTH,
    e: float | None = None,
    is_weighted: bool = False,
) -> list[RateTable]:
    """All outcome rates, by wave and mode.

    Parameters
    ----------
    e
        Share of the unknown that is eligible; estimated from each table's own cases where there is none.
    is_weighted
        By base weights, 1 / the probability of having been drawn.

    Raises
    ------
    StatsError
        e is no share.
    """
    groups: dict[tuple[int, str], list[Tally]] = defaultdict(list)
    for tally in tallies(session, survey):
        groups[tally.wave, tally.mode].append(tally)
    for wave in {wave for wave, _ in groups}:
        modes = [key for key in groups if key[0] == wave]
        if len(modes) > 1:
            groups[wave, ""] = [tally for key in modes for tally in groups[key]]
    return [_table(wave, mode, groups[wave, mode], edition, e, is_weighted) for wave, mode in sorted(groups)]


def _table(
    wave: int, mode: str, found: Iterable[Tally], edition: Edition | str, e: float | None, is_weighted: bool
) -> RateTable:
    tallied = list(found)
    sizes = [tally.weight if is_weighted else float(tally.n) for tally in tallied]
    counts = Dispositions.from_codes([tally.code for tally in tallied], weights=sizes, edition=edition)
    codes: dict[str, int] = defaultdict(int)
    for tally in tallied:
        codes[tally.code] += tally.n
    return RateTable(
        wave=wave,
        mode=mode,
        n_cases=sum(codes.values()),
        n_open=sum(tally.n for tally in tallied if not tally.is_final),
        is_weighted=is_weighted,
        codes=dict(sorted(codes.items())),
        rates=response_rates(counts, e=e),
    )
