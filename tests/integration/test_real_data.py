"""Real surveys give the figures known of them: on the command line, on the web, in files and in print."""

import csv
import io
import re
import time
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner

from cityvoice.accounts.types import Role
from cityvoice.cli import main
from cityvoice.core.config import Config
from cityvoice.core.db import Database
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import close_survey, open_survey
from tests.browsing import Browser
from tests.databases import config_of, running
from tests.factories import PASSWORD, make_account

EMAIL = "analyst@city.example"


class Instance:
    """An instance that holds the real surveys, with a command line and an analyst's browser."""

    def __init__(self, config: Config, browser: Browser) -> None:
        self.config = config
        self.browser = browser

    def run(self, *arguments: object) -> str:
        """What a command prints; it must succeed."""
        variables = {
            "CITYVOICE_INSTANCE": str(self.config.instance),
            "CITYVOICE_DATABASE_URL": self.config.database_url,
        }
        result = CliRunner(env=variables).invoke(main, list(map(str, arguments)), catch_exceptions=False)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def report(self, slug: str) -> str:
        """The words of the report in print, one space between them."""
        path = self.config.instance / f"{slug}.pdf"
        self.run("report", "build", slug, "--language", "en", "--output", path)
        pages = pypdf.PdfReader(path).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def rows(self, path: str) -> list[dict[str, str]]:
        text = self.browser.get(path).response.text.removeprefix("\ufeff")
        return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def instance(shared, sqlite, tmp_path_factory):
    config = config_of(tmp_path_factory.mktemp("real"), sqlite.make())
    database = Database(config.database_url)
    with database.writing() as session:
        make_account(session, EMAIL, Role.ANALYST)
    database.engine.dispose()
    with running(config) as app:
        browser = Browser(app)
        browser.get("/login").submit(email=EMAIL, password=PASSWORD, status=302)
        yield Instance(config, browser)
    sqlite.drop(config.database_url)


@pytest.fixture(scope="module")
def kansas(instance, shared: Path) -> Instance:
    folder = shared / "data" / "surveys" / "kansas_city"
    data, codebook = folder / "FY2022_RS_Cleaned_safe.csv", folder / "codebook.json"
    said = instance.run("answers", "import", data, "--survey", "kansas-city", "--codebook", codebook)
    assert "kansas-city: 1033 responses imported (mode in method, case in id)" in said
    return instance


@pytest.fixture(scope="module")
def raked(kansas) -> Instance:
    said = kansas.run(
        *("weights", "run", "kansas-city", "--keep-untargeted"),
        *("--margin", "counci=equal", "--margin", "q41_w=1:48.5,2:51.5"),
    )
    assert "rake to counci, q41_w: converged" in said
    assert len(re.findall(r"counci = \d: .* -> 16\.67 % \(population 16\.67 %\)", said)) == 6
    assert re.search(r"q41_w = 2: .* -> 51\.50 % \(population 51\.50 %\)", said)
    return kansas


@pytest.fixture(scope="module")
def diagnoza(instance, shared: Path) -> Instance:
    folder = shared / "data" / "surveys" / "diagnoza_spoleczna"
    data, codebook = folder / "diagnoza_noname.csv.gz", folder / "osobyDict.csv"
    said = instance.run(
        *("answers", "import", data, "--survey", "diagnoza", "--codebook", codebook),
        *("--weight", "waga_2013_osoby", "--title", "Diagnoza Społeczna 2013"),
    )
    assert "diagnoza: 38461 responses imported (weight in waga_2013_osoby)" in said
    return instance


def test_kansas_city_before_weighting(kansas):
    said = kansas.run("results", "show", "kansas-city", "--variable", "q1_01")
    assert "n 1026, n_eff 1026, deff 1.000" in said
    assert "unweighted  73.39 %  = Good + Excellent" in said
    text = kansas.browser.get("/surveys/kansas-city/results").text
    assert re.search(r"Good \+ Excellent 73\.39 \S+ 73\.39 753", text)
    (both,) = _boxes(kansas.rows("/surveys/kansas-city/variables/q1_01.csv"))
    assert float(both["unweighted"]) == pytest.approx(0.733918, abs=1e-6)
    assert both["n"] == "1026"


