"""Places in quota cells: held while somebody answers, counted when they complete, free again when they leave.

Whoever changes a cell or its holds locks the cell first, cells in the order of their ids; so no two
transactions wait for each other in a circle, and no cell is ever promised more often than it has places.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cityvoice.core import clock
from cityvoice.questionnaire import routing
from cityvoice.questionnaire.model import Quota
from cityvoice.surveys import queries
from cityvoice.surveys.models import QuotaCell, QuotaHold, Response, Survey
from cityvoice.surveys.published import current_questionnaire, questionnaire_of

HOLD = timedelta(minutes=60)  # after the last page sent, a place is kept at least this long


def reserve_places(session: Session, *, survey: Survey, response: Response) -> QuotaCell | None:
    """Hold a place in every cell that the answers belong to, and leave those that they no longer do.

    The cells are the survey's, whichever version is answered: what that version does not ask is unknown.

    Returns
    -------
    QuotaCell or None
        A cell without a free place; then none is held.
    """
    answers, questionnaire = response.engine_answers, questionnaire_of(response.version)
    held = set(session.scalars(_holds_of(response)))
    wanted = {
        cell.id
        for cell in queries.list_quota_cells(session, survey)
        if routing.holds(cell.condition, questionnaire, answers)
    }
    full = None
    for cell in _lock(session, held | wanted):
        if cell.id not in wanted:
            _leave(session, cell, response)
        elif full is None and not _hold(session, cell, response):
            full = cell
    if full is not None:
        release_places(session, response=response)
    return full


def settle_places(session: Session, *, response: Response) -> None:
    """The response is complete: the places held for it are taken for good."""
    for cell in _lock(session, session.scalars(_holds_of(response))):
        if _delete_hold(session, cell, response):
            cell.n_held -= 1
            cell.n_complete += 1
            cell.weight_sum += response.case.base_weight
            cell.weight_squares += response.case.base_weight**2
    session.flush()


def release_places(session: Session, *, response: Response) -> None:
    for cell in _lock(session, session.scalars(_holds_of(response))):
        _leave(session, cell, response)


def release_all_places(session: Session, *, survey: Survey) -> None:
    cells = _lock(session, [cell.id for cell in queries.list_quota_cells(session, survey)])
    for cell in cells:
        session.execute(delete(QuotaHold).where(QuotaHold.quota_cell_id == cell.id))
        cell.n_held = 0
    session.flush()


def set_quota_target(session: Session, *, cell: QuotaCell, target: int) -> None:
    """Want more or fewer of a kind; whoever holds a place or has completed stays counted."""
    cell.target = target
    session.flush()


def sync_quota_cells(session: Session, *, survey: Survey) -> None:
    """Make the cells those of the newest questionnaire, counting the responses that there are.

    A target that staff have changed stays, unless the questionnaire now says another limit than before.
    """
    questionnaire = current_questionnaire(survey)
    limits_before, changed = _limits_before(survey), []
    cells = {cell.name: cell for cell in queries.list_quota_cells(session, survey)}
    for quota in questionnaire.quotas:
        cell = cells.pop(quota.name, None)
        if cell is None:
            cell = QuotaCell(survey_id=survey.id, name=quota.name, target=quota.limit, condition="")
            session.add(cell)
        elif limits_before.get(quota.name) != quota.limit:
            cell.target = quota.limit
        if cell.condition != quota.when:
            changed.append(cell)
        _describe(cell, quota)
    for cell in cells.values():
        session.delete(cell)
    session.flush()
    for cell in changed:  # whoever held a place as somebody else takes their own with the next page
        session.execute(delete(QuotaHold).where(QuotaHold.quota_cell_id == cell.id))
        cell.n_held = 0
    _count_complete(session, survey, changed)
    session.flush()
    session.expire(survey, ["has_quotas"])


def recount_places(session: Session, *, survey: Survey) -> None:
    """Count the complete responses of every cell anew, after some came that no page was sent for."""
    cells = _lock(session, [cell.id for cell in queries.list_quota_cells(session, survey)])
    if cells:
        _count_complete(session, survey, cells)
        session.flush()


def _describe(cell: QuotaCell, quota: Quota) -> None:
    cell.condition = quota.when
    cell.label = dict(quota.label.translations)
    cell.message = dict(quota.message.translations) if quota.message else None


def _limits_before(survey: Survey) -> Mapping[str, int]:
    if len(survey.published_versions) < 2:
        return {}
    return {quota.name: quota.limit for quota in questionnaire_of(survey.published_versions[-2]).quotas}


def _count_complete(session: Session, survey: Survey, cells: Sequence[QuotaCell]) -> None:
    if not cells:
        return
    questionnaire = current_questionnaire(survey)
    for cell in cells:
        cell.n_complete, cell.weight_sum, cell.weight_squares = 0, 0.0, 0.0
    for row in queries.stream_answers(session, survey):
        for cell in cells:
            if routing.holds(cell.condition, questionnaire, row.answers):
                cell.n_complete += 1
                cell.weight_sum += row.base_weight
                cell.weight_squares += row.base_weight**2


def _holds_of(response: Response) -> Any:
    return select(QuotaHold.quota_cell_id).where(QuotaHold.response_id == response.id)


def _lock(session: Session, ids: Any) -> Sequence[QuotaCell]:
    """The cells as they stand now, for this transaction alone, in the order that everybody locks them in."""
    wanted = sorted(ids)
    if not wanted:
        return []
    statement = select(QuotaCell).where(QuotaCell.id.in_(wanted)).order_by(QuotaCell.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _hold(session: Session, cell: QuotaCell, response: Response) -> bool:
    until = _full_hour(clock.now() + HOLD)
    mine = (QuotaHold.quota_cell_id == cell.id, QuotaHold.response_id == response.id)
    if session.execute(update(QuotaHold).where(*mine).values(expires_at=until)).rowcount:  # type: ignore[attr-defined]
        return True
    _free_expired(session, cell)
    if cell.n_complete + cell.n_held >= cell.target:
        return False
    cell.n_held += 1
    session.add(QuotaHold(quota_cell_id=cell.id, response_id=response.id, expires_at=until))
    session.flush()
    return True


def _full_hour(moment: datetime) -> datetime:
    """The hour after it: no more is kept of when somebody sent a page."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _leave(session: Session, cell: QuotaCell, response: Response) -> None:
    if _delete_hold(session, cell, response):
        cell.n_held -= 1
        session.flush()


def _delete_hold(session: Session, cell: QuotaCell, response: Response) -> bool:
    mine = (QuotaHold.quota_cell_id == cell.id, QuotaHold.response_id == response.id)
    return bool(session.execute(delete(QuotaHold).where(*mine)).rowcount)  # type: ignore[attr-defined]


def _free_expired(session: Session, cell: QuotaCell) -> None:
    expired = (QuotaHold.quota_cell_id == cell.id, QuotaHold.expires_at < clock.now())
    n = session.scalar(select(func.count()).where(*expired)) or 0
    if n:
        session.execute(delete(QuotaHold).where(*expired))
        cell.n_held -= n
        session.flush()
