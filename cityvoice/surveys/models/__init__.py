"""Tables of surveys: what is asked, of whom, and what was answered."""

from cityvoice.surveys.models.answering import Case, Response, Upload
from cityvoice.surveys.models.asking import QuestionnaireDraft, QuestionnaireVersion, Survey, Wave
from cityvoice.surveys.models.limits import VisitCount, VisitSecret
from cityvoice.surveys.models.participants import Participant
from cityvoice.surveys.models.quotas import QuotaCell, QuotaHold

__all__ = [
    "Case",
    "Participant",
    "QuestionnaireDraft",
    "QuestionnaireVersion",
    "QuotaCell",
    "QuotaHold",
    "Response",
    "Survey",
    "Upload",
    "VisitCount",
    "VisitSecret",
    "Wave",
]