def _raked_by_hand(shared: Path) -> float:
    """The share of codes 4-5 in q1_01 by the plainest iterative proportional fitting, row by row."""
    with (shared / "data/surveys/kansas_city/FY2022_RS_Cleaned_safe.csv").open(newline="") as file:
        people = list(csv.DictReader(file))
    weights = [1.0] * len(people)

    def fit(column: str, shares: dict[str, float]) -> None:
        sums = {
            code: sum(w for w, p in zip(weights, people, strict=True) if p[column] == code) for code in shares
        }
        total = sum(sums.values())
        for place, person in enumerate(people):
            if person[column] in shares:
                weights[place] *= shares[person[column]] * total / sums[person[column]]

    for _sweep in range(30):
        fit("counci", {str(district): 1 / 6 for district in range(1, 7)})
        fit("q41_w", {"2": 0.515, "1": 0.485})
    answered = [(w, p["q1_01"]) for w, p in zip(weights, people, strict=True) if p["q1_01"] in "12345"]
    return sum(w for w, code in answered if code in "45") / sum(w for w, _code in answered)


def test_kansas_city_raked(raked, shared):
    said = raked.run("results", "show", "kansas-city", "--variable", "q1_01")
    shown = re.search(r"([\d.]+) %  \[([\d.]+), ([\d.]+)\]  unweighted  73\.39 %  = Good \+ Excellent", said)
    assert shown, said
    value, low, high = map(float, shown.groups())
    assert value == round(100 * _raked_by_hand(shared), 2) == 73.10
    (both,) = _boxes(raked.rows("/surveys/kansas-city/variables/q1_01.csv"))
    assert [round(100 * float(both[name]), 2) for name in ("value", "low", "high")] == [value, low, high]
    text = raked.browser.get("/surveys/kansas-city/results").text
    assert f"Good + Excellent {value:.2f} {low:.1f}–{high:.1f} 73.39" in text
    printed = raked.report("kansas-city")
    assert f"73.39 {value:.2f} {low:.2f}–{high:.2f}" in printed
    assert "n = 1,026" in printed


def test_diagnoza(diagnoza):
    said = diagnoza.run("results", "show", "diagnoza", "--variable", "gp3")
    assert "n 26306, n_eff 16441, deff 1.600" in said
    assert re.search(r"40\.81 % .* unweighted  39\.99 %  UDANE UDANE", said)
    text = diagnoza.browser.get("/surveys/diagnoza/results").text
    assert re.search(r"UDANE 40\.81 40\.1–41\.6 39\.99 10,520", text)
    assert "n = 26,306 · n eff = 16,441 · deff = 1.600" in text
    rows = diagnoza.rows("/surveys/diagnoza/variables/gp3.csv")
    (udane,) = [row for row in rows if row["code"] == "UDANE"]
    assert [round(100 * float(udane[name]), 2) for name in ("unweighted", "value")] == [39.99, 40.81]
    assert (udane["n"], round(float(udane["n_eff"])), round(float(udane["kish_deff"]), 3)) == (
        "26306",
        16441,
        1.6,
    )


def test_diagnoza_in_print(diagnoza):
    started = time.monotonic()
    printed = diagnoza.report("diagnoza")
    assert "UDANE 10,520 39.99 40.81" in printed
    assert "n = 26,306, effective n = 16,441, deff = 1.600" in printed
    assert time.monotonic() - started < 240, "a report of 38 thousand people takes seconds, not minutes"


@pytest.mark.parametrize("slug", ["kansas-city", "diagnoza"])
def test_every_page_holds_a_real_survey(raked, diagnoza, slug):
    browser = raked.browser
    pages = ("questionnaire", "fieldwork", "method", "weighting", "results", "participation", "reports")
    found = [browser.get(f"/surveys/{slug}/{page}") for page in pages]
    links = sorted({link.get("href", "") for page in found for link in page.all(".//main//a")})
    margins = [link for link in links if "/margins/" in link]
    assert margins
    for link in [*margins, next(filter(_is_crossed, links))]:
        browser.get(link)


def test_a_real_questionnaire_is_asked_and_refuses_forged_codes(kansas):
    database = Database(kansas.config.database_url)
    with database.writing() as session:
        open_survey(session, survey=get_survey(session, "kansas-city"))
    page = kansas.browser.get("/s/kansas-city?lang=en").send()
    assert "As a place to live" in page.text
    page = page.submit(q1_01="6", status=422)
    assert "Please choose one of the answers shown." in page.text
    with database.writing() as session:
        close_survey(session, survey=get_survey(session, "kansas-city"))
    database.engine.dispose()


def _is_crossed(link: str) -> bool:
    return "/by/" in link


def _boxes(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in rows if row["statistic"] == "share of set"]
