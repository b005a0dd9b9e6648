"""Logging in and out: wrong passwords, throttling, forged forms, ways to other sites."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from cityvoice.accounts.models import Account, AuditEntry, LoginAttempt
from cityvoice.accounts.types import Role
from cityvoice.core import clock
from tests.browsing import Browser
from tests.databases import on_sqlite
from tests.factories import PASSWORD, make_account

EMAIL = "official@city.example"


@pytest.fixture(autouse=True)
def official(database):
    with database.writing() as session:
        make_account(session, EMAIL, Role.OFFICIAL)


def actions(database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def fail(client, times: int, email: str = EMAIL) -> None:
    for _time in range(times):
        page = client.get("/login").submit(email=email, password="wrong", status=422)
        assert "The e-mail address or the password is wrong." in page.text


def test_login_and_logout(client, database):
    page = client.get("/surveys", status=302).follow_redirect()
    page = page.send(email=EMAIL.upper(), password=PASSWORD, status=302)
    assert page.title.startswith("Surveys")
    assert "official" in page.text
    page.submit("/logout", status=302)
    client.get("/surveys", status=302)
    assert actions(database) == ["account.logged_in", "account.logged_out"]


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@city.example", PASSWORD)])
def test_wrong_credentials_tell_nothing_and_are_counted(client, database, email, password):
    page = client.get("/login").submit(email=email, password=password, status=422)
    assert "The e-mail address or the password is wrong." in page.text
    assert password not in str(page.fields())
    assert page.fields()["email"] == [email]
    client.get("/surveys", status=302)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LoginAttempt)) == 2  # by address, by network


@on_sqlite
def test_empty_fields_are_named(client):
    page = client.get("/login").submit(status=422)
    assert "Enter your e-mail address." in page.text
    assert "Enter your password." in page.text


@on_sqlite
def test_a_disabled_account_is_no_account(client, database):
    with database.writing() as session:
        session.scalars(select(Account)).one().is_enabled = False
    page = client.get("/login").submit(email=EMAIL, password=PASSWORD, status=422)
    assert "The e-mail address or the password is wrong." in page.text


@on_sqlite
def test_an_account_disabled_while_logged_in_is_out(client, database):
    client.get("/login").submit(email=EMAIL, password=PASSWORD, status=302)
    client.get("/surveys")
    with database.writing() as session:
        session.scalars(select(Account)).one().is_enabled = False
    client.get("/surveys", status=302)


def test_five_failures_close_the_door_for_a_quarter(client, database, monkeypatch):
    fail(client, 5)
    page = client.get("/login").submit(email=EMAIL, password=PASSWORD, status=429)
    assert "Too many failed attempts." in page.text
    fail(client, 1, "another@city.example")
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    client.get("/login").submit(email=EMAIL, password=PASSWORD, status=302)
    assert actions(database) == ["account.logged_in"]


@on_sqlite
def test_fifty_failures_close_the_door_for_a_network(app, client, database):
    fail(client, 1, "a@city.example")
    fail(client, 1, "b@city.example")
    counts = select(LoginAttempt.key).group_by(LoginAttempt.key).having(func.count() == 2)
    with database.writing() as session:
        network = session.scalars(counts).one()
        session.add_all(LoginAttempt(key=network) for _time in range(48))
    client.get("/login").submit(email=EMAIL, password=PASSWORD, status=429)
    elsewhere = Browser(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    elsewhere.get("/login").submit(email=EMAIL, password=PASSWORD, status=302)


def test_a_form_without_its_token_is_refused(client):
    page = client.post("/login", {"email": EMAIL, "password": PASSWORD}, status=400)
    assert "This page was open for too long" in page.text
    client.get("/surveys", status=302)


@on_sqlite
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
        "evil",
        "",
    ],
)
def test_login_leads_to_no_other_site(client, address):
    page = client.get(f"/login?next={quote(address)}")
    assert page.submit(email=EMAIL, password=PASSWORD, status=302).response.headers["Location"] == "/surveys"


@on_sqlite
def test_login_leads_on_to_what_was_asked_for(client):
    page = client.get("/surveys?a=1", status=302).follow_redirect().follow("English")
    page = page.submit(email=EMAIL, password=PASSWORD, status=302)
    assert page.response.headers["Location"] == "/surveys?a=1"


@on_sqlite
def test_cookies_are_kept_from_scripts_and_other_sites(app, client):
    response = client.get("/login").submit(email=EMAIL, password=PASSWORD, status=302).response
    (cookie,) = [each for each in response.headers.getlist("Set-Cookie") if each.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@on_sqlite
def test_the_administrator_reads_the_audit_log(client, login):
    fail(client, 1)
    text = login(Role.ADMINISTRATOR).get("/audit-log").text
    assert "administrator@city.example account.logged_in" in text
    login(Role.OFFICIAL, Role.ANALYST).get("/audit-log", status=403)
