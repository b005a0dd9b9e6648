"""How many cases of a survey's sample have which of AAPOR's codes.

A phone case counts by the disposition that follows from its ledger (`fieldwork.precedence`), in whichever
mode it was answered; cases of replicates that were never released belong to no sample. Somebody invited to
the web who is no phone case counts by what became of the invitation. Whoever came by the open link was not
sampled: no rate can be said of them.

A break-off (2.12) whose answers are at least the share of the questions that the calling plan asks for is a
partial interview (1.2), whether it was the phone or the web that stopped; what a supervisor decided stands.

An anonymous survey knows of nobody what they answered. How many of those who used their link were screened
out, and how many stopped on the way, it knows in all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Float, Select, case, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from cityvoice.cati.models import LedgerEntry, PhoneCase
from cityvoice.cati.services.planning import plan_of
from cityvoice.cati.services.resuming import share_answered
from cityvoice.cati.types import CaseState
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.questionnaire.kinds import Mode
from cityvoice.surveys.models import Case, Participant, Response, Survey, Wave
from cityvoice.surveys.types import CaseOrigin, ResponseStatus

NOTHING_RETURNED, BOUNCED, NOT_INVITED, OPTED_OUT = "3.19", "3.30", "3.11", "2.112"
COMPLETE, PARTIAL, BROKEN_OFF, QUOTA_FULL = "1.1", "1.2", "2.12", "4.80"
FINAL = ("1.", "4.")  # of invitations: nothing more can come


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases of one wave and mode with one code."""

    wave: int
    mode: str
    code: str
    is_final: bool
    n: int
    weight: float


Key = tuple[int, str, str, bool]  # wave, mode, code, whether it is final
Counts = dict[Key, list[float]]  # cases, and the sum of their weights


def tallies(session: Session, survey: Survey) -> Iterator[Tally]:
    """How many cases have which code."""
    counts: Counts = defaultdict(lambda: [0, 0.0])
    for wave, code, is_final, n, weight in session.execute(_of_phone_cases(survey)):
        _add(counts, (wave, Mode.CATI, code, is_final or not survey.is_open), n, weight)
    for number, code, n, weight in session.execute(_of_invited(survey)):
        wave = number or survey.current_wave.number
        _add(counts, (wave, Mode.CAWI, code, not survey.is_open or code.startswith(FINAL)), n, weight)
    if survey.is_anonymous:
        _tell_apart_nameless(session, survey, counts)
    else:
        _tell_apart_partial(session, survey, counts)
    for key, (size, total) in sorted(counts.items()):
        if size:
            yield Tally(*key, int(size), total)


def _add(counts: Counts, key: Key, n: float, weight: float) -> None:
    counts[key][0] += n
    counts[key][1] += weight


def _tell_apart_partial(session: Session, survey: Survey, counts: Counts) -> None:
    """Of those who broke off, count the ones who had answered enough as partial interviews."""
    enough = plan_of(session, survey).partial_from
    for response, wave, is_final, phoned, weight in session.execute(_broken_off(survey)):
        if share_answered(response) >= enough:
            mode = Mode.CATI if phoned else Mode.CAWI
            _add(counts, (wave, mode, BROKEN_OFF, is_final or not survey.is_open), -1, -weight)
            _add(counts, (wave, mode, PARTIAL, is_final or not survey.is_open), 1, weight)


def _broken_off(survey: Survey) -> Select[Response, int, bool, int | None, float]:
    """Interviews under way of cases that count as broken off."""
    is_invited = (
        PhoneCase.case_id.is_(None) & Participant.id.is_not(None) & Participant.opted_out_on.is_(None)
    )
    weight = case(
        (PhoneCase.case_id.is_not(None), 1.0 / PhoneCase.probability),
        else_=func.coalesce(Case.base_weight, 1.0),
    )
    return (
        select(
            Response,
            Wave.number,
            func.coalesce(PhoneCase.is_final, False),
            PhoneCase.case_id,
            type_coerce(weight, Float),
        )
        .join(Case, Case.id == Response.case_id)
        .join(Wave, Wave.id == Case.wave_id)
        .outerjoin(PhoneCase, PhoneCase.case_id == Response.case_id)
        .outerjoin(Participant, Participant.case_id == Response.case_id)
        .where(
            Response.survey_id == survey.id,
            Response.status == ResponseStatus.PARTIAL,
            ~Response.is_test,
            or_(
                (PhoneCase.code == BROKEN_OFF) & (PhoneCase.state != CaseState.UNRELEASED) & ~_is_decided(),
                is_invited,
            ),
        )
    )


def _is_decided() -> ColumnElement[bool]:
    """A supervisor said what the phone case is, and has not reopened it since."""
    reopening = aliased(LedgerEntry)
    reopened = exists().where(
        reopening.case_id == LedgerEntry.case_id,
        reopening.outcome == Outcome.REOPENED,
        reopening.id > LedgerEntry.id,
    )
    of_case = (LedgerEntry.case_id == PhoneCase.case_id, LedgerEntry.outcome == Outcome.DECIDED)
    return exists().where(*of_case, ~reopened).correlate(PhoneCase)


def _tell_apart_nameless(session: Session, survey: Survey, counts: Counts) -> None:
    """Take those who were screened out from those who took part, and break-offs from those who are silent."""
    wave, enough = survey.current_wave.number, plan_of(session, survey).partial_from
    found: Counter[tuple[str, str]] = Counter()
    for response in _by_personal_link(session, survey):
        if response.status == ResponseStatus.SCREENED_OUT:
            found[COMPLETE, QUOTA_FULL] += 1
        else:
            found[NOTHING_RETURNED, PARTIAL if share_answered(response) >= enough else BROKEN_OFF] += 1
    for (before, code), n in found.items():
        key = (wave, Mode.CAWI, before, not survey.is_open or before.startswith(FINAL))
        moved = min(n, int(counts[key][0]))
        _add(counts, key, -moved, -moved)
        _add(counts, (wave, Mode.CAWI, code, not survey.is_open or code.startswith(FINAL)), moved, moved)


def _by_personal_link(session: Session, survey: Survey) -> Sequence[Response]:
    """Responses that were begun by an invitation and are not complete."""
    return session.scalars(
        select(Response)
        .join(Case, Case.id == Response.case_id)
        .where(
            Response.survey_id == survey.id,
            Response.status != ResponseStatus.COMPLETE,
            ~Response.is_test,
            Case.origin == CaseOrigin.PERSONAL_LINK,
        )
    ).all()


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
