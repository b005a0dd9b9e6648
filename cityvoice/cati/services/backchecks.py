"""Asking respondents again whether they were interviewed, and as recorded: a random share."""

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.errors import DecisionRefused
from cityvoice.cati.models import BackCheck, LedgerEntry, Telephone
from cityvoice.cati.types import LONGEST_NOTE, BackCheckOutcome, EntryKind
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.surveys.models import Survey


def draw_back_checks(session: Session, *, survey: Survey, share: float, seed: int) -> list[BackCheck]:
    """Draw interviews until the share of each interviewer's is reached, rounded up; those drawn before count.

    With the same seed and the same interviews the same ones are drawn.

    Raises
    ------
    DecisionRefused
        when `share` is none.
    """
    if not 0 < share <= 1:
        raise DecisionRefused("share", "expected a share above 0 and up to 100 per cent")
    drawn_before = set(session.scalars(select(BackCheck.case_id).where(BackCheck.survey_id == survey.id)))
    made = [
        BackCheck(survey_id=survey.id, case_id=case_id, interviewer_id=interviewer)
        for interviewer, cases in sorted(_interviews(session, survey).items())
        for case_id in _drawn(cases, drawn_before, share, f"{seed}:{interviewer}")
    ]
    session.add_all(made)
    session.flush()
    return made


def record_back_check(
    session: Session, *, check: BackCheck, outcome: BackCheckOutcome, account_id: int, note: str
) -> None:
    """What the respondent said. A contradiction needs a note; the case itself is decided on its own page.

    Raises
    ------
    DecisionRefused
        naming the field.
    """
    written = note.strip()
    if outcome in (BackCheckOutcome.CONTRADICTED, BackCheckOutcome.PARTLY) and not written:
        raise DecisionRefused("note", "say what the respondent said")
    if len(written) > LONGEST_NOTE:
        raise DecisionRefused("note", "a note has at most 2000 characters")
    check.outcome, check.note = outcome, written
    check.checked_by, check.checked_at = account_id, clock.now()
    session.flush()


def list_back_checks(session: Session, survey: Survey) -> Sequence[BackCheck]:
    """Those still to be made first."""
    statement = select(BackCheck).where(BackCheck.survey_id == survey.id)
    return session.scalars(statement.order_by(BackCheck.checked_at.is_not(None), BackCheck.id)).all()


def find_numbers(session: Session, checks: Sequence[BackCheck]) -> dict[int, list[str]]:
    """The numbers (E.164) to ring for the checks still to be made, by case; nobody's else are shown, nor
    those of a household that must not be called any more.
    """
    asked = [check.case_id for check in checks if check.outcome in (None, BackCheckOutcome.NOT_REACHED)]
    found = select(Telephone.case_id, Telephone.e164).where(Telephone.case_id.in_(asked), ~Telephone.is_dead)
    numbers: dict[int, list[str]] = defaultdict(list)
    for case_id, e164 in session.execute(found.order_by(Telephone.priority, Telephone.id)):
        numbers[case_id].append(e164)
    forbidden = queries.find_forbidden(session, [each for known in numbers.values() for each in known])
    return {case_id: known for case_id, known in numbers.items() if not forbidden.intersection(known)}


def _interviews(session: Session, survey: Survey) -> dict[int, list[int]]:
    """Cases completed by phone, by who completed them."""
    found = select(LedgerEntry.account_id, LedgerEntry.case_id).where(
        LedgerEntry.survey_id == survey.id,
        LedgerEntry.kind == EntryKind.CALL,
        LedgerEntry.outcome == Outcome.COMPLETE,
    )
    interviews: dict[int, list[int]] = defaultdict(list)
    for account, case_id in session.execute(found.distinct().order_by(LedgerEntry.case_id)):
        if account is not None:
            interviews[account].append(case_id)
    return interviews


def _drawn(cases: Sequence[int], before: set[int], share: float, seed: str) -> Iterator[int]:
    left = [case_id for case_id in cases if case_id not in before]
    wanted = math.ceil(round(share * len(cases), 9)) - (len(cases) - len(left))
    yield from sorted(random.Random(seed).sample(left, max(0, wanted)))  # noqa: S311  # to be drawn again
