"""`cityvoice survey import` and `survey export`: several files at once, bad ones among them."""

import json
from pathlib import Path

import pytest
import yaml

from cityvoice.surveys.queries import find_survey
from tests.factories import DOCUMENT
from tests.unit.questionnaire.limesurvey_files import Survey

KEYS = [
    *("file", "ok", "error", "languages", "sections", "questions", "items", "options", "expressions"),
    "losses",
]


@pytest.fixture
def folder(tmp_path) -> Path:
    """A LimeSurvey survey, a document of ours, a broken file and one that is no questionnaire."""
    survey = Survey("en", "pl")
    survey.question("sat", "F", rows=("parks",), answers=("1", "2"))
    survey.question("why", "T", relevance="sat_parks == 1 and nobody", attributes={"time_limit": "9"})
    folder = tmp_path / "files"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner/city_2026.lss").write_bytes(survey.content)
    (folder / "life.yaml").write_text(yaml.safe_dump(DOCUMENT, allow_unicode=True), encoding="utf-8")
    (folder / "bad.lss").write_bytes(survey.content[:-20])
    (folder / "photo.png").write_bytes(b"\x89PNG")
    return folder


def test_check_says_what_an_import_would_give(cli, database, folder):
    said = cli("survey", "import", folder, folder / "nowhere.lss", "--check", "--json")
    found = {Path(each["file"]).name: each for each in map(json.loads, said.stdout.splitlines())}
    assert said.exit_code == 1
    assert list(found) == ["bad.lss", "city_2026.lss", "life.yaml", "nowhere.lss"]
    assert all(list(each) == KEYS for each in found.values())
    city = found["city_2026.lss"]
    assert (city["ok"], city["error"], city["languages"]) == (True, None, ["en", "pl"])
    assert [city[name] for name in ("sections", "questions", "items", "options")] == [1, 2, 1, 2]
    assert city["expressions"] == {"found": 1, "compiled": 0}
    assert [loss["what"] for loss in city["losses"]] == ["time_limit = 9", "sat_parks == 1 and nobody"]
    assert all(list(loss) == ["where", "what", "why"] for loss in city["losses"])
    assert found["life.yaml"]["ok"]
    assert not found["bad.lss"]["ok"]
    assert "line " in found["bad.lss"]["error"]
    assert found["nowhere.lss"]["error"] == "No such file or directory"
    assert "1 files in folders are no questionnaires" in said.stderr
    with database.reading() as session:
        assert find_survey(session, "city-2026") is None


def test_check_in_words_needs_no_database(cli, folder, monkeypatch):
    monkeypatch.setenv("CITYVOICE_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    said = cli("survey", "import", folder / "inner", "--check")
    assert said.exit_code == 0
    first, *losses = said.stdout.splitlines()
    assert first.endswith("city_2026.lss: 1 sections, 2 questions, 1 items, 2 options, 0 of 1 expressions")
    assert any("unknown variable 'nobody'" in loss for loss in losses)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ankieta miasta (1).lss", "ankieta-miasta-1"),
        ("Życie__w Łodzi.lss", "zycie-w-lodzi"),
        ("анкета.lss", "survey"),
        (f"{'long ' * 30}.lss", "-".join(["long"] * 16)),
    ],
)
def test_any_name_of_a_file_becomes_an_address(cli, database, folder, name, slug):
    path = (folder / "inner/city_2026.lss").rename(folder / name)
    assert cli("survey", "import", path, "--check").exit_code == 0
    assert cli("survey", "import", path).exit_code == 0
    with database.reading() as session:
        assert find_survey(session, slug)


def test_check_refuses_an_address_that_the_import_refuses(cli, tmp_path):
    path = tmp_path / "life.yaml"
    path.write_text(yaml.safe_dump(DOCUMENT | {"survey": {"slug": "Życie 1"}}), encoding="utf-8")
    for option in ("--check", "--open"):
        said = cli("survey", "import", path, option)
        assert said.exit_code
        assert "survey.slug: expected 'zycie-1' or the like, got 'Życie 1'" in said.output


def test_a_bad_file_does_not_stop_the_rest(cli, database, folder):
    said = cli("survey", "import", folder)
    assert said.exit_code == 1
    assert "bad.lss: line " in said.stderr
    assert "1 of 3 files cannot be imported" in said.stderr
    with database.reading() as session:
        assert {slug for slug in ("city-2026", "life", "bad") if find_survey(session, slug)} == {
            "city-2026",
            "life",
        }


def test_import_publishes_and_opens(cli, folder):
    said = cli("survey", "import", folder / "inner/city_2026.lss", "--slug", "ours", "--open")
    assert said.stdout.splitlines()[0] == "ours: 2 questions in en, pl"
    assert said.stdout.splitlines()[1].endswith("/s/ours")
    assert "2 losses; --check lists them" in said.stderr
    assert "ours\topen" in cli("survey", "list").stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--json",), "--json goes with --check"), (("--slug", "x"), "--slug is the name of one survey")],
)
def test_options_that_do_not_go_together(cli, folder, options, said):
    refused = cli("survey", "import", folder, *options)
    assert refused.exit_code == 2
    assert said in refused.stderr


@pytest.mark.parametrize("format_", ["yaml", "json", "lss"])
def test_an_exported_survey_can_be_imported_again(cli, folder, tmp_path, format_):
    cli("survey", "import", folder / "inner/city_2026.lss")
    path = tmp_path / f"again.{format_}"
    assert cli("survey", "export", "city-2026", "--format", format_, "--output", path).exit_code == 0
    (again,) = map(json.loads, cli("survey", "import", path, "--check", "--json").stdout.splitlines())
    assert (again["ok"], again["questions"], again["losses"]) == (True, 2, [])


def test_export_writes_to_the_screen(cli, folder):
    cli("survey", "import", folder / "life.yaml")
    assert yaml.safe_load(cli("survey", "export", "life").stdout)["title"]
    assert cli("survey", "export", "ghost").exit_code == 2
