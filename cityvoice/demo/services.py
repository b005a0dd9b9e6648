"""The use case of the demo: put the invented city, its survey and its answers into the database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cityvoice.accounts import services as accounts
from cityvoice.accounts.queries import find_account_by_email
from cityvoice.accounts.types import Action, Role
from cityvoice.demo import city, study
from cityvoice.demo.residents import FIRST_DAY, INTERVIEWS, LAST_DAY, Resident, draw_residents
from cityvoice.questionnaire.routing import route
from cityvoice.surveys import services as surveys
from cityvoice.surveys.models import Case, Response, Survey
from cityvoice.surveys.published import current_questionnaire, published_version
from cityvoice.surveys.queries import find_survey
from cityvoice.surveys.types import CaseOrigin, ResponseStatus
from cityvoice.territory.queries import find_city
from cityvoice.territory.services import declare_margin, name_city

PASSWORD = "demo-city-2026"  # noqa: S105 - published: whoever tries CityVoice logs in with it
N_STEPS = len(Role) + sum(INTERVIEWS.values())
DONE = (
    Action.SURVEY_IMPORTED,
    Action.CONTROL_TOTALS_DECLARED,
    Action.ANSWERS_IMPORTED,
    Action.SURVEY_OPENED,
)

Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class DemoAccount:
    role: Role
    email: str


ACCOUNTS = tuple(DemoAccount(role, f"{role}@demo.example") for role in Role)


def load_demo(session: Session, *, advance: Advance = lambda _n: None) -> Survey:
    """The demo city's survey, with everything around it, made where it is missing.

    What is there already stays as it is, whatever people have done with it since.

    Parameters
    ----------
    advance
        Told how many steps have just been done; there are `N_STEPS` in all.
    """
    _make_accounts(session, advance)
    if find_city(session) is None:
        name_city(session, code=city.CODE, name=city.NAME, districts=city.DISTRICTS)
    survey = find_survey(session, study.SLUG)
    if survey is not None:
        advance(sum(INTERVIEWS.values()))
        return survey
    return _make_survey(session, advance)


def _make_accounts(session: Session, advance: Advance) -> None:
    for account in ACCOUNTS:
        if find_account_by_email(session, account.email) is None:
            name = f"Demo {account.role.replace('_', ' ')}"
            accounts.create_account(
                session, email=account.email, name=name, password=PASSWORD, roles=[account.role]
            )
        advance(1)


def _make_survey(session: Session, advance: Advance) -> Survey:
    survey = surveys.create_survey(
        session,
        slug=study.SLUG,
        questionnaire=study.read_questionnaire(),
        method=study.read_method(),
        fieldwork=(FIRST_DAY, LAST_DAY),
        is_fictional=True,
    )
    _declare_population(session, survey)
    for response in _responses(survey):
        session.add(response)
        advance(1)
    session.flush()
    surveys.open_survey(session, survey=survey)
    for action in DONE:
        accounts.record(session, actor=accounts.COMMAND_LINE, action=action, object=survey.slug)
    return survey


def _declare_population(session: Session, survey: Survey) -> None:
    for variable, totals in city.POPULATION.items():
        reference = declare_margin(
            session,
            slug=survey.slug,
            variable=variable,
            totals=totals,
            source=city.SOURCE,
            reference_on=city.REFERENCE_ON,
            population=city.N_ADULTS,
        )
        survey.population_reference_id = reference.id


def _responses(survey: Survey) -> Iterator[Response]:
    questionnaire = current_questionnaire(survey)
    for number, resident in enumerate(draw_residents(questionnaire), start=1):
        case = Case(
            survey_id=survey.id,
            wave_id=survey.current_wave.id,
            origin=CaseOrigin.DEMO,
            external_id=f"demo-{number:03}",
        )
        last_page = route(questionnaire, resident.answers).sections[-1].name
        yield _response(survey, case, resident, last_page)


def _response(survey: Survey, case: Case, resident: Resident, last_page: str) -> Response:
    return Response(
        survey_id=survey.id,
        version=published_version(survey),
        case=case,
        mode=resident.mode,
        language=resident.language,
        status=ResponseStatus.COMPLETE,
        answers=resident.answers,
        reached=last_page,
        answered_on=resident.answered_on,
    )
