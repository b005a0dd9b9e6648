"""The ledger: what happened to a case is written once, never changed, and read by published rules."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.models import LedgerEntry, PhoneCase
from cityvoice.cati.plans import Plan
from cityvoice.cati.types import EntryKind
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import OUTCOMES, Outcome, suggested_code
from cityvoice.fieldwork.precedence import Entry, Kind, Standing, standing
from cityvoice.fieldwork.slots import Slot


def write_entry(
    session: Session,
    *,
    case: PhoneCase,
    kind: EntryKind,
    outcome: Outcome,
    key: str,
    code: str = "",
    account_id: int | None = None,
    telephone_id: int | None = None,
    slot: Slot | None = None,
    seconds: int | None = None,
    note: str = "",
    now: datetime | None = None,
) -> LedgerEntry:
    """Write what happened to a case; `places.settle` says what follows from it.

    Parameters
    ----------
    key
        The same for the same thing: the database refuses it a second time.
    """
    entry = LedgerEntry(
        survey_id=case.survey_id,
        case_id=case.case_id,
        at=now or clock.now(),
        kind=kind,
        outcome=outcome,
        code=code or suggested_code(outcome, is_selected=case.is_selected),
        is_interim=OUTCOMES[outcome].is_interim,
        is_selected=case.is_selected,
        account_id=account_id,
        telephone_id=telephone_id,
        slot=slot,
        seconds=seconds,
        note=note,
        key=key,
    )
    session.add(entry)
    session.flush()
    return entry


def standing_of(
    session: Session,
    *,
    case: PhoneCase,
    plan: Plan,
    closed: bool = False,
    waits: bool | None = None,
    entries: Sequence[LedgerEntry] | None = None,
) -> Standing:
    """The case's disposition by its whole ledger.

    Parameters
    ----------
    closed
        Fieldwork has ended.
    waits, entries
        Whether it has an appointment, and its ledger, where they are known already.
    """
    if waits is None:
        waits = queries.find_open_appointment(session, case.case_id) is not None
    known = queries.list_entries(session, case.case_id) if entries is None else entries
    return standing(
        [as_entry(entry) for entry in known],
        closed=closed,
        limits=plan.limits,
        waits=waits,
        numbers=[str(phone.id) for phone in queries.list_telephones(session, case.case_id)],
    )


def as_entry(entry: LedgerEntry) -> Entry:
    """A row of the ledger as the rules of precedence read it."""
    return Entry(
        at=entry.at,
        outcome=Outcome(entry.outcome),
        code=entry.code,
        kind=Kind(entry.kind),
        is_selected=entry.is_selected,
        number=None if entry.telephone_id is None else str(entry.telephone_id),
    )
