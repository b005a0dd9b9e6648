"""The command line: every command does its work, and bad input costs one clear line, code 2 and no change."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from cityvoice.accounts.models import Account, AuditEntry
from cityvoice.accounts.services import LONGEST_PASSWORD, authenticate
from cityvoice.analysis.models import WeightingRun
from cityvoice.core.db import Base, Database
from cityvoice.surveys.models import Case, Response
from cityvoice.surveys.queries import get_survey
from tests.databases import on_sqlite
from tests.factories import DOCUMENT, PASSWORD

CODEBOOK = {
    "title": "Clean streets",
    "scales": {
        "grade": {"1": "Poor", "2": "Fair", "3": "Good", "9": "Don't know"},
        "sex": {"F": "Female", "M": "Male"},
    },
    "variables": [
        {"name": "id", "role": "case_id"},
        {"name": "w", "role": "weight"},
        {"name": "streets", "label": "How clean are the streets?", "scale": "grade"},
        {"name": "sex", "label": "Sex", "scale": "sex"},
    ],
}
HEADER = "id,w,streets,sex"
ROWS = ("1,1,3,F", "2,1,2,F", "3,2,3,F", "4,1,1,M", "5,1,9,M", "6,1,2,M")


@pytest.fixture
def folder(tmp_path) -> Path:
    """Files that are as they should be: a questionnaire, a codebook, answers."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "life.yaml").write_text(yaml.safe_dump(DOCUMENT, allow_unicode=True), encoding="utf-8")
    (folder / "codebook.json").write_text(json.dumps(CODEBOOK), encoding="utf-8")
    (folder / "answers.csv").write_text("\n".join((HEADER, *ROWS)), encoding="utf-8")
    return folder


@pytest.fixture
def import_(cli, folder):
    """Import answers from a file, made of the lines that are given."""

    def run(*lines: str, slug: str = "streets", more: tuple[str, ...] = ()):
        if lines:
            (folder / "answers.csv").write_text("\n".join(lines), encoding="utf-8")
        codebook = folder / "codebook.json"
        return cli(
            "answers", "import", folder / "answers.csv", "--survey", slug, "--codebook", codebook, *more
        )

    return run


@pytest.fixture
def refuses(cli, database):
    """`refuses("user", "create", ...)`: what it said, after a look whether anything changed."""

    def run(*arguments: object, stdin: str | None = None) -> str:
        before = contents_of(database)
        return refused(cli(*arguments, stdin=stdin), before, contents_of(database))

    return run


def refused(result, before, after) -> str:
    assert result.exit_code == 2, result.output
    assert result.stdout == "", "a refusal is told on standard error"
    assert before == after, "a refusal changes nothing"
    said = result.stderr.splitlines()
    assert said[-1].strip()
    assert "Traceback" not in result.stderr
    return result.stderr


def contents_of(database: Database) -> dict[str, list[tuple]]:
    with database.engine.connect() as connection:
        return {
            name: connection.execute(table.select()).all() for name, table in Base.metadata.tables.items()
        }


def test_a_survey_from_questionnaire_to_results(cli, database, folder):
    made = cli("survey", "import", folder / "life.yaml", "--open")
    assert made.stdout.splitlines()[0] == "life: 9 questions in en"
    assert "/s/life" in made.stdout
    assert cli("survey", "list").stdout == "life\topen\t0\tLife in the city\n"
    with database.reading() as session:
        actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["survey.imported", "survey.opened"]


def test_the_demo_city(cli, database):
    loaded = cli("demo", "load")
    assert loaded.exit_code == 0, loaded.stderr
    before = contents_of(database)
    assert cli("demo", "load").exit_code == 0, "it is safe to repeat"
    assert contents_of(database) == before
    listed = cli("survey", "list").stdout
    assert listed.splitlines() == [
        "komunikacja-2026\topen\t5\tKomunikacja w Mieście Przykładowym 2026",
        "jakosc-zycia-2026\topen\t595\tJakość życia w Mieście Przykładowym 2026",
    ]


