"""From a stored document to a `Questionnaire`, read once per version: a published document never changes."""

import hashlib

from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.flat import arranged, flatten
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.versions import merge
from cityvoice.surveys.models import QuestionnaireVersion, Survey

_read: dict[str, Questionnaire] = {}  # as written, by sha256; a city publishes some dozens in years


def authored_questionnaire(version: QuestionnaireVersion) -> Questionnaire:
    """The questionnaire as it was written, with its groups and repeats."""
    if version.sha256 not in _read:
        _read[version.sha256] = load_document(version.document)
    return _read[version.sha256]


def is_read(version: QuestionnaireVersion) -> bool:
    """Whether this process knows the version's document already."""
    return version.sha256 in _read


def questionnaire_of(version: QuestionnaireVersion) -> Questionnaire:
    """The questionnaire in its flat form, which is asked, routed and analysed."""
    return flatten(authored_questionnaire(version))


def arranged_questionnaire(version: QuestionnaireVersion, seed: int | None) -> Questionnaire:
    """The flat form in the order of the response with this seed; the same where nothing is shuffled."""
    return arranged(authored_questionnaire(version), seed)


def published_version(survey: Survey) -> QuestionnaireVersion:
    """What is asked now; `LookupError` for a draft that has never been published."""
    if survey.current_version is None:
        raise LookupError(f"survey {survey.slug} has no published questionnaire")
    return survey.current_version


def current_questionnaire(survey: Survey) -> Questionnaire:
    return questionnaire_of(published_version(survey))


def data_questionnaire(survey: Survey) -> Questionnaire:
    """For reading the survey's data: what is asked now, and whatever earlier versions asked besides."""
    published_version(survey)
    return merge(tuple(questionnaire_of(version) for version in survey.published_versions))


def data_digest(survey: Survey) -> str:
    """Names `data_questionnaire`: one version's own hash, or one of all versions'."""
    hashes = [version.sha256 for version in survey.published_versions]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256(" ".join(hashes).encode()).hexdigest()
