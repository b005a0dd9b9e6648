"""Words of the surveys feature."""

from enum import StrEnum

# What the hash of a personal link's secret is for (`core.tokens.token_digest`)
ANSWERS = "answers"  # finds the response
WHO = "who"  # finds the participant


class SurveyStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"  # residents may answer
    CLOSED = "closed"


class ResponseStatus(StrEnum):
    PARTIAL = "partial"
    COMPLETE = "complete"
    SCREENED_OUT = "screened_out"  # no place was left in a quota


class CaseOrigin(StrEnum):
    """How a unit came into the survey."""

    OPEN_LINK = "open_link"  # self-selected
    PERSONAL_LINK = "personal_link"  # invited by name
    SAMPLED = "sampled"  # drawn, and called by phone
    IMPORTED = "imported"  # with survey microdata
    DEMO = "demo"  # invented


class Anonymity(StrEnum):
    ANONYMOUS = "anonymous"  # who took part and what was answered share no key
    CONFIDENTIAL = "confidential"  # a case leads from the invited person to the answers


class Device(StrEnum):
    """All that is kept of a browser's description of itself."""

    PHONE = "phone"
    TABLET = "tablet"
    DESKTOP = "desktop"
