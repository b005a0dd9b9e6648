"""An official looks at a survey, declares control totals, weights, reads and downloads the results."""

import csv
import io

import pytest
from sqlalchemy import delete, func, select

from cityvoice.accounts.models import AuditEntry
from cityvoice.accounts.types import Role
from cityvoice.analysis.models import WeightingRun
from cityvoice.core import clock
from cityvoice.surveys.models import Response, Survey
from cityvoice.surveys.queries import get_survey
from cityvoice.territory.models import PopulationReference
from tests.databases import on_sqlite
from tests.factories import add_responses, make_survey, typical_answers


@pytest.fixture(autouse=True)
def survey(database):
    with database.writing() as session:
        add_responses(session, make_survey(session), typical_answers())


@pytest.fixture
def official(login):
    return login(Role.OFFICIAL)


def margin_form(official, name="sex"):
    return official.get(f"/surveys/life/margins/{name}")


def declare(official, name="sex", **totals):
    typed = {f"total:{code}": total for code, total in totals.items()} | {"source": "Statistics office"}
    return margin_form(official, name).send("", status=302, **typed)


def declared(database) -> dict[str, dict[str, float]]:
    with database.reading() as session:
        reference = session.scalar(select(PopulationReference))
        return reference.margins() if reference else {}


def rows(response) -> list[dict[str, str]]:
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert response.text.startswith("\ufeff"), "without the mark, Excel takes UTF-8 for something else"
    return list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))


def test_whole_journey(official, database):
    page = official.get("/surveys").follow("Life in the city")
    assert "completed 40" in page.text
    page = page.follow("Results")
    assert "control totals have not been applied" in page.text
    declare(official, "sex", F="51,5", M="48.5")
    page = declare(official, "district", **{"1": "50", "2": "50"})
    assert "The control totals are saved." in page.text
    page = page.send("weighting", status=302)
    assert "converged yes" in page.text
    page = page.follow("See the results")
    assert "control totals have not been applied" not in page.text
    assert "How is life here?" in page.text
    assert "n = 40 " in page.text
    page = official.get("/surveys/life/by/district")
    assert "Old Town New Town" in page.text
    with database.reading() as session:
        actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == [
        "account.logged_in",
        "control_totals.declared",
        "control_totals.declared",
        "weights.computed",
    ]


def test_weights_make_the_sample_match_the_control_totals(official):
    declare(official, "sex", F="50", M="50")
    official.get("/surveys/life/weighting").submit("weighting", status=302)
    table = {row["code"]: row for row in rows(official.get("/surveys/life/variables/sex.csv").response)}
    assert float(table["F"]["unweighted"]) == pytest.approx(26 / 40)
    assert float(table["F"]["value"]) == pytest.approx(0.5)
    assert float(table["M"]["value"]) == pytest.approx(0.5)
    assert int(table["F"]["n_answer"]) == 26
    assert int(table["F"]["n"]) == 40


def test_page_and_file_say_the_same(official):
    declare(official, "sex", F="60", M="40")
    official.get("/surveys/life/weighting").submit("weighting", status=302)
    text = official.get("/surveys/life/results").text
    for row in rows(official.get("/surveys/life/results.csv").response):
        if row["statistic"] == "share" and row["variable"] in ("life", "sex"):
            assert f"{100 * float(row['value']):.2f}" in text
            assert f"{100 * float(row['low']):.1f}–{100 * float(row['high']):.1f}" in text
            assert f"n eff = {float(row['n_eff']):.0f}" in text


@on_sqlite
def test_results_file_holds_every_figure(official):
    table = rows(official.get("/surveys/life/results.csv").response)
    assert {row["variable"] for row in table} == {"life", "years", "district", "sex"}
    life = {row["code"]: row for row in table if row["variable"] == "life"}
    assert [life[code]["answer"] for code in "123"] == ["Bad", "So-so", "Good"]
    assert life["3"]["statistic"] in ("share", "share of set")
    mean = next(row for row in table if row["statistic"] == "mean")
    assert float(mean["value"]) == pytest.approx(sum(range(40)) / 40)
    assert float(mean["low"]) < float(mean["value"]) < float(mean["high"])


@on_sqlite
def test_other_downloads(official):
    crossed = rows(official.get("/surveys/life/by/sex.csv").response)
    assert {(row["variable"], row["category"]) for row in crossed} >= {("life", "Female"), ("years", "Male")}
    declare(official, "sex", F="520", M="480")
    shares = rows(official.get("/surveys/life/participation.csv").response)
    women = next(row for row in shares if row["code"] == "F" and "ratio" in row["indicator"])
    assert float(women["value"]) == pytest.approx((26 / 40) / 0.52)
    rate = shares[0]
    assert (float(rate["numerator"]), float(rate["denominator"])) == (40, 1000)


