"""Numbers that must not be called, in no survey and never again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.models import NeverCall, PhoneCase, Telephone
from cityvoice.cati.services.ledger import write_entry
from cityvoice.cati.services.places import settle
from cityvoice.cati.services.planning import plan_of
from cityvoice.cati.types import CaseState, EntryKind
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.fieldwork.phones import number_digest
from cityvoice.surveys.models import Survey
from cityvoice.surveys.types import SurveyStatus

BATCH = 2000
LONGEST_REASON = 120


@dataclass(frozen=True)
class NeverCalled:
    """What came of it: numbers that are new on the list, and cases that are closed because of them."""

    n_added: int
    n_closed: int


def add_never_call(
    session: Session, *, numbers: Sequence[str], reason: str = "", account_id: int | None = None
) -> NeverCalled:
    """Put numbers (E.164) on the list, and close what cases they lead to in any survey that is not over.

    Such a case has refused (2.111; 2.112 once a respondent was chosen), which its ledger says. A case on an
    interviewer's screen just now stays there until its call is recorded; then it is closed, too. One that is
    not released yet is closed when its turn comes, see `close_forbidden`.
    """
    known = queries.find_forbidden(session, numbers)
    new = [number for number in dict.fromkeys(numbers) if number not in known]
    rows = [{"number_sha256": number_digest(number), "reason": reason[:LONGEST_REASON]} for number in new]
    for start in range(0, len(rows), BATCH):
        session.execute(insert(NeverCall), rows[start : start + BATCH])
    n_closed = sum(_close(session, case, account_id, reason) for case in _open_cases(session, numbers))
    session.flush()
    return NeverCalled(len(new), n_closed)


def close_forbidden(session: Session, case: PhoneCase) -> bool:
    """Close a case, its row locked, that was about to be called although a number of it is on the list."""
    if not queries.find_forbidden(session, [each.e164 for each in case.telephones]):
        return False
    return _close(session, case, None, "")


def _open_cases(session: Session, numbers: Sequence[str]) -> list[PhoneCase]:
    found: dict[int, PhoneCase] = {}
    for start in range(0, len(numbers), BATCH):
        statement = (
            select(PhoneCase)
            .join(Telephone, Telephone.case_id == PhoneCase.case_id)
            .join(Survey, Survey.id == PhoneCase.survey_id)
            .where(
                Telephone.e164.in_(numbers[start : start + BATCH]),
                PhoneCase.state.not_in([CaseState.CLOSED, CaseState.UNRELEASED]),
                Survey.status != SurveyStatus.CLOSED,
            )
        )
        locked = statement.order_by(PhoneCase.case_id).with_for_update(of=PhoneCase)
        found.update((case.case_id, case) for case in session.scalars(locked).unique())
    return list(found.values())


def _close(session: Session, case: PhoneCase, account_id: int | None, reason: str) -> bool:
    key = f"never:{case.case_id}"
    if queries.find_entry(session, key) is None:
        refused = Outcome.HARD_REFUSAL_RESPONDENT if case.is_selected else Outcome.HARD_REFUSAL_HOUSEHOLD
        write_entry(
            session,
            case=case,
            kind=EntryKind.SUPERVISOR,
            outcome=refused,
            key=key,
            account_id=account_id,
            note=reason[:LONGEST_REASON],
            now=clock.now(),
        )
    if case.state == CaseState.HELD:
        return False
    plan = plan_of(session, session.get_one(Survey, case.survey_id))
    settle(session, case=case, plan=plan, now=clock.now())
    return case.state == CaseState.CLOSED