def test_answers_from_import_to_results(import_, cli, database):
    imported = import_()
    assert imported.exit_code == 0, imported.stderr
    assert "streets: 6 responses imported (weight in w, case in id)" in imported.stdout
    weighted = cli("weights", "run", "streets", "--margin", "sex=F:50,M:50", "--source", "a test")
    assert weighted.exit_code == 0, weighted.stderr
    assert "sex = F: n 3, 57.14 % -> 50.00 % (population 50.00 %)" in weighted.stdout
    shown = cli("results", "show", "streets", "--variable", "streets").stdout
    assert "n 5, n_eff" in shown
    assert "unweighted  40.00 %  3 Good" in shown
    table = cli("results", "show", "streets", "--csv").stdout
    assert table.startswith("\ufeffvariable,wording,label,statistic,code,answer")
    with database.reading() as session:
        assert session.scalars(select(Case.base_weight).order_by(Case.id)).all() == [1, 1, 2, 1, 1, 1]
        assert session.scalars(select(WeightingRun.made_by)).all() == ["command line"]
        assert get_survey(session, "streets").status == "closed"


def test_a_gzipped_file_and_a_second_wave(import_, folder, database):
    (folder / "answers.csv").write_bytes(gzip.compress("\n".join((HEADER, *ROWS)).encode()))
    assert import_().exit_code == 0
    assert import_(HEADER, "7,1,3,F").exit_code == 0
    with database.reading() as session:
        assert len(session.scalars(select(Response)).all()) == 7


def test_accounts(cli, database):
    made = cli("user", "create", "Ola@City.example", "--role", "analyst", "--password-stdin", stdin=PASSWORD)
    assert made.stdout == "ola@city.example: analyst\n"
    with database.writing() as session:
        account = authenticate(session, email="ola@city.example", password=PASSWORD, network="")
        assert account.password_hash.startswith("$argon2id$")
    asked = cli("user", "create", "b@city.example", "--role", "official", stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert asked.exit_code == 0
    assert PASSWORD not in asked.output


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("ola", PASSWORD, "cityvoice: email: "),
        ("ola@city.example", "short", "cityvoice: password: expected 12 to 256 characters"),
        (
            "ola@city.example",
            "x" * (LONGEST_PASSWORD + 1),
            "cityvoice: password: expected 12 to 256 characters",
        ),
        ("ola@city.example", "", "cityvoice: password: expected 12 to 256 characters"),
        ("taken@city.example", PASSWORD, "cityvoice: email: taken@city.example already has an account"),
    ],
)
@on_sqlite
def test_accounts_that_cannot_be(cli, refuses, email, password, said):
    cli("user", "create", "taken@city.example", "--role", "official", "--password-stdin", stdin=PASSWORD)
    stdin = f"{password}\n"
    assert said in refuses("user", "create", email, "--role", "analyst", "--password-stdin", stdin=stdin)


@on_sqlite
def test_a_role_that_there_is_not(refuses):
    assert "'king'" in refuses("user", "create", "a@city.example", "--role", "king", "--password-stdin")
    assert "--role" in refuses("user", "create", "a@city.example", "--password-stdin", stdin=PASSWORD)


def test_the_longest_address_fits(cli, database):
    email = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 58}.example"
    assert len(email) == 253
    made = cli("user", "create", email, "--role", "analyst", "--password-stdin", stdin=PASSWORD)
    assert made.exit_code == 0, made.stderr
    with database.reading() as session:
        assert session.scalars(select(Account.email)).all() == [email]


BAD_DATA = [
    pytest.param((HEADER.replace("sex", "gender"), *ROWS), "column 'sex'", id="wrong column"),
    pytest.param((HEADER, "1,1,7,F"), "row 2, column 'streets': found '7', expected", id="unknown code"),
    pytest.param(
        (HEADER, "1,1,3"), "row 2: expected 4 fields, as in the header; there are 3", id="short row"
    ),
    pytest.param((HEADER, '1,1,"3,F'), "quotes do not match", id="broken CSV"),
    pytest.param(
        (HEADER, "1,,3,F"), "row 2, column 'w': found an empty cell, expected a weight", id="empty cell"
    ),
    pytest.param((HEADER, "1,-1,3,F"), "row 2, column 'w': found '-1', expected a weight", id="bad weight"),
    pytest.param((HEADER, ",1,3,F"), "row 2, column 'id': found an empty cell", id="empty identifier"),
    pytest.param((HEADER, "1,1,3,F", "1,1,2,M"), "each case once; row 2 has it too", id="case twice"),
    pytest.param((HEADER,), "rows of answers below the header", id="no rows"),
    pytest.param(("",), "the file is empty", id="empty file"),
    pytest.param((HEADER, f"{'7' * 200},1,3,F"), "row 2, column 'id'", id="long identifier"),
]


@pytest.mark.parametrize(("lines", "said"), BAD_DATA)
def test_answers_that_cannot_be_imported(import_, database, lines, said):
    before = contents_of(database)
    result = import_(*lines)
    assert said in refused_after_reading(result, before, contents_of(database))


