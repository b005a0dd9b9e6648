"""From a stored document to a `Questionnaire`, read once per version: a published document never changes."""

from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.surveys.models import QuestionnaireVersion, Survey

_read: dict[str, Questionnaire] = {}  # by sha256; a city publishes some dozens in years


def questionnaire_of(version: QuestionnaireVersion) -> Questionnaire:
    if version.sha256 not in _read:
        _read[version.sha256] = load_document(version.document)
    return _read[version.sha256]


def published_version(survey: Survey) -> QuestionnaireVersion:
    """What is asked now; `LookupError` for a draft that has never been published."""
    if survey.current_version is None:
        raise LookupError(f"survey {survey.slug} has no published questionnaire")
    return survey.current_version


def current_questionnaire(survey: Survey) -> Questionnaire:
    return questionnaire_of(published_version(survey))
