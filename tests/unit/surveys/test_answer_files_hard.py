"""Questionnaires that SPSS and Stata make difficult: names, codes, labels, and those of the wild."""

import csv
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cityvoice.questionnaire.errors import DocumentError
from cityvoice.questionnaire.expressions.types import ValueType
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.importers.formats import is_known, read_questionnaire
from cityvoice.questionnaire.kinds import MissingKind, QuestionKind
from cityvoice.questionnaire.names import fields_of
from cityvoice.questionnaire.question import Text
from cityvoice.surveys.exports.columns import ResponseRow, columns_of
from cityvoice.surveys.exports.files import AnswersFormat, write_answers
from cityvoice.surveys.exports.statistical import write_dta, write_sav
from tests.conftest import SHARED
from tests.unit.questionnaire.builders import options, page, question, single

DONT_KNOW = MissingKind.DONT_KNOW
ABOUT = ("response", "wave", "mode", "language", "status", "answered_on", "base_weight")
RESERVED = ("with", "int", "byte", "long", "using", "str5", "if", "in", "double", "float", "ALL", "to", "Not")
EVERY = 3  # one file of so many is written, so that the test takes seconds


def rows(*answers):
    return [
        ResponseRow(number, 1, "CAWI", "pl", "complete", None, 1.0, each)
        for number, each in enumerate(answers, 1)
    ]


def sav(path, questionnaire, *answers):
    write_sav(path / "a.sav", columns_of(questionnaire, "pl"), rows(*answers))
    return pyreadstat.read_sav(path / "a.sav", user_missing=True)


def dta(path, questionnaire, *answers):
    write_dta(path / "a.dta", columns_of(questionnaire, "pl"), rows(*answers))
    return pyreadstat.read_dta(path / "a.dta", user_missing=True)


def test_questions_called_as_columns_about_the_response(tmp_path):
    asked = page(*(single(name) for name in (*ABOUT, "cv_mode")))
    answers = dict.fromkeys((*ABOUT, "cv_mode"), "2")
    for form in AnswersFormat:
        write_answers(tmp_path / f"a.{form}", form, asked, rows(answers), "pl")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        header, values = csv.reader(file)
    assert len(set(header)) == len(header) == 2 * len(ABOUT) + 1
    assert dict(zip(header, values, strict=True))["mode"] == "2"
    assert pd.read_parquet(tmp_path / "a.parquet")[["mode", "_mode"]].to_numpy().tolist() == [["2", "CAWI"]]
    for frame, _ in (pyreadstat.read_sav(tmp_path / "a.sav"), pyreadstat.read_dta(tmp_path / "a.dta")):
        assert frame.loc[0, ["mode", "cv_mode", "cv_mode_2", "cv_status"]].tolist() == [
            2,
            2,
            "CAWI",
            "complete",
        ]


def test_reserved_and_long_names(tmp_path):
    long = "q" * 64
    asked = page(
        *(single(name) for name in RESERVED),
        question(long, "multiple", options=options("first", "second")),
    )
    answers = dict.fromkeys(RESERVED, "2") | {long: ["second"]}
    for frame, meta in (sav(tmp_path, asked, answers), dta(tmp_path, asked, answers)):
        assert frame.iloc[0, len(ABOUT) :].tolist() == [2.0] * len(RESERVED) + [0.0, 1.0]
        assert "Question with?" in meta.column_names_to_labels.values()


def test_choices_whose_codes_are_no_numbers_have_labels(tmp_path):
    scale = (*options("A1", "A2"), *options(dk=DONT_KNOW), *options(wouldnotsay=MissingKind.REFUSED))
    asked = page(question("sat", options=scale))
    answers = [{"sat": code} for code in ("A2", "dk", "wouldnotsay", "A1")] + [{}]
    frame, meta = sav(tmp_path, asked, *answers)
    assert frame["sat"].tolist() == ["A2", "dk", "wouldnotsay", "A1", ""]
    assert meta.variable_value_labels["sat"]["A2"] == "label A2"
    assert meta.missing_ranges["sat"] == [{"lo": "dk", "hi": "dk"}], "SPSS takes no longer text as missing"
    frame, meta = dta(tmp_path, asked, *answers)
    assert frame["sat"].tolist()[:4] == [2.0, "a", "b", 1.0]
    assert frame["sat"].isna().tolist() == [False] * 4 + [True]
    assert meta.variable_value_labels["sat"] == {
        1: "A1 label A1",
        2: "A2 label A2",
        "a": "dk label dk",
        "b": "wouldnotsay label wouldnotsay",
    }


