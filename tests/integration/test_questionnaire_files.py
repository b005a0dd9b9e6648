"""The questionnaire as a file, from the command line and from the staff's page."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from sqlalchemy import func, select

from cityvoice.accounts.models import AuditEntry
from cityvoice.accounts.types import Role
from cityvoice.questionnaire.exporters.ddi import NAMESPACE
from cityvoice.surveys.documents import FILE_FORMATS
from tests.databases import on_sqlite
from tests.factories import add_responses, make_survey, typical_answers
from tests.unit.questionnaire.xlsform_files import workbook

pytestmark = on_sqlite
DDI = {"ddi": NAMESPACE}


@pytest.fixture
def survey(database):
    with database.writing() as session:
        made = make_survey(session)
        made.method = {"sponsor": {"pl": "Urząd Miasta"}, "population": {"pl": "dorośli"}}
        add_responses(session, made, typical_answers(5))


def test_the_command_line_writes_every_format(cli, survey, tmp_path):
    for name, extension in FILE_FORMATS.items():
        path = tmp_path / f"life{extension}"
        said = cli("survey", "export", "life", "--format", name, "--output", path)
        assert said.exit_code == 0
        assert path.stat().st_size > 500
    book = openpyxl.load_workbook(tmp_path / "life.xlsx")
    assert book.sheetnames == ["survey", "choices", "settings"]
    assert (tmp_path / "life.pdf").read_bytes().startswith(b"%PDF")


def test_an_export_can_be_imported(cli, survey, tmp_path):
    path = tmp_path / "again.xlsx"
    cli("survey", "export", "life", "--format", "xlsform", "--output", path)
    said = cli("survey", "import", path, "--slug", "again")
    assert (said.exit_code, said.stdout.split(":")[0]) == (0, "again")


def test_the_codebook_says_what_is_known_of_the_survey(cli, survey, tmp_path):
    path = tmp_path / "life.xml"
    cli("survey", "export", "life", "--format", "ddi", "--output", path)
    root = etree.fromstring(path.read_bytes())
    assert root.xpath("string(//ddi:producer)", namespaces=DDI) == "Urząd Miasta"
    assert root.xpath("string(//ddi:universe)", namespaces=DDI) == "dorośli"
    assert root.xpath("string(//ddi:caseQnty)", namespaces=DDI) == "5"
    assert root.xpath("//ddi:collMode/text()", namespaces=DDI) == ["CAWI"]


def test_a_language_that_there_is_not(cli, survey):
    said = cli("survey", "export", "life", "--format", "pdf", "--language", "fr")
    assert said.exit_code == 2
    assert "is not in 'fr': expected one of" in said.stderr


def test_staff_download_it_and_nothing_is_written(database, login, survey):
    browser = login(Role.ANALYST)
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(AuditEntry))
    page = browser.get("/surveys/life/questionnaire")
    links = [each.get("href") or "" for each in page.all(".//a")]
    files = [each.split("questionnaire.")[1].split("?")[0] for each in links if "/questionnaire." in each]
    assert set(files) == {"pdf", "xlsx", "lss", "yaml", "xml", "sss"}
    found = browser.get("/surveys/life/questionnaire.xlsx").response
    assert found.headers["Content-Disposition"] == 'attachment; filename="life.xlsx"'
    assert "survey" in openpyxl.load_workbook(io.BytesIO(found.data)).sheetnames
    paper = browser.get("/surveys/life/questionnaire.pdf?language=en&for=interviewers").response
    assert paper.data.startswith(b"%PDF")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_letters_that_no_font_has_are_refused(cli, tmp_path):
    document = Path(__file__).parents[1] / "documents/right_to_left.yaml"
    cli("survey", "import", document, "--slug", "rtl")
    said = cli("survey", "export", "rtl", "--format", "pdf", "--language", "ar", "--output", tmp_path / "x")
    assert said.exit_code == 2
    assert "no font for the letters of" in said.stderr


def test_a_folder_of_forms_of_which_some_are_broken(cli, tmp_path):
    good = workbook({"survey": [["type", "name", "label"], ["text", "a", "A"]]})
    for number in range(12):
        (tmp_path / f"good{number}.xlsx").write_bytes(good)
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "cut.xlsx").write_bytes(good[:400])
    said = cli("survey", "import", tmp_path, "--check", "--json")
    found = [json.loads(line) for line in said.stdout.splitlines()]
    assert said.exit_code == 1
    assert [each["ok"] for each in found] == [False, False, *[True] * 12]
    assert {each["questions"] for each in found if each["ok"]} == {1}


@pytest.mark.parametrize("address", ["questionnaire.exe", "questionnaire.pdf?language=fr"])
def test_there_are_no_other_files(login, survey, address):
    login(Role.OFFICIAL).get(f"/surveys/life/{address}", status=404)


def test_interviewers_do_not_take_it_out(login, survey):
    login(Role.INTERVIEWER).get("/surveys/life/questionnaire.yaml", status=403)
