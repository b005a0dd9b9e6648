"""Files that supervisors save: outcome rates, and the ledger."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.accounts.models import Account
from cityvoice.cati.models import LedgerEntry
from cityvoice.cati.services.rates import RateTable
from cityvoice.surveys.exports.delimited import BYTE_ORDER_MARK, harmless
from cityvoice.surveys.models import Survey

RATE_COLUMNS = (
    "wave", "mode", "edition", "weighted", "measure", "name", "value", "numerator", "denominator",
)  # fmt: skip
LEDGER_COLUMNS = (
    "at", "case", "kind", "outcome", "code", "interim", "selected", "by", "slot", "seconds", "note",
)  # fmt: skip
EVERY_MODE = "all"


def rates_csv(tables: Iterable[RateTable]) -> str:
    """One row a rate, with its numerator and denominator; before them the cases by class and code, and e."""
    return _csv(RATE_COLUMNS, (row for table in tables for row in _rate_rows(table)))


def ledger_csv(session: Session, survey: Survey) -> str:
    """Every entry in the order in which it was made. Without numbers and names of those called."""
    entry = LedgerEntry
    entries = (
        select(
            entry.at, entry.case_id, entry.kind, entry.outcome, entry.code, entry.is_interim,
            entry.is_selected, Account.name, entry.slot, entry.seconds, entry.note,
        )
        .outerjoin(Account, Account.id == LedgerEntry.account_id)
        .where(LedgerEntry.survey_id == survey.id)
        .order_by(LedgerEntry.at, LedgerEntry.id)
    )  # fmt: skip
    rows = ((at.isoformat(timespec="seconds"), *more) for at, *more in session.execute(entries))
    return _csv(LEDGER_COLUMNS, rows)


def _rate_rows(table: RateTable) -> Iterator[tuple[object, ...]]:
    found = table.rates
    start = (table.wave, table.mode or EVERY_MODE, found.edition, int(table.is_weighted))
    for name, n in found.dispositions.counts.items():
        yield (*start, "cases", name, n)
    for code, n in table.codes.items():
        yield (*start, "unweighted cases", code, n)
    for name, share in found.eligibility.items():
        yield (*start, "e estimated" if found.e_is_estimated else "e given", name, share)
    for rate in found.rates.values():
        yield (*start, "rate", rate.name, rate.value, rate.numerator, rate.denominator)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.10g}"
    return harmless(value)
