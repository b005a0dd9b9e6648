"""The responses that an answers file holds."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.surveys.exports.columns import ResponseRow
from cityvoice.surveys.models import Case, Response, Survey, Wave
from cityvoice.surveys.queries import BATCH
from cityvoice.surveys.types import ResponseStatus


def stream_rows(session: Session, survey: Survey, *, with_partial: bool = False) -> Iterator[ResponseRow]:
    """Real responses (no pilot), complete ones unless `with_partial`, fetched batch by batch."""
    statement = (
        select(
            Wave.number,
            Response.mode,
            Response.language,
            Response.status,
            Response.answered_on,
            Case.base_weight,
            Response.answers,
        )
        .join(Case, Case.id == Response.case_id)
        .join(Wave, Wave.id == Case.wave_id)
        .where(Response.survey_id == survey.id, Response.is_test.is_(False))
        .order_by(Response.id)
        .execution_options(yield_per=BATCH)
    )
    if not with_partial:
        statement = statement.where(Response.status == ResponseStatus.COMPLETE)
    with session.execute(statement) as result:  # a writer that stops half-way leaves nothing open
        for number, found in enumerate(result, start=1):
            yield ResponseRow(number, *found)