def refused_after_reading(result, before, after) -> str:
    said = refused(result, before, after)
    first = next(line for line in said.splitlines() if line.startswith("cityvoice: "))
    assert len(first) < 300
    return said


@on_sqlite
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(b"id,w\n" * 1000)[:-20], "the gzip file is broken"),
        (b"\x1f\x8bnonsense", "the gzip file is broken"),
        (f"{HEADER}\n1,1,3,\xff".encode("latin-1"), "row 2: expected UTF-8 text"),
        (b"PK\x03\x04\x00\x00", "the file is no text"),
    ],
)
def test_files_that_cannot_be_read(import_, database, folder, content, said):
    (folder / "answers.csv").write_bytes(content)
    before = contents_of(database)
    assert said in refused_after_reading(import_(), before, contents_of(database))


@on_sqlite
@pytest.mark.parametrize(
    ("codebook", "said"),
    [
        ("{", "no JSON"),
        ("[1, 2", "no YAML"),
        ("{}", "expected a codebook"),
        (json.dumps(CODEBOOK | {"scales": {}}), "there is no scale 'grade'"),
        ("", "expected a codebook"),
    ],
)
def test_codebooks_that_cannot_be(import_, database, folder, codebook, said):
    (folder / "codebook.json").write_text(codebook)
    before = contents_of(database)
    assert said in refused_after_reading(import_(), before, contents_of(database))


def test_the_same_cases_again(import_, database):
    import_()
    before = contents_of(database)
    said = refused_after_reading(import_(), before, contents_of(database))
    assert "row 2, column 'id': case 1 is in the survey already" in said


@on_sqlite
def test_answers_to_other_questions(import_, cli, database, folder):
    cli("survey", "import", folder / "life.yaml")
    before = contents_of(database)
    said = refused_after_reading(import_(slug="life"), before, contents_of(database))
    assert "survey life has another questionnaire than these data" in said


@on_sqlite
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--weight", "weight"), "column 'weight'"),
        (("--case-id", "number"), "column 'number'"),
    ],
)
def test_columns_that_there_are_not(import_, database, arguments, said):
    before = contents_of(database)
    assert said in refused_after_reading(import_(more=arguments), before, contents_of(database))


QUESTIONNAIRES = [
    ("title: [", "line 1, column 9: no YAML"),
    ("title: x\ntitle: y", "the key 'title' stands twice"),
    ("just words", "expected a mapping, found 'just words'"),
    (
        "title: x\nlanguages: [en]\nsections: []\nsektions: []",
        "sektions: unknown key; did you mean 'sections'?",
    ),
    ("title: x\nlanguages: [en]", "sections: is missing"),
    (
        "title: x\nlanguages: [en]\nsections: [{name: a, questions: [{name: q, kind: song, text: x}]}]",
        "sections[0].questions[0].kind: expected one of",
    ),
    ('{"title": "x",}', "no JSON"),
]


@on_sqlite
@pytest.mark.parametrize(("document", "said"), QUESTIONNAIRES)
def test_questionnaires_that_cannot_be(refuses, folder, document, said):
    (folder / "bad.yaml").write_text(document)
    assert said in refuses("survey", "import", folder / "bad.yaml")


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"slug": "Life in Łódź"}, "survey.slug: expected 'life-in-lodz' or the like"),
        ({"slug": "x" * 81}, "survey.slug: expected"),
        ({"colour": "red"}, "survey: expected a mapping with slug, fieldwork, method"),
        ({"fieldwork": {"starts_on": "soon"}}, "fieldwork.starts_on: expected a day such as 2026-09-01"),
        ({"fieldwork": "in May"}, "fieldwork: expected starts_on and ends_on"),
        ({"method": {"sponsor": "me"}}, "method.sponsor: expected texts by language"),
        ({"method": {"colour": {}}}, "survey.method: expected sponsor"),
    ],
)
@on_sqlite
def test_surveys_that_cannot_be(refuses, folder, about, said):
    (folder / "bad.yaml").write_text(yaml.safe_dump(DOCUMENT | {"survey": about}))
    assert said in refuses("survey", "import", folder / "bad.yaml")


def test_a_slug_that_is_taken(cli, refuses, folder):
    cli("survey", "import", folder / "life.yaml")
    said = refuses("survey", "import", folder / "life.yaml")
    assert said == "cityvoice: slug: a survey called 'life' exists already\n"


