"""The same answers read back from every kind of file."""

import csv
import io
from datetime import date

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from cityvoice.questionnaire.kinds import MissingKind
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.question import Text
from cityvoice.surveys.exports.columns import ResponseRow, columns_of
from cityvoice.surveys.exports.delimited import write_csv
from cityvoice.surveys.exports.foreign_names import spss_names, stata_names
from cityvoice.surveys.exports.statistical import write_dta, write_parquet, write_sav
from cityvoice.surveys.exports.workbook import write_xlsx
from tests.unit.questionnaire.builders import options, question

REFUSED, DONT_KNOW = MissingKind.REFUSED, MissingKind.DONT_KNOW


@pytest.fixture
def questionnaire():
    scale = (*options("1", "2"), *options(dk=DONT_KNOW), *options(**{"99": REFUSED}))
    questions = (
        question("sat", "single", options=scale, label=Text({"pl": "zażółć", "en": "satisfaction"})),
        question("age", "number", options=options(dk=DONT_KNOW)),
        question("media", "multiple", options=(*options("radio", "web"), *options(no=REFUSED))),
        question("district", "single", options=options("A1", "A2")),
        question("words", "text"),
    )
    return Questionnaire(Text({"pl": "Ankieta"}), ("pl",), (Section("page", None, questions),))


@pytest.fixture
def rows():
    everything = {
        "sat": "2",
        "age": 34,
        "media": ["web"],
        "district": "A1",
        "words": "=1+1 żółć",
    }
    reasons = {"sat": "dk", "age": "dk", "media": ["no"], "words": "zwykły"}
    day = date(2026, 9, 1)
    return [
        ResponseRow(1, 1, "CAWI", "pl", "complete", day, 1.5, everything),
        ResponseRow(2, 2, "CATI", "uk", "complete", day, 1.0, reasons),
        ResponseRow(3, 2, None, None, "partial", None, 1.0, {"sat": "99"}),
    ]


@pytest.fixture
def columns(questionnaire):
    return columns_of(questionnaire, "pl")


def _csv(columns, rows, **kwargs):
    out = io.StringIO()
    write_csv(out, columns, rows, **kwargs)
    return list(csv.DictReader(io.StringIO(out.getvalue().removeprefix("\ufeff"))))


def test_csv_holds_codes_and_leaves_empty_what_was_not_asked(columns, rows):
    first, second, third = _csv(columns, rows)
    assert (first["sat"], first["age"], first["media_radio"], first["media_web"]) == ("2", "34", "0", "1")
    assert (first["_answered_on"], first["_base_weight"], first["_wave"]) == ("2026-09-01", "1.5", "1")
    assert (second["sat"], second["age"], second["media_web"], second["district"]) == ("dk", "dk", "no", "")
    assert (third["sat"], third["media_radio"], third["_mode"]) == ("99", "", "")


def test_csv_in_words_disarms_formulas(columns, rows):
    first, second, _ = _csv(columns, rows, labels=True)
    assert (first["sat"], first["media_web"]) == ("label 2", "wybrano")
    assert second["age"] == "label dk"
    assert first["words"] == "'=1+1 żółć"


def test_workbook_holds_codes_words_and_what_they_mean(columns, rows, tmp_path):
    path = tmp_path / "answers.xlsx"
    with path.open("wb") as out:
        write_xlsx(out, columns, rows)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["answers", "in words", "codebook"]
    names = [cell.value for cell in book["answers"][1]]
    assert [cell.value for cell in book["answers"][2]][names.index("sat")] == "2"
    assert [cell.value for cell in book["in words"][2]][names.index("sat")] == "label 2"
    formula = book["answers"][2][names.index("words")]
    assert (formula.value, formula.data_type) == ("=1+1 żółć", "s")
    meanings = {(row[3].value, row[4].value, row[5].value) for row in book["codebook"].iter_rows(min_row=2)}
    assert ("dk", "label dk", "yes") in meanings


def test_spss_file_has_labels_and_user_missing_codes(columns, rows, tmp_path):
    path = tmp_path / "answers.sav"
    write_sav(path, columns, rows)
    frame, meta = pyreadstat.read_sav(path, user_missing=True)
    assert frame["sat"].tolist() == [2.0, -991.0, 99.0]
    assert meta.variable_value_labels["sat"] == {
        1.0: "label 1",
        2.0: "label 2",
        -991.0: "label dk",
        99.0: "label 99",
    }
    assert meta.missing_ranges["sat"] == [{"lo": -991.0, "hi": -991.0}, {"lo": 99.0, "hi": 99.0}]
    assert meta.column_names_to_labels["sat"] == "Question sat? – zażółć"
    assert (frame["words"][0], frame["district"][0], frame["age"][1]) == ("=1+1 żółć", "A1", -991.0)
    without, _ = pyreadstat.read_sav(path)
    assert without["age"].isna().tolist() == [False, True, True]


def test_stata_file_keeps_each_reason_apart(columns, rows, tmp_path):
    path = tmp_path / "answers.dta"
    write_dta(path, columns, rows)
    frame, meta = pyreadstat.read_dta(path, user_missing=True)
    assert frame["sat"].tolist() == [2.0, "a", "b"]
    assert meta.variable_value_labels["sat"]["a"] == "label dk"
    without, _ = pyreadstat.read_dta(path)
    assert without["sat"].isna().tolist() == [False, True, True]


def test_parquet_keeps_the_codes(columns, rows, tmp_path):
    path = tmp_path / "answers.parquet"
    write_parquet(path, columns, rows)
    frame = pd.read_parquet(path)
    assert frame["sat"].tolist() == ["2", "dk", "99"]
    assert frame["age"][0] == 34
    assert frame["age.missing"][1] == "dk"


def test_every_format_takes_no_row_at_all(columns, tmp_path):
    write_sav(tmp_path / "a.sav", columns, [])
    write_dta(tmp_path / "a.dta", columns, [])
    write_parquet(tmp_path / "a.parquet", columns, [])
    assert len(pd.read_parquet(tmp_path / "a.parquet")) == 0
    assert _csv(columns, []) == []


def test_names_for_stata_are_short_plain_and_distinct():
    long = "a" * 40
    names = stata_names([long, f"{long}b", "age.2", "age_2"])
    assert list(names.values()) == ["a" * 27, f"{'a' * 25}_2", "age_2_2", "age_2"]


def test_names_that_spss_and_stata_keep_to_themselves():
    assert list(stata_names(["with", "str5", "_mode", "v_with", "int"]).values()) == [
        *("v_with_2", "v_str5", "cv_mode", "v_with", "v_int")
    ]
    assert list(spss_names(["to", "Sat", "sat", "_mode", "cv_mode", "age.2", "b" * 70]).values()) == [
        *("v_to", "Sat", "sat_2", "cv_mode_2", "cv_mode", "age.2", "b" * 64)
    ]