@on_sqlite
def test_a_cell_that_a_spreadsheet_would_run_is_disarmed(official, database):
    with database.writing() as session:
        survey = get_survey(session, "life")
        version = survey.current_version
        text = version.document
        text["sections"][0]["questions"][1]["options"][0]["label"] = {"en": '=HYPERLINK("http://evil","x")'}
        text["sections"][0]["questions"][1]["options"][1]["label"] = {"en": "@SUM(1)"}
        session.execute(version.__table__.update().values(document=text, sha256="f" * 64))
    answers = [row["answer"] for row in rows(official.get("/surveys/life/variables/life.csv").response)]
    assert answers[:2] == ['\'=HYPERLINK("http://evil","x")', "'@SUM(1)"]


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"F": "many", "M": "50"}, "Female: enter a number, for example 12 500 or 51,5."),
        ({"F": "-5", "M": "50"}, "Female: enter a number above 0."),
        ({"F": "nan", "M": "50"}, "Female: enter a number above 0."),
        ({"F": "50", "M": "0"}, "Male: enter a number above 0."),
        ({}, "sex: no category has a total; expected one for every category"),
        ({"F": "51", "M": "48"}, "The totals add up to 99. Enter per cents that add up to 100"),
        ({"F": "0,515", "M": "0,485"}, "The totals add up to 1. Enter per cents that add up to 100"),
        ({"F": "1e300", "M": "1"}, "Female: enter a number"),
    ],
)
def test_control_totals_that_cannot_be(official, database, typed, said):
    typed = {f"total:{code}": total for code, total in typed.items()}
    page = margin_form(official).submit("", status=422, source="a test", **typed)
    assert said in page.text
    assert {name: page.fields()[name] for name in typed} == {name: [value] for name, value in typed.items()}
    assert declared(database) == {}


@on_sqlite
def test_control_totals_need_a_source_and_sense(official, database):
    typed = {"total:F": "50", "total:M": "50", "reference_on": "yesterday", "population": "-3"}
    page = margin_form(official).submit("", status=422, **typed)
    assert "Say where the numbers come from." in page.text
    assert page.fields()["reference_on"] == ["yesterday"]
    assert len(page.all(".//p[@class='error']")) == 3
    assert declared(database) == {}


def test_a_population_must_agree_with_people_declared(official, database):
    declare(official, "sex", F="31 726", M="28 587")
    typed = {"total:1": "30", "total:2": "70", "source": "a test", "population": "999"}
    page = margin_form(official, "district").submit("", status=422, **typed)
    assert "999 people, but “sex” counts 60,313." in page.text
    assert declared(database) == {"sex": {"F": 31726, "M": 28587}}


def test_margins_must_count_the_same_people(official, database):
    declare(official, "sex", F="31 726", M="28 587")
    typed = {"total:1": "1000", "total:2": "200", "source": "a test"}
    page = margin_form(official, "district").submit("", status=422, **typed)
    assert "The totals add up to 1,200 people, but “sex” counts 60,313." in page.text
    assert declared(database) == {"sex": {"F": 31726, "M": 28587}}


def test_control_totals_can_be_changed_and_withdrawn(official, database):
    declare(official, "sex", F="50", M="50")
    declare(official, "district", **{"1": "30", "2": "70"})
    page = margin_form(official)
    assert page.fields()["total:F"] == ["50"]
    declare(official, "sex", F="60", M="40")
    assert declared(database) == {"district": {"1": 30, "2": 70}, "sex": {"F": 60, "M": 40}}
    page = margin_form(official).send("/withdraw", status=302)
    assert "The control totals are withdrawn." in page.text
    assert declared(database) == {"district": {"1": 30, "2": 70}}


def test_weighting_says_why_it_cannot_be_done(official, database):
    with database.writing() as session:
        add_responses(session, get_survey(session, "life"), [{"life": "2", "district": "1", "sex": "9"}])
    declare(official, "sex", F="100")
    page = official.get("/surveys/life/weighting").submit("weighting", status=422)
    assert "14 respondents said “Male”, which has no control total." in page.text
    assert "1 respondents gave no answer." in page.text
    declare(official, "sex", F="50", M="50")
    page = official.get("/surveys/life/weighting").submit("weighting", status=422)
    assert "“sex”: 1 respondents gave no answer." in page.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(WeightingRun)) == 0
    page = official.get("/surveys/life/weighting")
    page = page.send("weighting", status=302, keep_untargeted="y")
    assert "kept at their share 1" in page.text


def test_nobody_stands_for_an_empty_category(official, database):
    with database.writing() as session:
        make_survey(session, "women")
        add_responses(session, get_survey(session, "women"), [{"life": "2", "sex": "F", "district": "1"}] * 3)
    page = official.get("/surveys/women/margins/sex")
    page.submit("", status=302, source="a test", **{"total:F": "50", "total:M": "50"})
    page = official.get("/surveys/women/weighting").submit("weighting", status=422)
    assert "“sex”: nobody said “Male”" in page.text
    page = official.get("/surveys/women/margins/district")
    page.submit("", status=302, source="a test", **{"total:2": "100"})
    page = official.get("/surveys/women/weighting").submit("weighting", status=422)
    assert "“district”: nobody gave an answer that has a control total." in page.text


