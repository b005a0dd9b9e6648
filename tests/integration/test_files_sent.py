"""Files that residents send: their bytes stay as long as somebody's answer has them, their names never do."""

import io

import pytest
from sqlalchemy import event, select

from cityvoice.core.storage import sha256
from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.question import Question, Text
from cityvoice.surveys import services, uploads
from cityvoice.surveys.models import Response, Upload
from cityvoice.surveys.queries import get_survey
from tests.browsing import Browser
from tests.factories import add_responses

DOCUMENT = {
    "title": "A park",
    "languages": ["en"],
    "sections": [
        {
            "name": "first",
            "title": "First",
            "questions": [{"name": "note", "kind": "file", "text": "A note?", "accept": ["text/plain"]}],
        },
        {"name": "last", "title": "Last", "questions": [{"name": "x", "kind": "text", "text": "What else?"}]},
    ],
}
NOTE = Question("note", QuestionKind.FILE, Text({"en": "A note?"}), accept=("text/plain",))
WORDS = uploads.Prepared(b"the same words", "text/plain")
OTHERS = uploads.Prepared(b"other words", "text/plain")


@pytest.fixture(autouse=True)
def survey(database):
    with database.writing() as session:
        made = services.create_survey(session, slug="life", questionnaire=load_document(DOCUMENT))
        services.open_survey(session, survey=made)


@pytest.fixture
def two(database) -> list[int]:
    """Two responses."""
    with database.writing() as session:
        add_responses(session, get_survey(session, "life"), [{}, {}])
        return list(session.scalars(select(Response.id).order_by(Response.id)))


def keep(session, config, response_id, file):
    response = session.get_one(Response, response_id)
    return uploads.keep(session, response=response, question=NOTE, file=file, folder=config.storage)


def is_there(config, file) -> bool:
    return uploads.path_of(config.storage, sha256(file.content)).is_file()


def send(page, words: bytes):
    """The first page with a file, as a browser sends it."""
    data = {name: values[0] for name, values in page.fields().items()}
    data["note"] = (io.BytesIO(words), "CV Jan Kowalski.txt")
    return page.browser.request("POST", page.path, status=200, data=data, content_type="multipart/form-data")


def test_the_same_file_sent_twice_is_kept(app, database, config):
    page = Browser(app).get("/s/life").send()
    for _time in range(2):
        send(page, WORDS.content)
    with database.reading() as session:
        upload = session.scalars(select(Upload)).one()
        assert session.scalars(select(Response)).one().answers["note"] == str(upload.id)
    assert is_there(config, WORDS)


def test_another_file_takes_its_place(app, database, config):
    page = Browser(app).get("/s/life").send()
    send(page, WORDS.content)
    send(page, OTHERS.content)
    assert (is_there(config, WORDS), is_there(config, OTHERS)) == (False, True)
    assert not list(config.storage.glob("uploads/*/.*")), "nothing is left aside"


def test_its_name_is_not_kept(app, database):
    page = Browser(app).get("/s/life").send()
    again = page.browser.get(send(page, WORDS.content).path)
    with database.reading() as session:
        assert session.scalars(select(Upload.name)).one() == "note.txt"
    assert "note.txt" in again.text
    assert "Kowalski" not in again.text


def test_bytes_that_another_answer_has_stay(database, config, two):
    mine, yours = two
    with database.writing() as session:
        keep(session, config, mine, WORDS)
        keep(session, config, yours, WORDS)
    with database.writing() as session:
        keep(session, config, mine, OTHERS)
    assert is_there(config, WORDS)
    with database.writing() as session:
        uploads.remove(
            session, response=session.get_one(Response, yours), field="note", folder=config.storage
        )
    assert not is_there(config, WORDS)


def test_bytes_that_come_again_while_they_are_deleted_stay(database, config, two):
    """Somebody's commit falls between the other's commit and its look at who has the bytes."""
    mine, yours = two

    def keep_yours(_session) -> None:
        with database.writing() as session:
            keep(session, config, yours, WORDS)

    with database.writing() as session:
        keep(session, config, mine, WORDS)
    with database.writing() as session:
        event.listen(session, "after_commit", keep_yours, once=True)
        keep(session, config, mine, OTHERS)
    assert is_there(config, WORDS)


def test_bytes_deleted_before_their_new_row_is_committed_are_written_again(database, config, two):
    mine, yours = two
    late = database.sessions()

    def begin_yours(_session) -> None:
        keep(late, config, yours, WORDS)

    with database.writing() as session:
        keep(session, config, mine, WORDS)
    with late:
        with database.writing() as session:
            event.listen(session, "after_commit", begin_yours, once=True)
            keep(session, config, mine, OTHERS)
        assert not is_there(config, WORDS)
        late.commit()
    assert is_there(config, WORDS)


def test_a_rollback_deletes_nothing(database, config, two):
    with database.writing() as session:
        keep(session, config, two[0], WORDS)
    with database.sessions() as session:
        keep(session, config, two[0], OTHERS)
        session.rollback()
    assert is_there(config, WORDS)
