"""Cases, people and entries as a supervisor looks for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from cityvoice.accounts.models import Account
from cityvoice.cati.models import LedgerEntry, PhoneCase, Telephone
from cityvoice.cati.types import CaseState
from cityvoice.surveys.models import Case, Survey

PAGE = 50
LARGEST_NUMBER = 2**31 - 1
MOST_FIGURES = len(str(LARGEST_NUMBER))
FEWEST_FIGURES = 4  # of a telephone number that is looked for


@dataclass(frozen=True)
class FoundCases:
    """One page of cases by number; `after` leads to the next page."""

    cases: list[PhoneCase]
    after: int | None


def find_cases(
    session: Session, *, survey: Survey, state: CaseState | None = None, words: str = "", after: int = 0
) -> FoundCases:
    """Cases in a state; by their number, their identifier in the frame, or the end of a telephone number."""
    statement = select(PhoneCase).where(
        PhoneCase.survey_id == survey.id, PhoneCase.case_id > min(after, LARGEST_NUMBER)
    )
    if state is not None:
        statement = statement.where(PhoneCase.state == state)
    if words:
        statement = statement.where(or_(false(), *_ways(survey, words)))
    found = list(session.scalars(statement.order_by(PhoneCase.case_id).limit(PAGE + 1)))
    more = len(found) > PAGE
    return FoundCases(found[:PAGE], found[PAGE - 1].case_id if more else None)


def list_named_entries(session: Session, case_id: int) -> Sequence[tuple[LedgerEntry, str | None]]:
    """Everything that happened to a case, newest first, with who did it."""
    statement = (
        select(LedgerEntry, Account.name)
        .outerjoin(Account, Account.id == LedgerEntry.account_id)
        .where(LedgerEntry.case_id == case_id)
        .order_by(LedgerEntry.at.desc(), LedgerEntry.id.desc())
    )
    return [(entry, name) for entry, name in session.execute(statement)]


def list_names(session: Session) -> dict[int, str]:
    """Names of all accounts by id."""
    return dict(session.execute(select(Account.id, Account.name)).all())


def _ways(survey: Survey, words: str) -> list[ColumnElement[bool]]:
    figures = "".join(each for each in words if each.isdecimal())
    named = select(Case.id).where(Case.survey_id == survey.id, Case.external_id == words)
    ways: list[ColumnElement[bool]] = [PhoneCase.case_id.in_(named)]
    if words.isdecimal() and len(words) <= MOST_FIGURES and int(words) <= LARGEST_NUMBER:
        ways.append(PhoneCase.case_id == int(words))
    if len(figures) >= FEWEST_FIGURES:
        numbers = (
            select(Telephone.case_id)
            .join(PhoneCase, PhoneCase.case_id == Telephone.case_id)
            .where(PhoneCase.survey_id == survey.id, Telephone.e164.endswith(figures, autoescape=True))
        )
        ways.append(PhoneCase.case_id.in_(numbers))
    return ways
