"""Use cases of interviewing by phone. They flush and never commit."""

from cityvoice.cati.services.calls import Call, Time, dispose
from cityvoice.cati.services.erasing import erase_contacts
from cityvoice.cati.services.frames import import_frame
from cityvoice.cati.services.grouping import form_groups
from cityvoice.cati.services.holding import get_held, heartbeat, move_here, release
from cityvoice.cati.services.interviews import (
    begin_interview,
    choose_respondent,
    complete_interview,
    read_notice,
    record_answer,
    suggest_outcome,
)
from cityvoice.cati.services.ledger import standing_of, write_entry
from cityvoice.cati.services.never_call import add_never_call
from cityvoice.cati.services.planning import (
    add_shift,
    change_plan,
    plan_of,
    remove_interviewer,
    remove_shift,
    set_interviewer,
)
from cityvoice.cati.services.queue import need_of, next_case, order_groups
from cityvoice.cati.services.sampling import discard_draw, draw_sample, release_replicates

__all__ = [
    "Call",
    "Time",
    "add_never_call",
    "add_shift",
    "begin_interview",
    "change_plan",
    "choose_respondent",
    "complete_interview",
    "discard_draw",
    "dispose",
    "draw_sample",
    "erase_contacts",
    "form_groups",
    "get_held",
    "heartbeat",
    "import_frame",
    "move_here",
    "need_of",
    "next_case",
    "order_groups",
    "plan_of",
    "read_notice",
    "record_answer",
    "release",
    "release_replicates",
    "remove_interviewer",
    "remove_shift",
    "set_interviewer",
    "standing_of",
    "suggest_outcome",
    "write_entry",
]
