"""What holds for every request: one commit place, error pages, limits, headers."""

import io
import logging
import threading
from dataclasses import replace

import pytest
from flask import abort, redirect, request
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from cityvoice.accounts.guards import everyone
from cityvoice.accounts.models import LoginAttempt, RoleGrant
from cityvoice.app import create_app
from cityvoice.surveys.models import Response
from cityvoice.surveys.routes.manage import manage
from cityvoice.web.extensions import csrf, db
from cityvoice.web.transactions import writes
from tests.browsing import Browser
from tests.databases import on_sqlite, running
from tests.factories import make_survey


def _record() -> None:
    db.session.add(LoginAttempt(key=request.args.get("key", "x")))
    db.session.flush()


def _views(app) -> None:
    """Views that end in every way a view can end, after having written."""
    endings = {
        "done": lambda: redirect("/"),
        "refused": lambda: ("no", 422),
        "aborted": lambda: abort(403),
        "led-away": lambda: abort(redirect("/", 303)),
        "broken": lambda: 1 / 0,
    }
    for name, end in endings.items():
        app.add_url_rule(f"/{name}", name, _view(end, writes), methods=["POST"])
        app.add_url_rule(
            f"/kept/{name}", f"kept-{name}", _view(end, writes(even_if_refused=True)), methods=["POST"]
        )
    app.add_url_rule("/careless", "careless", _view(endings["done"], lambda view: view), methods=["POST"])


def _view(end, decorate):
    def view():
        _record()
        return end()

    return csrf.exempt(everyone(decorate(view)))


@pytest.fixture
def count(app, database):
    _views(app)

    def count_rows() -> int:
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(LoginAttempt)) or 0

    return count_rows


@pytest.mark.parametrize(
    ("path", "status", "n"),
    [
        ("/done", 302, 1),
        ("/refused", 422, 0),
        ("/aborted", 403, 0),
        ("/led-away", 303, 0),
        ("/broken", 500, 0),
        ("/kept/done", 302, 1),
        ("/kept/refused", 422, 1),
        ("/kept/aborted", 403, 0),
        ("/kept/broken", 500, 0),
        ("/careless", 302, 0),
    ],
)
def test_a_request_commits_only_when_its_view_has_succeeded(app, count, path, status, n):
    assert app.test_client().post(path).status_code == status
    assert count() == n


@on_sqlite
def test_the_browser_of_these_tests_notices_what_was_never_committed(client, count):
    with pytest.raises(AssertionError, match="never committed"):
        client.post("/careless", status=302)


@on_sqlite
def test_the_browser_of_these_tests_notices_a_get_that_writes(app, client, count):
    view = _view(lambda: redirect("/"), writes)
    app.add_url_rule("/look", "look", view)
    with pytest.raises(AssertionError, match="GET wrote"):
        client.get("/look", status=302)


def test_two_writers_wait_for_each_other(app, count):
    """On SQLite a transaction that reads first and writes later would fail at once; ours takes its turn."""
    statuses = []

    def write() -> None:
        statuses.extend(app.test_client().post("/done").status_code for _time in range(10))

    writers = [threading.Thread(target=write) for _writer in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert statuses == [302] * 40
    assert count() == 40


def test_savepoints_roll_back_alone(database):
    def lose(session) -> None:
        with session.begin_nested():
            session.add(LoginAttempt(key="lost"))
            session.flush()
            raise ZeroDivisionError

    with database.writing() as session:
        session.add(LoginAttempt(key="kept"))
        session.flush()
        with pytest.raises(ZeroDivisionError):
            lose(session)
    with database.reading() as session:
        assert list(session.scalars(select(LoginAttempt.key))) == ["kept"]


def test_foreign_keys_hold(database):
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(RoleGrant(account_id=12345, role="official"))


@on_sqlite
def test_an_unexpected_error_tells_the_log_and_not_the_visitor(client, count, caplog):
    with caplog.at_level(logging.ERROR):
        page = client.post("/broken", status=500)
    assert "Something went wrong on our side" in page.text
    assert "ZeroDivisionError" not in page.response.text
    assert "ZeroDivisionError" in caplog.text


@on_sqlite
@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/nowhere", 404, "There is no such page"),
        ("POST", "/", 405, "This address does not take that request"),
        ("POST", "/login", 400, "This page was open for too long"),
    ],
)
def test_error_pages(client, method, path, status, said):
    page = client.request(method, path, status=status)
    assert said in page.text
    assert page.title.startswith(said)


def test_a_form_that_is_too_large(client, database):
    with database.writing() as session:
        make_survey(session)
    page = client.get("/s/life").send()
    page = page.submit(life="1", why="x" * 600_000, status=413)
    assert "That is too large" in page.text
    with database.reading() as session:
        assert session.scalars(select(Response.answers)).all() == [{}]


@on_sqlite
def test_an_upload_that_is_too_large(app, client):
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    file = (io.BytesIO(b"x" * 20_000), "answers.csv")
    page = client.request("POST", "/login", status=413, data={"file": file})
    assert "Send a smaller file" in page.text


@on_sqlite
def test_too_many_fields(client):
    page = client.request("POST", "/login", status=413, data=_multipart(1500))
    assert "That is too large" in page.text


def _multipart(n_fields: int) -> dict:
    fields = {f"field{number}": "x" for number in range(n_fields)}
    return fields | {"file": (io.BytesIO(b"x"), "x.txt")}


@on_sqlite
def test_headers(client):
    response = client.get("/").response
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


@on_sqlite
def test_static_files_are_kept_under_a_name_that_changes_with_them(client):
    page = client.get("/")
    (stylesheet,) = [each for each in page.all(".//link") if each.get("rel") == "stylesheet"]
    kept = client.get(stylesheet.get("href", "")).response
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in client.get("/static/cityvoice.css").response.headers["Cache-Control"]
    assert client.client.get("/static/../app.py").status_code == 404


@on_sqlite
def test_a_view_that_does_not_say_who_may_call_it_stops_the_start(config, database, monkeypatch):
    monkeypatch.delattr(manage, "access")
    with pytest.raises(LookupError, match=r"no access declared .* surveys\.manage"):
        create_app(config)


@on_sqlite
def test_only_a_proxy_in_production_says_how_the_visitor_came(config, database):
    with running(replace(config, is_production=True)) as app:
        page = Browser(app).client.get("/login", headers={"X-Forwarded-Proto": "https"})
        assert "Secure" in next(each for each in page.headers.getlist("Set-Cookie") if "session=" in each)
