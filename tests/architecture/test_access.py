"""Who may call what: the table in the documentation, the guards in the code and the answers given are one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from cityvoice.accounts.guards import access_table
from cityvoice.accounts.types import Role
from cityvoice.analysis.services import run_weighting
from cityvoice.cati.models import BackCheck, CaseGroup, PhoneCase, SampleDraw
from cityvoice.core.config import Config
from cityvoice.core.db import Database
from cityvoice.core.queue import add_job
from cityvoice.core.tokens import token_digest
from cityvoice.designer.services import save_draft
from cityvoice.invitations.models import Mailing
from cityvoice.questionnaire.document import digest
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.phrases import with_languages
from cityvoice.questionnaire.question import Question, Text
from cityvoice.reports.services import keep_pdf, request_report
from cityvoice.surveys import uploads
from cityvoice.surveys.models import Participant, Response, Survey
from cityvoice.surveys.services import publish_trial
from cityvoice.surveys.types import WHO
from cityvoice.territory.services import declare_margin
from tests.browsing import Page
from tests.databases import on_sqlite
from tests.factories import add_responses, make_survey, questionnaire, typical_answers

TABLE = Path(__file__).parents[2] / "docs" / "reference" / "access.md"
ANONYMOUS = "anonymous"
ARGUMENTS = {
    "slug": "life",
    "name": "living",
    "edition_id": 1,
    "upload_id": 1,
    "mailing_id": 1,
    "draw_id": 1,
    "account_id": 1,
    "shift_id": 1,
    "action": "lock",
    "check_id": 1,
    "case_id": 1,
    "kind": "invitation",
    "extension": "yaml",
    "key": digest(questionnaire())[:32],
    "language": "uk",
    "ticket": "none",
    "token": "a-secret",
    "filename": "cityvoice.css",
}


@on_sqlite
def test_documented_access_is_that_of_the_code(app):
    documented = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert documented == list(_rows(app))


@on_sqlite
@pytest.mark.parametrize("visitor", [ANONYMOUS, *Role])
def test_every_endpoint_answers_as_its_guard_says(app, database, config, client, login, visitor):
    _fill(database, config)
    browser = client if visitor == ANONYMOUS else login(Role(visitor))
    token = browser.get("/login").fields()["csrf_token"]
    wrong = {}
    for rule, method in _requests(app):
        allowed = app.view_functions[rule.endpoint].access & {visitor, "everyone"}
        page = browser.request(method, _address(app, rule), data={"csrf_token": token})
        if not (_is_answered if allowed else _is_refused)(page, visitor):
            wrong[f"{method} {page.path}"] = page.response.status
    assert not wrong


def _is_refused(page: Page, visitor: str) -> bool:
    if visitor == ANONYMOUS:
        return page.status == 302 and page.response.headers["Location"].startswith("/login?next=")
    return page.status == 403


def _is_answered(page: Page, _visitor: str) -> bool:
    to_login = page.response.headers.get("Location", "").startswith("/login")
    return page.status in (200, 302, 303, 400, 409, 422) and not to_login


def _rows(app: Flask) -> Iterator[str]:
    access = access_table(app)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        methods = ", ".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        roles = ", ".join(sorted(access[rule.endpoint]))
        yield f"| `{rule.endpoint}` | `{rule.rule}` | {methods} | {roles} |"


def _requests(app: Flask) -> list[tuple[Rule, str]]:
    """Every rule with each of its methods: looking comes before changing, and logging out last."""
    pairs = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]
    return sorted(pairs, key=lambda pair: (pair[1], pair[0].endpoint == "accounts.logout"))


def _address(app: Flask, rule: Rule) -> str:
    names = dict(ARGUMENTS)
    if rule.endpoint.startswith("analysis."):
        names["name"] = "life" if rule.endpoint == "analysis.variable_file" else "sex"
    if rule.endpoint == "designer.question":
        names["name"] = "life"
    _domain, path = rule.build({name: names[name] for name in rule.arguments})
    return path


def _fill(database: Database, config: Config) -> None:
    """A survey with answers, control totals, weights and a finished report, so that every page is there."""
    with database.writing() as session:
        survey = make_survey(session)
        add_responses(session, survey, typical_answers())
        reference = declare_margin(
            session, slug="life", variable="sex", totals={"F": 50, "M": 50}, source="a test", population=1000
        )
        survey.population_reference_id = reference.id
        run_weighting(session, survey=survey, storage=config.storage, actor="a test", reference=reference)
        edition = request_report(
            session, survey=survey, storage=config.storage, language="en", actor="a test"
        )
        question = Question("note", QuestionKind.FILE, Text({"en": "A note"}), accept=("text/plain",))
        file = uploads.Prepared(b"words", "text/plain")
        response = session.scalars(select(Response)).first()
        uploads.keep(session, response=response, question=question, file=file, folder=config.storage)
        _invite(session, survey)
        _sample(session, survey)
        publish_trial(session, survey=survey, questionnaire=questionnaire())
        draft = with_languages(questionnaire(), ("en", "uk"))
        save_draft(session, survey=survey, questionnaire=draft, revision=0)
        keep_pdf(session, edition=edition, storage=config.storage, pdf=b"%PDF-1.7", n_pages=1)


def _sample(session: Session, survey: Survey) -> None:
    """A case by phone, kept back, and a back-check of it."""
    group = CaseGroup(survey_id=survey.id, key="", time_zone="Europe/Warsaw", sure=[], possible=[])
    draw = SampleDraw(
        survey_id=survey.id,
        wave_id=survey.current_wave.id,
        method="simple",
        seed=1,
        n_cases=1,
        n_replicates=1,
        parameters={"found": {"n_callable": 1}},
    )
    session.add_all([group, draw])
    session.flush()
    kept = {"draw_id": draw.id, "group_id": group.id, "replicate": 1, "order_key": 0, "probability": 1.0}
    session.add(PhoneCase(case_id=1, survey_id=survey.id, **kept))
    session.flush()
    session.add(BackCheck(survey_id=survey.id, case_id=1))
    session.flush()


def _invite(session: Session, survey: Survey) -> None:
    digest = token_digest(WHO, ARGUMENTS["token"])
    session.add(Participant(survey_id=survey.id, name="Ann", link_salt="", token_sha256=digest))
    texts = {"en": "Hello"}
    job = add_job(session, "invitations.send", {})
    session.add(
        Mailing(
            survey_id=survey.id, job=job, kind="invitation", subject=texts, body=texts, requested_by="a test"
        )
    )
    session.flush()
