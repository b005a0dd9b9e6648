"""Words of the surveys feature."""

from enum import StrEnum


class SurveyStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"  # residents may answer
    CLOSED = "closed"


class ResponseStatus(StrEnum):
    PARTIAL = "partial"
    COMPLETE = "complete"


class CaseOrigin(StrEnum):
    """How a unit came into the survey."""

    OPEN_LINK = "open_link"  # self-selected
    IMPORTED = "imported"  # with survey microdata
    DEMO = "demo"  # invented
