"""Use cases of drafts: begin, save, try, publish."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cityvoice.designer.errors import DraftChanged, NotPublishable
from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.diff import Change, Fate, VariableChange, diff, variable_map
from cityvoice.questionnaire.document import dump_document, load_draft
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.question import Text
from cityvoice.surveys import services as surveys
from cityvoice.surveys.errors import MeaningChanged
from cityvoice.surveys.models import QuestionnaireDraft, QuestionnaireVersion, Response, Survey
from cityvoice.surveys.published import (
    authored_questionnaire,
    data_questionnaire,
    published_version,
    questionnaire_of,
)
from cityvoice.surveys.queries import lock_survey
from cityvoice.surveys.types import ResponseStatus
from cityvoice.territory.models import PopulationReference
from cityvoice.territory.queries import find_latest_reference

FIRST_SECTION = "section_1"


@dataclass(frozen=True)
class Draft:
    """What will be published next; revision 0 is a copy of what is asked now that nobody has changed yet."""

    questionnaire: Questionnaire
    revision: int


@dataclass(frozen=True)
class Preview:
    """What publishing a draft would do."""

    changes: tuple[Change, ...]
    variables: tuple[VariableChange, ...]
    n_complete: int  # answers that stay as they are
    n_under_way: int  # people who go on with the version that they began

    @property
    def redefined(self) -> tuple[str, ...]:
        """Variables that would mean something else than before."""
        return tuple(change.name for change in self.variables if change.fate is Fate.CHANGED)


def empty_questionnaire(title: str, languages: Sequence[str]) -> Questionnaire:
    """One empty section, to begin with."""
    return Questionnaire(Text({languages[0]: title}), tuple(languages), (Section(FIRST_SECTION, None, ()),))


def begin_survey(session: Session, *, slug: str, questionnaire: Questionnaire) -> Survey:
    """A survey with a draft and no published questionnaire.

    Raises
    ------
    InvalidSurvey
        as `surveys.services.draft_survey`.
    """
    survey = surveys.draft_survey(session, slug=slug, title=questionnaire.title.translations)
    session.add(QuestionnaireDraft(survey_id=survey.id, document=dump_document(questionnaire)))
    session.flush()
    return survey


def open_draft(session: Session, *, survey: Survey) -> Draft:
    """The draft under work, else what is asked now, to be changed."""
    row = _find_row(session, survey)
    if row is not None:
        return Draft(load_draft(row.document), row.revision)
    return Draft(authored_questionnaire(published_version(survey)), 0)


def save_draft(session: Session, *, survey: Survey, questionnaire: Questionnaire, revision: int) -> None:
    """Keep a changed draft; `DraftChanged` when it is not the present revision that was changed."""
    row = _lock_row(session, survey)
    if (row.revision if row else 0) != revision:
        raise DraftChanged
    if row is None:
        row = QuestionnaireDraft(survey_id=survey.id, revision=0)
        session.add(row)
    row.document = dump_document(questionnaire)
    row.revision += 1
    session.flush()


def find_control_totals(session: Session, *, survey: Survey) -> PopulationReference | None:
    """What the survey will be weighted to: its own population, else the one that was declared last."""
    if survey.population_reference_id is not None:
        return session.get(PopulationReference, survey.population_reference_id)
    return find_latest_reference(session)


def discard_draft(session: Session, *, survey: Survey, revision: int) -> None:
    """Forget the changes; only of a survey that has something published to go back to."""
    row = _lock_row(session, survey)
    if row is None or row.revision != revision or survey.current_version is None:
        raise DraftChanged
    session.delete(row)
    session.flush()


def _find_row(session: Session, survey: Survey) -> QuestionnaireDraft | None:
    return session.scalar(select(QuestionnaireDraft).where(QuestionnaireDraft.survey_id == survey.id))


def _lock_row(session: Session, survey: Survey) -> QuestionnaireDraft | None:
    """The draft as it stands once everybody before has committed; whoever comes later waits."""
    lock_survey(session, survey)
    statement = select(QuestionnaireDraft).where(QuestionnaireDraft.survey_id == survey.id)
    return session.scalar(statement.execution_options(populate_existing=True))


def preview(session: Session, *, survey: Survey, questionnaire: Questionnaire) -> Preview:
    """What would change for the data and for the people who are answering now."""
    before = questionnaire_of(survey.current_version) if survey.current_version else None
    flat = flatten(questionnaire)
    data = data_questionnaire(survey) if before else flat
    counted = select(Response.status, func.count()).where(
        Response.survey_id == survey.id, Response.is_test.is_(False)
    )
    counts = {row[0]: row[1] for row in session.execute(counted.group_by(Response.status))}
    return Preview(
        changes=diff(before, flat) if before else (),
        variables=variable_map(data, flat) if before else (),
        n_complete=counts.get(ResponseStatus.COMPLETE, 0),
        n_under_way=counts.get(ResponseStatus.PARTIAL, 0),
    )


def publish_draft(session: Session, *, survey: Survey, revision: int) -> QuestionnaireVersion:
    """Make the draft what is asked from now on. Whoever is answering goes on with the version they began.

    Raises
    ------
    DraftChanged
        when another revision was looked at.
    NotPublishable
        when `checks.check` has something to say, or a variable with answers would change its kind.
    """
    row = _lock_row(session, survey)
    if row is None or row.revision != revision:
        raise DraftChanged
    questionnaire = _sound(load_draft(row.document))
    try:
        version = surveys.publish(session, survey=survey, questionnaire=questionnaire)
    except MeaningChanged as error:
        raise NotPublishable((), error.names) from None
    survey.title = dict(questionnaire.title.translations)
    session.delete(row)
    session.flush()
    return version


def try_draft(session: Session, *, survey: Survey) -> QuestionnaireVersion:
    """The draft as a trial version, which only test answers may have; `NotPublishable` as above."""
    draft = open_draft(session, survey=survey)
    return surveys.publish_trial(session, survey=survey, questionnaire=_sound(draft.questionnaire))


def _sound(questionnaire: Questionnaire) -> Questionnaire:
    if problems := check(questionnaire):
        raise NotPublishable(problems)
    return questionnaire
