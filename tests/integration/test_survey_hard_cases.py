"""Surveys that are closed and opened again, rules broken in two tabs, several files at once."""

import io
from copy import deepcopy
from dataclasses import replace

from sqlalchemy import select

from cityvoice.accounts.types import Role
from cityvoice.questionnaire.document import load_document
from cityvoice.surveys import services
from cityvoice.surveys.models import Response, Upload
from cityvoice.surveys.queries import get_survey
from tests.databases import on_sqlite
from tests.factories import DOCUMENT, make_survey, questionnaire


def all_responses(database):
    with database.reading() as session:
        return list(session.scalars(select(Response).order_by(Response.id)))


@on_sqlite
def test_who_was_half_way_when_a_survey_closed_is_not_thanked_when_it_opens_again(client, database):
    """Closed in the evening by mistake, opened again in the morning."""
    with database.writing() as session:
        make_survey(session)
    client.get("/s/life").send().send(life="1", why="x")
    with database.writing() as session:
        services.close_survey(session, survey=get_survey(session, "life"))
    with database.writing() as session:
        services.open_survey(session, survey=get_survey(session, "life"))
    page = client.request("GET", "/s/life")
    assert page.status == 200, page.response.headers.get("Location")


def ruled():
    number = {"kind": "number", "required": True, "low": 0, "high": 20}
    rule = {"expression": "children < people", "message": "More children than people."}
    return {
        "title": "T",
        "languages": ["en"],
        "sections": [
            {"name": "a", "title": "A", "questions": [{"name": "people", "text": "People?", **number}]},
            {
                "name": "b",
                "title": "B",
                "questions": [{"name": "children", "text": "Children?", **number, "rules": [rule]}],
            },
            {"name": "c", "title": "C", "questions": [{"name": "why", "kind": "text", "text": "Why?"}]},
        ],
    }


@on_sqlite
def test_answers_that_break_a_rule_are_not_complete(client, database):
    """Two tabs: one stands on the last page, in the other an earlier answer is changed."""
    with database.writing() as session:
        survey = services.create_survey(session, slug="life", questionnaire=load_document(ruled()))
        services.open_survey(session, survey=survey)
    first = client.get("/s/life").send()
    last = first.send(people="5").send(children="3")
    assert last.title.startswith("C")
    first.send(people="1")
    done = last.send(why="x")
    (response,) = all_responses(database)
    assert not (
        response.status == "complete" and response.answers["children"] >= response.answers["people"]
    ), (
        response.answers,
        done.title,
    )


def with_files(n=1):
    made = deepcopy(DOCUMENT)
    made["sections"][0]["questions"] += [
        {"name": f"photo{i}", "kind": "file", "text": "A file?"} for i in range(n)
    ]
    return made


def send_files(client, page, files, **typed):
    fields = {k: v[0] for k, v in page.fields().items() if v}
    data = {**fields, **typed, **{name: (io.BytesIO(content), "a.bin") for name, content in files.items()}}
    return client.request("POST", page.path, data=data, content_type="multipart/form-data")


@on_sqlite
def test_files_of_a_question_that_a_version_took_away_are_still_listed(app, client, database, login):
    with database.writing() as session:
        survey = services.create_survey(session, slug="life", questionnaire=load_document(with_files()))
        services.open_survey(session, survey=survey)
    page = client.get("/s/life").send()
    send_files(client, page, {"photo0": b"%PDF-1.4 hello"}, life="1", why="x")
    with database.reading() as session:
        assert session.scalars(select(Upload)).all()
    with database.writing() as session:
        services.publish(session, survey=get_survey(session, "life"), questionnaire=questionnaire())
    page = login(Role.OFFICIAL).request("GET", "/surveys/life/files")
    assert page.status == 200
    assert "A file?" in page.text, "the words of its question, which an earlier version asked"


@on_sqlite
def test_two_files_that_may_be_sent_one_by_one_may_be_sent_together(app, client, database):
    """Each is below the limit that the page names; the page's other answers must not be lost."""
    with database.writing() as session:
        survey = services.create_survey(session, slug="life", questionnaire=load_document(with_files(2)))
        services.open_survey(session, survey=survey)
    page = client.get("/s/life").send()
    most = 300_000
    app.config["CITYVOICE"] = replace(app.config["CITYVOICE"], largest_upload=most)
    app.config["MAX_CONTENT_LENGTH"] = most
    content = b"%PDF-1.4 " + b"x" * (most * 6 // 10)
    sent = send_files(client, page, {"photo0": content, "photo1": content + b"y"}, life="1", why="typed")
    assert all_responses(database)[0].answers.get("why") == "typed", (sent.status, sent.text[:300])


def test_a_small_picture_that_unfolds_is_refused_before_it_does():
    """Some hundred kilobytes that ask for a gigabyte; two cores, four workers, and anybody may send them."""
    import subprocess
    import sys

    script = """
import io, resource
from PIL import Image
usual = Image.MAX_IMAGE_PIXELS
from cityvoice.surveys.uploads import prepare
Image.MAX_IMAGE_PIXELS = None
picture = io.BytesIO()
Image.new("RGBA", (9990, 9990)).save(picture, "PNG", optimize=True)
content = picture.getvalue()
Image.MAX_IMAGE_PIXELS = usual
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(type(prepare(content, most_bytes=10_000_000)).__name__)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(len(content), before // 1024, after // 1024)
"""
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    size, before, after = map(int, said[1:])
    assert said[0] == "FileCode"
    assert after - before < 300, f"{size} bytes took {after - before} MB"