def test_a_survey_that_there_is_not(cli, refuses, folder):
    for command in (("weights", "run"), ("results", "show"), ("report", "build")):
        assert refuses(*command, "ghost") == ("cityvoice: no survey is called 'ghost'; there are none yet\n")
    cli("survey", "import", folder / "life.yaml")
    assert refuses("weights", "run", "ghost") == "cityvoice: no survey is called 'ghost'; there are: life\n"


def test_a_survey_without_answers(cli, refuses, folder):
    cli("survey", "import", folder / "life.yaml")
    for command in (("weights", "run"), ("results", "show"), ("report", "build")):
        assert "survey life has no complete responses to analyse yet" in refuses(*command, "life")


@pytest.mark.parametrize(
    ("margin", "said"),
    [
        ("sex=F:50", "sex: the totals add up to 50, expected 100 per cent"),
        ("sex=F:100", "margin sex, code M (Male, n = 3): expected a control total for it"),
        ("sex=F:50,M:49", "sex: the totals add up to 99, expected 100 per cent"),
        ("sex=F:50,M:many", "expected CODE:TOTAL with a number, got 'M:many'"),
        ("sex=F:50,M:nan", "sex, code M: expected a number above 0, got nan"),
        ("sex=F:101,M:-1", "sex, code M: expected a number above 0, got -1"),
        ("sex=F:50,M:30,X:20", "margin sex, code X: the question has no such answer"),
        ("sex", "expected VARIABLE=CODE:TOTAL,... or VARIABLE=equal"),
        ("height=F:50,M:50", "margin height: the questionnaire has no choice question of that name"),
        ("height=equal", "no choice question of that name; there are: streets, sex"),
        ("streets=equal", "margin streets: 1 respondents have no answer to it"),
        ("sex=9:100", "margin sex, code 9: the question has no such answer"),
    ],
)
@on_sqlite
def test_margins_that_cannot_be(import_, refuses, margin, said):
    import_()
    assert said in refuses("weights", "run", "streets", "--margin", margin)


def test_margins_that_count_different_people(import_, refuses):
    import_()
    said = refuses(
        "weights",
        "run",
        "streets",
        "--margin",
        "sex=F:3000,M:3000",
        "--margin",
        "streets=1:3000,2:3000,3:3000",
    )
    assert "streets: the totals add up to 9000, expected the same population as sex: 6000" in said


TARGETS = [
    ("[]", "expected a mapping with margins"),
    ("margins: [", "targets.yaml: line 1, column 11: no YAML"),
    ("margins: {sex: {F: 50, M: 50}}\nreference_on: 2025-02-30", "day is out of range"),
    ("margins: {sex: {F: 50, F: 50}}", "the key 'F' stands twice"),
    ("margins: {sex: {F: 1.0e+308, M: 1.0e+308}}", "sex, code F: expected at most 100000000 people"),
    ("margins: {sex: 5}", "margins.sex: expected a mapping of codes to totals, got 5"),
    ("margins: {sex: {F: many, M: 50}}", "margins.sex.F: expected a number, got 'many'"),
    ("margins: {sex: {F: 50, M: 50}}\ncolour: red", "expected a mapping with margins and, if known,"),
    ("margins: {sex: {F: 50, M: 50}}\nreference_on: soon", "reference_on: expected a day such as 2025-12-31"),
    ("margins: {sex: {F: 50, M: 50}}\npopulation: many", "population: expected a whole number above 0"),
    ("margins: {sex: {F: 50, M: 50}}\npopulation: -5", "population: expected a whole number above 0"),
    ("margins: {sex: {F: 50, M: 50}}\nsource: 5", "source: expected 1 to 300 characters"),
    (f"margins: {{sex: {{F: 50, M: 50}}}}\nsource: {'x' * 301}", "source: expected 1 to 300 characters"),
]


@on_sqlite
@pytest.mark.parametrize(("targets", "said"), TARGETS)
def test_files_of_control_totals_that_cannot_be(import_, refuses, folder, targets, said):
    import_()
    (folder / "targets.yaml").write_text(targets)
    assert said in refuses("weights", "run", "streets", "--targets", folder / "targets.yaml")


def test_a_file_of_control_totals(import_, cli, folder, database):
    import_()
    (folder / "targets.yaml").write_text(
        "source: Office\nreference_on: 2025-12-31\npopulation: 6000\nmargins: {sex: {F: 3000, M: 3000}}"
    )
    weighted = cli("weights", "run", "streets", "--targets", folder / "targets.yaml")
    assert weighted.exit_code == 0, weighted.stderr
    again = cli("weights", "run", "streets", "--margin", "streets=1:1000,2:2000,3:3000", "--keep-untargeted")
    assert again.exit_code == 0, again.stderr
    assert "streets = 3" in again.stdout
    assert "sex = F" in again.stdout, "margins declared before stay"


