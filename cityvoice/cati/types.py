"""Words of interviewing by phone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # of a case that nobody has called: it comes before all others
LONGEST_NOTE = 2000  # characters of what an interviewer or a supervisor writes about a case


class CaseState(StrEnum):
    """Where a case stands with the queue; what came of it is its disposition."""

    UNRELEASED = "unreleased"  # its replicate is kept back
    READY = "ready"  # may be called now
    RESTING = "resting"  # may be called from `due_at` on
    APPOINTED = "appointed"  # waits for its appointment
    HELD = "held"  # on an interviewer's screen, until its lease is over
    LOCKED = "locked"  # taken out by a supervisor
    CLOSED = "closed"  # never called again


WAITING = (CaseState.READY, CaseState.RESTING, CaseState.APPOINTED)
OPEN = (*WAITING, CaseState.HELD, CaseState.LOCKED)


class EntryKind(StrEnum):
    """Who or what an entry of the ledger comes from."""

    CALL = "call"
    WEB = "web"
    SUPERVISOR = "supervisor"


class AppointmentState(StrEnum):
    OPEN = "open"
    KEPT = "kept"  # called in its time
    MISSED = "missed"  # its time passed without a call
    CANCELLED = "cancelled"


class BackCheckOutcome(StrEnum):
    """What the respondent said when a supervisor asked about their interview."""

    CONFIRMED = "confirmed"
    PARTLY = "partly"  # there was an interview, but not all of it is as recorded
    CONTRADICTED = "contradicted"  # there was none, or with somebody else
    NOT_REACHED = "not_reached"
    REFUSED = "refused"


class Reason(StrEnum):
    """Which rule of the queue gave a case."""

    HELD = "held"  # the interviewer has it already
    APPOINTMENT = "appointment"
    ASSIGNED = "assigned"  # a supervisor gave it to this interviewer
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class Claim:
    """A case on an interviewer's screen."""

    case_id: int
    key: str  # the secret of this holding: every write about the case shows it
    lease_until: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class MadeCall:
    """A call in the list of its interviewer."""

    at: datetime
    seconds: int | None
    outcome: str
    case_id: int


class Method(StrEnum):
    """How a sample is drawn."""

    SIMPLE = "simple"
    STRATIFIED = "stratified"
    SYSTEMATIC = "systematic"
    PPS = "pps"  # with probability proportional to size
    RDD = "rdd"  # random digit dialling: no frame, invented numbers


@dataclass(frozen=True, slots=True)
class Replicate:
    """A random part of a sample, which is released for calling as a whole."""

    number: int
    n_cases: int
    n_released: int
    n_closed: int

    @property
    def is_released(self) -> bool:
        return self.n_released == self.n_cases