@on_sqlite
def test_a_survey_without_answers(official, database):
    with database.writing() as session:
        make_survey(session, "new", is_open=False)
    assert "No answers yet." in official.get("/surveys/new/results").text
    assert "No answers yet." in official.get("/surveys/new/fieldwork").text
    assert "A report needs answers." in official.get("/surveys/new/reports").text
    assert "Participation is measured" in official.get("/surveys/new/participation").text
    page = official.get("/surveys/new/weighting").submit("weighting", status=422)
    assert "Nobody has completed the survey yet." in page.text
    for path in ("results.csv", "variables/life.csv", "by/sex", "by/sex.csv", "participation.csv"):
        official.get(f"/surveys/new/{path}", status=404)


@on_sqlite
@pytest.mark.parametrize(
    "path",
    [
        "/surveys/nowhere/results",
        "/surveys/life/variables/nothing.csv",
        "/surveys/life/by/life",
        "/surveys/life/margins/nothing",
        "/surveys/life/margins/years",
        "/surveys/life/reports/1",
        "/surveys/life/reports/99999999999999999999999",
    ],
)
def test_no_such_page(official, path):
    official.get(path, status=404)


def test_new_answers_ask_for_a_new_weighting(official, database):
    official.get("/surveys/life/weighting").submit("weighting", status=302)
    with database.writing() as session:
        add_responses(session, get_survey(session, "life"), typical_answers(2))
    text = official.get("/surveys/life/results").text
    assert "The weighting was made on 40 responses; now there are 42." in text


def test_opening_and_closing(official, client, database):
    official.get("/surveys/life/fieldwork").submit("/close", status=302)
    assert "No survey is open" in client.get("/").text
    page = official.get("/surveys/life/fieldwork").send("/open", status=302)
    assert "The survey is open. Share its address." in page.text
    assert "Life in the city" in client.get("/").text
    with database.reading() as session:
        survey = session.scalars(select(Survey)).one()
        assert (survey.status, survey.fieldwork_ends_on) == ("open", None)


def test_a_closed_survey_does_not_say_until_when_answers_are_taken(official, database):
    with database.writing() as session:
        get_survey(session, "life").fieldwork_ends_on = clock.today()
    assert "Answers are taken until" in official.get("/surveys/life/fieldwork").text
    page = official.get("/surveys/life/fieldwork").submit("/close", status=302).follow_redirect()
    assert "The survey takes no answers now." in page.text
    assert "Answers are taken until" not in page.text
    assert "Last day of fieldwork" in page.text


def test_method_note_by_language(official, database):
    page = official.get("/surveys/life/method?lang=pl")
    page.send("", status=302, sponsor="Urząd", limitations=" ")
    page = official.get("/surveys/life/method?lang=en")
    assert page.fields()["sponsor"] == [""]
    page.submit("", status=302, sponsor="City hall")
    page.submit("", status=422, quality="x" * 4001)
    with database.reading() as session:
        method = session.scalars(select(Survey.method)).one()
    assert method["sponsor"] == {"pl": "Urząd", "en": "City hall"}
    assert method["limitations"]["pl"] == ""


@on_sqlite
def test_every_page_of_a_survey_has_a_title_of_its_own(official):
    pages = ("questionnaire", "fieldwork", "method", "weighting", "results", "participation", "reports")
    titles = {official.get(f"/surveys/life/{page}").title for page in pages}
    assert len(titles) == len(pages)


@on_sqlite
def test_tabs_lead_only_where_one_may_go(login):
    page = login(Role.INTERVIEWER).get("/surveys/life/fieldwork")
    tabs = {link.get("href") for link in page.all(".//nav[@class='tabs']/a")}
    assert tabs == {"/surveys/life/questionnaire", "/surveys/life/fieldwork"}
    assert not page.all(".//form[@action='/surveys/life/close']")


@on_sqlite
def test_a_figure_on_too_little_is_not_shown_on_the_results_page(database, official):
    """Neither an answer nor the favourable ones together, however high their share."""
    page = official.get("/surveys/life/results")
    assert ".." not in page.text
    with database.writing() as session:
        kept = session.scalars(select(Response.id).order_by(Response.id).limit(4)).all()
        session.execute(delete(Response).where(Response.id.not_in(kept)))
    boxes = official.get("/surveys/life/results").all(".//tr[@class='total']")
    assert boxes
    for row in boxes:
        assert [cell.text for cell in row.findall("td")][:2] == ["..", ".."]
