"""Use cases of surveys. They flush and never commit."""

from cityvoice.surveys.services.answering import (
    complete_response,
    note_return,
    record_page,
    resume_screened_out,
    start_response,
)
from cityvoice.surveys.services.interviewing import record_question
from cityvoice.surveys.services.limits import count_start
from cityvoice.surveys.services.links import Link, begin_by_link, find_begun, find_link
from cityvoice.surveys.services.participation import find_participant, mark_taken_part
from cityvoice.surveys.services.publishing import (
    METHOD_ITEMS,
    close_ended,
    close_imported,
    close_survey,
    create_survey,
    describe_method,
    draft_survey,
    open_survey,
    publish,
    publish_trial,
    set_access,
)
from cityvoice.surveys.services.quotas import (
    recount_places,
    reserve_places,
    set_quota_target,
    settle_places,
    sync_quota_cells,
)

__all__ = [
    "METHOD_ITEMS",
    "Link",
    "begin_by_link",
    "close_ended",
    "close_imported",
    "close_survey",
    "complete_response",
    "count_start",
    "create_survey",
    "describe_method",
    "draft_survey",
    "find_begun",
    "find_link",
    "find_participant",
    "mark_taken_part",
    "note_return",
    "open_survey",
    "publish",
    "publish_trial",
    "record_page",
    "record_question",
    "recount_places",
    "reserve_places",
    "resume_screened_out",
    "set_access",
    "set_quota_target",
    "settle_places",
    "start_response",
    "sync_quota_cells",
]
