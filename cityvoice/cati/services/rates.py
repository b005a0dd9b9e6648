"""AAPOR's outcome rates of a survey: of its phone sample, of those invited to the web, and of both.

A phone case counts by the disposition that follows from its ledger (`fieldwork.precedence`), in whichever
mode it was answered; cases of replicates that were never released belong to no sample. Somebody invited to
the web who is no phone case counts by what became of the invitation. Whoever came by the open link was not
sampled: no rate can be said of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Float, Select, case, func, select, type_coerce
from sqlalchemy.orm import Session

from cityvoice.cati.models import PhoneCase
from cityvoice.cati.types import CaseState
from cityvoice.questionnaire.model import Mode
from cityvoice.stats.dispositions import Dispositions, Edition
from cityvoice.stats.response_rates import ResponseRates, response_rates
from cityvoice.surveys.models import Case, Participant, Response, Survey, Wave
from cityvoice.surveys.types import ResponseStatus

NOTHING_RETURNED, BOUNCED, NOT_INVITED, OPTED_OUT = "3.19", "3.30", "3.11", "2.112"
COMPLETE, BROKEN_OFF, QUOTA_FULL = "1.1", "2.12", "4.80"


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases of one wave and mode with one code."""

    wave: int
    mode: str
    code: str
    is_final: bool
    n: int
    weight: float


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


def tallies(session: Session, survey: Survey) -> Iterator[Tally]:
    """How many cases have which code."""
    phoned = _of_phone_cases(survey)
    for wave, code, is_final, n, weight in session.execute(phoned):
        yield Tally(wave, Mode.CATI, code, is_final or not survey.is_open, n, weight)
    for number, code, n, weight in session.execute(_of_invited(survey)):
        wave = number or survey.current_wave.number
        yield Tally(wave, Mode.CAWI, code, not survey.is_open or code[0] in "14", n, weight)


def _of_phone_cases(survey: Survey) -> Select[int, str, bool, int, float]:
    group = (Wave.number, PhoneCase.code, PhoneCase.is_final)
    return (
        select(*group, func.count(), func.sum(type_coerce(1.0 / PhoneCase.probability, Float)))
        .join(Case, Case.id == PhoneCase.case_id)
        .join(Wave, Wave.id == Case.wave_id)
        .where(PhoneCase.survey_id == survey.id, PhoneCase.state != CaseState.UNRELEASED)
        .group_by(*group)
        .order_by(*group)
    )


def _of_invited(survey: Survey) -> Select[int | None, str, int, float]:
    """People on the list of the web survey who are no phone cases."""
    last = (
        select(Response.case_id, func.max(Response.id).label("id"))
        .where(Response.survey_id == survey.id, ~Response.is_test)
        .group_by(Response.case_id)
        .subquery()
    )
    people = (
        select(
            Wave.number.label("wave"),
            _code_of_invitation().label("code"),
            func.coalesce(Case.base_weight, 1.0).label("weight"),
        )
        .select_from(Participant)
        .outerjoin(Case, Case.id == Participant.case_id)
        .outerjoin(Wave, Wave.id == Case.wave_id)
        .outerjoin(last, last.c.case_id == Participant.case_id)
        .outerjoin(Response, Response.id == last.c.id)
        .outerjoin(PhoneCase, PhoneCase.case_id == Participant.case_id)
        .where(Participant.survey_id == survey.id, PhoneCase.case_id.is_(None))
        .subquery()
    )
    group = (people.c.wave, people.c.code)
    return select(*group, func.count(), func.sum(people.c.weight)).group_by(*group).order_by(*group)


def _code_of_invitation() -> ColumnElement[str]:
    return case(
        (Response.status == ResponseStatus.COMPLETE, COMPLETE),
        (Response.status == ResponseStatus.SCREENED_OUT, QUOTA_FULL),
        (Participant.has_taken_part, COMPLETE),
        (Participant.opted_out_on.is_not(None), OPTED_OUT),
        (Response.status == ResponseStatus.PARTIAL, BROKEN_OFF),
        (Participant.bounced_on.is_not(None), BOUNCED),
        (Participant.invited_on.is_(None), NOT_INVITED),
        else_=NOTHING_RETURNED,
    )


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
