"""Staff take answers out, on the page and on the command line; what earlier versions asked comes along."""

import csv
import io

import pandas as pd
import pytest
from sqlalchemy import select

from cityvoice.accounts.models import AuditEntry
from cityvoice.accounts.types import Role
from cityvoice.questionnaire import editing
from cityvoice.surveys.exports import sheets
from cityvoice.surveys.exports.files import AnswersFormat
from cityvoice.surveys.models import Response
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import publish
from tests.factories import add_responses, make_survey, typical_answers


@pytest.fixture(autouse=True)
def survey(database):
    with database.writing() as session:
        add_responses(session, make_survey(session), typical_answers())


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("form", list(AnswersFormat))
def test_every_format_downloads(login, database, form):
    analyst = login(Role.ANALYST)
    file = analyst.get("/surveys/life/data").send("", format=form).response
    assert file.headers["Content-Disposition"] == f'attachment; filename="life.{form}"'
    assert len(file.data) > 500
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.action, entry.details["format"]) == ("answers.exported", form)


def test_only_analysts_and_officials(login):
    login(Role.INTERVIEWER).get("/surveys/life/data", status=403)
    login(Role.ANALYST).get("/surveys/life/data").submit("", format="exe", status=400)


def test_trials_stay_out_and_partial_responses_come_on_request(cli, database, tmp_path):
    with database.writing() as session:
        first, second = session.scalars(select(Response).order_by(Response.id)).all()[:2]
        first.is_test = True
        second.status = "partial"
    for more, expected in (((), 38), (("--partial",), 39)):
        path = tmp_path / "answers.csv"
        assert cli("answers", "export", "life", "--out", path, *more).exit_code == 0
        assert len(rows_of(path.read_text(encoding="utf-8"))) == expected


def test_questions_of_earlier_versions_keep_their_columns(cli, database, tmp_path):
    with database.writing() as session:
        survey = get_survey(session, "life")
        without = editing.remove_element(current_questionnaire(survey), "sex")
        publish(session, survey=survey, questionnaire=without)
    path = tmp_path / "answers.parquet"
    assert cli("answers", "export", "life", "--format", "parquet", "--out", path).exit_code == 0
    assert pd.read_parquet(path)["sex"].isin(["F", "M"]).all()


def test_a_language_that_there_is_not(cli):
    result = cli("answers", "export", "life", "--language", "zz")
    assert result.exit_code == 2
    assert "life is in" in result.output


def test_a_file_is_only_for_whoever_asked_and_for_a_while(login, client):
    asked = login(Role.ANALYST).get("/surveys/life/data").submit("")
    address = asked.response.headers["Location"]
    login(Role.OFFICIAL).get(address, status=403)
    client.get(address, status=302)
    login(Role.OFFICIAL, Role.ANALYST).get(f"{address}x", status=303)


def test_more_than_a_sheet_of_excel_holds_is_refused_in_words(login, cli, monkeypatch, tmp_path):
    monkeypatch.setattr(sheets, "MOST_ROWS", 40)
    analyst = login(Role.ANALYST)
    asked = analyst.get("/surveys/life/data").submit("", format="xlsx")
    refused = analyst.get(asked.response.headers["Location"], status=303)
    assert "holds at most 40 rows" in refused.follow_redirect().text
    path = tmp_path / "answers.xlsx"
    result = cli("answers", "export", "life", "--format", "xlsx", "--out", path)
    assert result.exit_code == 1
    assert "choose CSV" in result.output
    assert not path.exists()