def test_codes_beyond_the_integers_of_stata(tmp_path):
    asked = page(single("phone", "48123456789", "1"))
    frame, _ = sav(tmp_path, asked, {"phone": "48123456789"})
    assert frame["phone"].tolist() == ["48123456789"]
    frame, meta = dta(tmp_path, asked, {"phone": "48123456789"})
    assert meta.variable_value_labels["phone"][frame["phone"][0]] == "48123456789 label 48123456789"


@pytest.mark.parametrize("write", [sav, dta])
def test_a_code_that_no_label_knows_is_kept(tmp_path, write):
    asked = page(single("sat"), question("age", "number", options=options(dk=DONT_KNOW)))
    frame, _ = write(tmp_path, asked, {"sat": "7", "age": "no idea"}, {"sat": "1", "age": 34}, {})
    assert frame["sat"].tolist() == ["7", "1", ""]
    assert frame["age"].tolist() == ["no idea", "34", ""]


def test_a_measured_number_is_not_taken_for_a_missing_code(tmp_path):
    missing = options(**{"-9": DONT_KNOW, "99": MissingKind.REFUSED, "dk": DONT_KNOW, "x": DONT_KNOW})
    asked = page(question("age", "number", options=missing))
    answers = ({"age": 99}, {"age": "99"}, {"age": -9.5}, {"age": "x"})
    frame, meta = sav(tmp_path, asked, *answers)
    assert frame["age"].tolist() == [99.0, -991.0, -9.5, -993.0]
    without, _ = pyreadstat.read_sav(tmp_path / "a.sav")
    assert without["age"].isna().tolist() == [False, True, False, True]
    assert meta.variable_value_labels["age"][-991.0] == "label 99"
    frame, _ = dta(tmp_path, asked, *answers)
    assert frame["age"].tolist() == [99.0, "b", -9.5, "d"]


def test_labels_are_cut_between_letters(tmp_path):
    words = Text({"pl": "a" + "ż" * 20_000})
    choice = question("sat", label=words, options=(*options("1"),))
    option = choice.options[0].__class__("2", words)
    asked = page(question("sat", label=words, options=(*options("1"), option)), question("why", "text"))
    long = "ż" * 3000
    frame, meta = sav(tmp_path, asked, {"sat": "2", "why": long}, {})
    assert frame["why"].tolist() == [long, ""]
    assert meta.variable_value_labels["sat"][2.0] == "a" + "ż" * 59
    assert meta.column_names_to_labels["sat"] == "Question sat? – a" + "ż" * 118
    frame, meta = dta(tmp_path, asked, {"sat": "2", "why": long}, {})
    assert frame["why"].tolist() == [long, ""]
    assert meta.variable_value_labels["sat"][2] == "a" + "ż" * 15_999
    assert len(meta.column_names_to_labels["sat"]) == 80


def wild() -> list[Path]:
    folders = (SHARED / "data" / name for name in ("lss", "xlsform"))
    files = sorted(path for folder in folders for path in folder.rglob("*") if is_known(path.name))
    return [*files[::EVERY], *SHARED.glob("load/quality_of_life.lss")]


def synthetic(questionnaire, number: int) -> dict:
    """Some answer to every question: codes in turn, and what is longest of the rest."""
    answers = {}
    for name, field in fields_of(questionnaire).items():
        if field.codes:
            code = field.codes[number % len(field.codes)]
            answers[name] = [code] if field.question.kind is QuestionKind.MULTIPLE else code
        elif field.type is ValueType.NUMBER:
            answers[name] = number * 1.5
        elif field.type is ValueType.TEXT:
            answers[name] = "żółć " * (number * 400)
    return answers


def test_questionnaires_of_the_wild(tmp_path):
    files = wild()
    if not files:
        pytest.skip(f"no questionnaires in {SHARED}")
    n_written = 0
    for path in files:
        try:
            questionnaire = flatten(read_questionnaire(path.read_bytes(), path.name).questionnaire)
        except DocumentError:
            continue
        columns = columns_of(questionnaire, questionnaire.language)
        responses = rows(*(synthetic(questionnaire, number) for number in range(3)), {})
        write_sav(tmp_path / "a.sav", columns, responses)
        write_dta(tmp_path / "a.dta", columns, responses)
        stored = pyreadstat.read_sav(tmp_path / "a.sav", user_missing=True)
        for frame, meta in (stored, pyreadstat.read_dta(tmp_path / "a.dta", user_missing=True)):
            assert frame.shape == (4, len(columns)), path
            for column, name in zip(columns, frame, strict=True):
                given = [column.read(row) is not None for row in responses]
                there = (frame[name].notna() & (frame[name] != "")).tolist()
                texts = [column.read(row) == "" for row in responses]
                assert there == [a and not b for a, b in zip(given, texts, strict=True)], (path, column.name)
                if column.labels:
                    assert len(meta.variable_value_labels[name]) == len(column.labels), (path, column.name)
        n_written += 1
    assert n_written > len(files) // 2
