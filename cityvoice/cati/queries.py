"""Reads of the phone studio."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cityvoice.accounts.models import Account, RoleGrant
from cityvoice.accounts.types import Role
from cityvoice.cati.errors import UnknownCase
from cityvoice.cati.models import (
    Appointment,
    CallingPlan,
    CaseGroup,
    Interviewer,
    LedgerEntry,
    NeverCall,
    PhoneCase,
    SampleDraw,
    SampleFrame,
    Shift,
    Telephone,
)
from cityvoice.cati.types import AppointmentState, CaseState, EntryKind, MadeCall, Replicate
from cityvoice.fieldwork.phones import number_digest
from cityvoice.surveys.models import QuotaCell, Survey
from cityvoice.surveys.queries import list_quota_cells

BATCH = 5000  # values that one statement may name


def find_rules(session: Session, survey: Survey) -> dict[str, object]:
    """The stored rules of a survey's calling plan; `services.plan_of` makes them a `Plan`."""
    stored = session.get(CallingPlan, survey.id)
    return {} if stored is None else stored.rules


def get_case(session: Session, survey: Survey, case_id: int) -> PhoneCase:
    """A case of this survey.

    Raises
    ------
    UnknownCase
    """
    case = session.get(PhoneCase, case_id)
    if case is None or case.survey_id != survey.id:
        raise UnknownCase(case_id)
    return case


def find_held_case(session: Session, account_id: int, *, lock: bool = False) -> PhoneCase | None:
    """The case on an interviewer's screen, of whichever survey."""
    statement = select(PhoneCase).where(PhoneCase.held_by == account_id, PhoneCase.state == CaseState.HELD)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def find_interviewer(session: Session, survey: Survey, account_id: int) -> Interviewer | None:
    return session.get(Interviewer, (survey.id, account_id))


def find_entry(session: Session, key: str) -> LedgerEntry | None:
    return session.scalars(select(LedgerEntry).where(LedgerEntry.key == key)).one_or_none()


def list_entries(session: Session, case_id: int) -> Sequence[LedgerEntry]:
    """Everything that happened to a case, oldest first."""
    statement = select(LedgerEntry).where(LedgerEntry.case_id == case_id)
    return session.scalars(statement.order_by(LedgerEntry.at, LedgerEntry.id)).all()


def list_telephones(session: Session, case_id: int) -> Sequence[Telephone]:
    """The numbers of a case in the order in which they are called."""
    statement = select(Telephone).where(Telephone.case_id == case_id)
    return session.scalars(statement.order_by(Telephone.is_dead, Telephone.priority, Telephone.id)).all()


def find_open_appointment(session: Session, case_id: int) -> Appointment | None:
    statement = select(Appointment).where(
        Appointment.case_id == case_id, Appointment.state == AppointmentState.OPEN
    )
    return session.scalars(statement).one_or_none()


def list_called_surveys(session: Session, account_id: int) -> Sequence[Survey]:
    """The surveys in which an account interviews, newest first."""
    statement = select(Survey).join(Interviewer, Interviewer.survey_id == Survey.id)
    mine = statement.where(Interviewer.account_id == account_id)
    return session.scalars(mine.order_by(Survey.created_at.desc(), Survey.id.desc())).unique().all()


def list_calls_since(session: Session, survey: Survey, account_id: int, since: datetime) -> list[MadeCall]:
    """An interviewer's calls from a moment on, newest first."""
    statement = select(LedgerEntry.at, LedgerEntry.seconds, LedgerEntry.outcome, LedgerEntry.case_id).where(
        LedgerEntry.survey_id == survey.id,
        LedgerEntry.account_id == account_id,
        LedgerEntry.kind == EntryKind.CALL,
        LedgerEntry.at >= since,
    )
    rows = session.execute(statement.order_by(LedgerEntry.at.desc(), LedgerEntry.id.desc()))
    return [MadeCall(*row) for row in rows]


def list_shifts_of(session: Session, survey: Survey, account_id: int, *, since: datetime) -> Sequence[Shift]:
    """An interviewer's shifts that are not over by then, soonest first."""
    mine = select(Shift).where(
        Shift.survey_id == survey.id, Shift.account_id == account_id, Shift.ends_at > since
    )
    return session.scalars(mine.order_by(Shift.starts_at, Shift.id)).all()


def count_shifts(session: Session, survey: Survey, account_id: int) -> int:
    """All shifts of an interviewer: whoever has none may call at any hour of the plan."""
    mine = select(func.count()).where(Shift.survey_id == survey.id, Shift.account_id == account_id)
    return session.scalar(mine) or 0


def list_interviewers(session: Session, survey: Survey) -> dict[int, str]:
    """The names of those who interview in a survey, by number of their account, in order of name."""
    statement = select(Account.id, Account.name).join(Interviewer, Interviewer.account_id == Account.id)
    mine = statement.where(Interviewer.survey_id == survey.id)
    return {row.id: row.name for row in session.execute(mine.order_by(Account.name, Account.id))}


