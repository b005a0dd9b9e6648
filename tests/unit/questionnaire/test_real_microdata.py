"""Survey data of third parties that lie beside the repository; without them these tests are skipped."""

import gzip
from pathlib import Path

import pytest

from cityvoice.questionnaire.document import dump_document, load_document
from cityvoice.questionnaire.kinds import MissingKind, Mode
from cityvoice.questionnaire.microdata.codebook import read_codebook
from cityvoice.questionnaire.microdata.reading import read_microdata
from cityvoice.questionnaire.variables import column_value, variables

SURVEYS = Path(__file__).parents[4] / "shared" / "data" / "surveys"

pytestmark = pytest.mark.skipif(
    not SURVEYS.is_dir(), reason="the survey data beside the repository are not there"
)


@pytest.fixture(scope="module")
def kansas():
    folder = SURVEYS / "kansas_city"
    codebook = read_codebook((folder / "codebook.json").read_text(encoding="utf-8"))
    with (folder / "FY2022_RS_Cleaned_safe.csv").open(encoding="utf-8", newline="") as lines:
        return read_microdata(lines, codebook)


@pytest.fixture(scope="module")
def diagnoza():
    folder = SURVEYS / "diagnoza_spoleczna"
    codebook = read_codebook((folder / "osobyDict.csv").read_text(encoding="utf-8"))
    with gzip.open(folder / "diagnoza_noname.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return read_microdata(lines, codebook, weight="waga_2013_osoby")


def cells(data, name):
    variable = next(each for each in variables(data.questionnaire) if each.name == name)
    return variable, [column_value(variable, record.answers) for record in data.records]


def test_kansas_city_rates_itself_as_published(kansas):
    variable, found = cells(kansas, "q1_01")
    valid = [cell.value for cell in found if cell.value is not None]
    assert variable.wording.in_("en") == "As a place to live"
    assert variable.favourable == ("4", "5")
    assert len(valid) == 1026
    assert sum(code in variable.favourable for code in valid) / len(valid) == pytest.approx(0.7339, abs=5e-5)
    assert sum(cell.missing is MissingKind.DONT_KNOW for cell in found) == 7


def test_kansas_city_knows_its_cases_and_modes(kansas):
    assert len({record.case_id for record in kansas.records}) == 1033
    modes = [record.mode for record in kansas.records]
    assert [modes.count(mode) for mode in (Mode.CAWI, Mode.PAPI, Mode.CATI)] == [624, 392, 17]


def test_kansas_city_codes_outside_their_scale_are_counted(kansas):
    assert kansas.undeclared["q41_w"] == {"9": 5}
    assert len(kansas.undeclared) == 23
    assert {code for codes in kansas.undeclared.values() for code in codes} == {"9"}


def test_diagnoza_gives_the_published_figures(diagnoza):
    assert len(diagnoza.records) == 38_461
    _, found = cells(diagnoza, "gp3")
    rated = [
        (cell.value, record.weight)
        for cell, record in zip(found, diagnoza.records, strict=True)
        if cell.value
    ]
    total = sum(weight for _, weight in rated)
    assert len(rated) == 26_306
    assert sum(value == "UDANE" for value, _ in rated) / len(rated) == pytest.approx(0.3999, abs=5e-5)
    assert sum(weight for value, weight in rated if value == "UDANE") / total == pytest.approx(
        0.4081, abs=5e-5
    )
    assert total**2 / sum(weight**2 for _, weight in rated) == pytest.approx(16_441.4, abs=0.05)


def test_diagnoza_scales_are_put_in_order(diagnoza):
    variable, _ = cells(diagnoza, "gp54_01")
    assert [option.code for option in variable.options] == [
        "ZDECYDOWANIE NIE",
        "NIE",
        "RACZEJ NIE",
        "ANI TAK, ANI NIE",
        "RACZEJ TAK",
        "TAK",
        "ZDECYDOWANIE TAK",
    ]
    assert variable.favourable == ("RACZEJ TAK", "TAK", "ZDECYDOWANIE TAK")
    assert variable.wording.in_("pl") == "podziwiam ludzi bogatych"


def test_what_was_understood_is_a_sound_questionnaire(kansas, diagnoza):
    for data in (kansas, diagnoza):
        assert load_document(dump_document(data.questionnaire)) == data.questionnaire
