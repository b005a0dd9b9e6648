"""Answers in columns are the same whether they were read at once or one by one, as Python says they are."""

import json
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cityvoice.analysis.frames import build_frame, frame_of_documents
from cityvoice.analysis.frames.reading import _read_at_once
from cityvoice.questionnaire.kinds import MissingKind
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.question import Text
from cityvoice.questionnaire.variables import NOT_ASKED, VariableKind, column_value, variables
from cityvoice.surveys.queries import AnswerRow
from tests.unit.questionnaire.builders import options, question

REFUSED, DONT_KNOW = MissingKind.REFUSED, MissingKind.DONT_KNOW

PLAIN = [
    {"sat": "2", "age": 34.5, "media": ["web", "radio"], "words": '=1+1 żółć\n"two"'},
    {"sat": "dk", "age": 7, "media": ["no"], "agreed": "1"},
    {"sat": "gone", "media": [], "unknown": {"deep": [1]}},
    {},
]
MIXED = [*PLAIN, {"sat": 2, "age": "dk", "media": "web"}, {"media": ["no", "no2", "web"], "words": 5}]


@pytest.fixture
def questionnaire():
    questions = (
        question("sat", "single", options=(*options("1", "2"), *options(dk=DONT_KNOW))),
        question("age", "number", options=options(dk=DONT_KNOW)),
        question("media", "multiple", options=(*options("radio", "web"), *options(no=REFUSED, no2=REFUSED))),
        question("agreed", "consent"),
        question("words", "text"),
    )
    return Questionnaire(Text({"en": "Survey"}), ("en",), (Section("page", None, questions),))


def in_both_ways(questionnaire, answers):
    day = date(2026, 9, 1)
    rows = [AnswerRow("CAWI", 1.5, day, each) for each in answers]
    documents = [("CAWI", 1.5, day, json.dumps(each), n, 0) for n, each in enumerate(answers)]
    return build_frame(questionnaire, rows), frame_of_documents(questionnaire, documents)


@pytest.mark.parametrize("answers", [PLAIN, MIXED])
def test_both_ways_give_the_same_frame(questionnaire, answers):
    singly, at_once = in_both_ways(questionnaire, answers)
    assert_frame_equal(singly, at_once, check_index_type=False)


def test_plain_answers_are_read_at_once_and_others_are_not(questionnaire):
    asked = variables(questionnaire)
    assert len(_read_at_once(asked, [json.dumps(each) for each in PLAIN])) == len(PLAIN)
    assert _read_at_once(asked, [json.dumps(each) for each in MIXED]) is None


def test_the_frame_holds_what_the_engine_reads(questionnaire):
    frame, _ = in_both_ways(questionnaire, PLAIN)
    for variable in variables(questionnaire):
        for place, answers in enumerate(PLAIN):
            cell, found = column_value(variable, answers), frame[variable.name][place]
            if cell == NOT_ASKED or answers.get(variable.field) == "gone":
                assert pd.isna(found)
            elif cell.missing:
                assert found in variable.missing_codes
            elif variable.kind is VariableKind.FLAG:
                assert found == str(int(cell.value))
            else:
                assert found == cell.value


def test_a_reason_stands_beside_the_number_that_is_missing(questionnaire):
    frame, _ = in_both_ways(questionnaire, MIXED)
    assert pd.isna(frame["age"][4])
    assert frame["age.missing"][4] == "dk"
    assert frame["media_web"].tolist()[-2:] == ["1", "no"]


def test_a_question_that_became_another_kind_is_read_in_both(questionnaire):
    asked = [variable for variable in variables(questionnaire) if variable.name in ("sat", "media_web")]
    changed = [asked[0], replace(asked[1], field="sat")]
    assert _read_at_once(changed, ['{"sat": "1"}']) is None