@on_sqlite
def test_a_source_that_is_too_long(import_, refuses):
    import_()
    margin = ("--margin", "sex=F:50,M:50")
    assert "source" in refuses("weights", "run", "streets", *margin, "--source", "x" * 301)


@on_sqlite
def test_a_variable_that_there_is_not(import_, refuses):
    import_()
    said = refuses("results", "show", "streets", "--variable", "height")
    assert said == "cityvoice: no variable is called 'height'; there are: streets, sex\n"


@on_sqlite
@pytest.mark.parametrize(
    "arguments",
    [
        ("survey", "import", "/nowhere.yaml"),
        ("answers", "import", "/nowhere.csv", "--survey", "x", "--codebook", "/nowhere.json"),
        ("weights", "run", "x", "--targets", "/nowhere.yaml"),
        ("weights", "run"),
        ("weights", "run", "x", "--population", "-1"),
        ("report", "build", "x", "--language", "uk"),
        ("sing",),
        ("survey", "sing"),
    ],
)
def test_commands_that_cannot_be(refuses, arguments):
    said = refuses(*arguments)
    assert said.startswith("cityvoice: ")
    assert len(said.splitlines()) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "CITYVOICE_DATABASE_URL",
            "mysql://x",
            "CITYVOICE_DATABASE_URL: expected sqlite:///FILE or postgresql://",
        ),
        ("CITYVOICE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x", "the database cannot be used"),
        ("CITYVOICE_DATABASE_URL", "sqlite:////nowhere/x.sqlite3", "the database cannot be used"),
        ("CITYVOICE_INSTANCE", "/proc/nowhere", "CITYVOICE_INSTANCE: cannot make the folder"),
        ("CITYVOICE_SECRET_KEY", "changeme", "CITYVOICE_SECRET_KEY: expected at least 32 random characters"),
        ("CITYVOICE_LOCALE", "xx", "CITYVOICE_LOCALE: expected one of pl, en, uk, got xx"),
        ("PORT", "80000", "PORT: expected a number from 1 to 65535, got 80000"),
    ],
)
@pytest.mark.parametrize("command", [("survey", "list"), ("db", "upgrade")])
def test_settings_that_cannot_be(cli, monkeypatch, name, value, said, command):
    monkeypatch.setenv(name, value)
    result = cli(*command)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


@on_sqlite
def test_a_file_that_is_no_database(cli, monkeypatch, tmp_path):
    (tmp_path / "x.sqlite3").write_text("This is a letter to my grandmother, and no database." * 30)
    monkeypatch.setenv("CITYVOICE_DATABASE_URL", f"sqlite:///{tmp_path / 'x.sqlite3'}")
    result = cli("survey", "list")
    assert result.exit_code == 2
    assert result.stderr == "cityvoice: CITYVOICE_DATABASE_URL: file is not a database\n"


def test_a_database_that_was_never_upgraded(cli, backend, monkeypatch):
    url = backend.make_blank()
    monkeypatch.setenv("CITYVOICE_DATABASE_URL", url)
    result = cli("survey", "list")
    assert result.exit_code == 2
    assert "Run 'cityvoice db upgrade' first" in result.stderr
    assert cli("db", "upgrade").exit_code == 0
    assert cli("db", "upgrade").exit_code == 0, "it is safe to repeat"
    assert cli("survey", "list").stdout == ""
    backend.drop(url)


@on_sqlite
def test_every_command_explains_itself(cli):
    for command in (
        (),
        ("serve",),
        ("worker",),
        ("db", "upgrade"),
        ("user", "create"),
        ("demo", "load"),
        ("survey", "import"),
        ("survey", "list"),
        ("answers", "import"),
        ("weights", "run"),
        ("results", "show"),
        ("report", "build"),
    ):
        result = cli(*command, "--help")
        assert result.exit_code == 0
        assert result.stdout.startswith(f"Usage: cityvoice {' '.join(command)}".rstrip())


@on_sqlite
def test_the_installed_program_is_the_same(config, database):
    """What the other tests call in this process, called once as people call it."""
    program = Path(sys.executable).with_name("cityvoice")
    environment = {
        "CITYVOICE_INSTANCE": str(config.instance),
        "CITYVOICE_DATABASE_URL": config.database_url,
        "PATH": "/usr/bin:/bin",
    }
    ran = subprocess.run(
        [program, "weights", "run", "ghost"], env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "cityvoice: no survey is called 'ghost'; there are none yet\n"