def find_forbidden(session: Session, numbers: Collection[str]) -> set[str]:
    """Those of the numbers (E.164) that must not be called."""
    by_digest = {number_digest(number): number for number in numbers}
    digests = list(by_digest)
    found: set[str] = set()
    for start in range(0, len(digests), BATCH):
        some = NeverCall.number_sha256.in_(digests[start : start + BATCH])
        found.update(by_digest[each] for each in session.scalars(select(NeverCall.number_sha256).where(some)))
    return found


def find_numbers_of_cases(session: Session, survey: Survey) -> set[str]:
    """The numbers that lead to a case of this survey already."""
    statement = select(Telephone.e164).join(PhoneCase, PhoneCase.case_id == Telephone.case_id)
    return set(session.scalars(statement.where(PhoneCase.survey_id == survey.id)))


def list_frames(session: Session, survey: Survey) -> Sequence[SampleFrame]:
    statement = select(SampleFrame).where(SampleFrame.survey_id == survey.id)
    return session.scalars(statement.order_by(SampleFrame.id)).all()


def find_frame(session: Session, survey: Survey, name: str) -> SampleFrame | None:
    statement = select(SampleFrame).where(SampleFrame.survey_id == survey.id, SampleFrame.name == name)
    return session.scalars(statement).one_or_none()


def list_draws(session: Session, survey: Survey) -> Sequence[SampleDraw]:
    statement = select(SampleDraw).where(SampleDraw.survey_id == survey.id)
    return session.scalars(statement.order_by(SampleDraw.id)).all()


def find_draw(session: Session, survey: Survey, draw_id: int) -> SampleDraw | None:
    draw = session.get(SampleDraw, draw_id)
    return draw if draw is not None and draw.survey_id == survey.id else None


def list_replicates(session: Session, draw: SampleDraw) -> list[Replicate]:
    """Each replicate of a draw: its cases, those released, and those closed since."""
    is_kept_back = PhoneCase.state == CaseState.UNRELEASED
    statement = (
        select(
            PhoneCase.replicate,
            func.count(),
            func.count().filter(~is_kept_back),
            func.count().filter(PhoneCase.state == CaseState.CLOSED),
        )
        .where(PhoneCase.draw_id == draw.id)
        .group_by(PhoneCase.replicate)
    )
    return [Replicate(*row) for row in session.execute(statement.order_by(PhoneCase.replicate))]


def list_unfillable(session: Session, survey: Survey) -> list[QuotaCell]:
    """Quota cells that no open case can fill; none of a survey without cases."""
    has_open = (
        select(PhoneCase.case_id)
        .where(PhoneCase.group_id == CaseGroup.id, PhoneCase.state != CaseState.CLOSED)
        .exists()
    )
    groups = session.scalars(select(CaseGroup).where(CaseGroup.survey_id == survey.id, has_open)).all()
    if not groups:
        return []
    fillable = {number for group in groups for number in (*group.sure, *group.possible)}
    cells = list_quota_cells(session, survey)
    return [cell for cell in cells if cell.id not in fillable and not cell.is_full]


def list_zones(session: Session, survey: Survey) -> Sequence[str]:
    """The time zones in which the people of a survey's cases live."""
    return session.scalars(
        select(CaseGroup.time_zone).where(CaseGroup.survey_id == survey.id).distinct()
    ).all()


def list_crew(session: Session, survey: Survey) -> list[tuple[Interviewer, Account]]:
    """Who calls for this survey and what they can do, by name."""
    statement = (
        select(Interviewer, Account)
        .join(Account, Account.id == Interviewer.account_id)
        .where(Interviewer.survey_id == survey.id)
    )
    rows = session.execute(statement.order_by(Account.name, Account.id))
    return [(interviewer, account) for interviewer, account in rows]


def list_free_accounts(session: Session, survey: Survey) -> Sequence[Account]:
    """Accounts that may interview and do not yet for this survey."""
    taken = select(Interviewer.account_id).where(Interviewer.survey_id == survey.id)
    may = select(RoleGrant.account_id).where(RoleGrant.role.in_([Role.INTERVIEWER, Role.SUPERVISOR]))
    statement = select(Account).where(Account.id.in_(may), Account.id.not_in(taken))
    return session.scalars(statement.order_by(Account.name, Account.id)).all()


def list_shifts(session: Session, survey: Survey, *, since: datetime) -> Sequence[Shift]:
    """Shifts that are not over by then, soonest first."""
    statement = select(Shift).where(Shift.survey_id == survey.id, Shift.ends_at > since)
    return session.scalars(statement.order_by(Shift.starts_at, Shift.id)).all()
