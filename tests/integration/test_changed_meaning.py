"""A new version under which old answers would mean something else is refused."""

import pytest

from cityvoice.questionnaire.document import load_document
from cityvoice.surveys import services
from cityvoice.surveys.errors import MeaningChanged
from cityvoice.surveys.exports.files import AnswersFormat, write_answers
from cityvoice.surveys.exports.rows import stream_rows
from cityvoice.surveys.published import data_questionnaire
from cityvoice.surveys.queries import get_survey
from tests.databases import on_sqlite
from tests.factories import add_responses, options


def one(**question):
    return {
        "title": "T",
        "languages": ["en"],
        "sections": [
            {
                "name": "s",
                "title": "S",
                "questions": [
                    {"name": "q", "text": "Q?", **question},
                    {"name": "z", "kind": "number", "text": "Z"},
                ],
            }
        ],
    }


def publish_over(database, before, after, answers):
    with database.writing() as session:
        survey = services.create_survey(session, slug="life", questionnaire=load_document(before))
        services.open_survey(session, survey=survey)
        add_responses(session, survey, answers)
    with database.writing() as session:
        services.publish(session, survey=get_survey(session, "life"), questionnaire=load_document(after))


def write(database, tmp_path, form, language="en"):
    with database.reading() as session:
        survey = get_survey(session, "life")
        path = tmp_path / f"x.{form}"
        write_answers(
            path, AnswersFormat(form), data_questionnaire(survey), stream_rows(session, survey), language
        )
    return path


@on_sqlite
def test_a_code_that_becomes_a_missing_one_is_a_change_of_meaning(database):
    """3 = "Neither" was an answer; in the new version 3 = "Hard to say" and is missing."""
    before = one(kind="single", options=options("Bad", "Good", "Neither"))
    after = one(
        kind="single",
        options=[*options("Bad", "Good"), {"code": "3", "label": "Hard to say", "missing": "dont_know"}],
    )
    with pytest.raises(MeaningChanged):
        publish_over(database, before, after, [{"q": "3", "z": 1}])


@on_sqlite
def test_a_scale_of_other_ends_is_a_change_of_meaning(database):
    """Answers from 1 to 5 and answers from 0 to 10 are not comparable."""
    before, after = one(kind="scale", low=1, high=5), one(kind="scale", low=0, high=10)
    with pytest.raises(MeaningChanged):
        publish_over(database, before, after, [{"q": "5", "z": 1}])


@on_sqlite
def test_reversed_options_are_a_change_of_meaning(database):
    """1 Bad, 2 Good becomes 1 Good, 2 Bad."""
    before = one(kind="single", options=options("Bad", "Good"))
    after = one(kind="single", options=options("Good", "Bad"))
    with pytest.raises(MeaningChanged):
        publish_over(database, before, after, [{"q": "1", "z": 1}])
