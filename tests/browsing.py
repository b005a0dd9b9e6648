"""A browser without JavaScript, which checks every page it is given and every request it makes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask, request_tearing_down
from sqlalchemy import event
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from cityvoice.core.config import LOCALES
from cityvoice.web.extensions import db
from cityvoice.web.security import CONTENT_SECURITY_POLICY, HEADERS

ORIGIN = "http://localhost"
READS = re.compile(r"\s*(SELECT|PRAGMA|BEGIN|SHOW|WITH|SAVEPOINT|RELEASE|ROLLBACK)\b", re.IGNORECASE)
SAFE = ("GET", "HEAD", "OPTIONS")


class Traffic:
    """What the requests of an application did to its database."""

    def __init__(self, app: Flask) -> None:
        self.written: list[str] = []
        self.uncommitted: list[str] = []
        self.left_over: list[object] = []
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._execute)
            event.listen(db.engine, "commit", lambda _connection: self.uncommitted.clear())
        request_tearing_down.connect(self._look_at_session, app)

    def begin(self) -> None:
        self.written, self.uncommitted, self.left_over = [], [], []

    def check(self, method: str, response: TestResponse) -> None:
        assert not self.left_over, f"the view left changes in the session: {self.left_over}"
        if method in SAFE:
            assert not self.written, f"{method} wrote to the database: {self.written}"
        elif response.status_code < 400:
            assert not self.uncommitted, f"written, but never committed: {self.uncommitted}"

    def _execute(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not READS.match(statement):
            self.written.append(statement)
            self.uncommitted.append(statement)

    def _look_at_session(self, _app: Flask, **_rest: Any) -> None:
        if db.session.registry.has():
            session = db.session()
            self.left_over += [*session.new, *session.dirty, *session.deleted]


@dataclass
class Page:
    """A response, as a person meets it."""

    browser: "Browser"
    response: TestResponse
    path: str
    root: Element | None = field(repr=False, default=None)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        """The words that are to be seen on the page (not its title), one space between them."""
        body = self.root.find("body") if self.root is not None else None
        return " ".join(" ".join(_seen(body)).split()) if body is not None else self.response.text

    @property
    def title(self) -> str:
        return "".join(self.one(".//title").itertext())

    def all(self, path: str) -> list[Element]:
        assert self.root is not None, f"{self.path} is no page"
        return self.root.findall(path)

    def one(self, path: str) -> Element:
        found = self.all(path)
        assert found, f"{self.path} has no {path}: {self.text[:500]}"
        return found[0]

    def follow(self, words: str) -> "Page":
        """Click the link with these words."""
        for link in self.all(".//a"):
            if " ".join("".join(link.itertext()).split()) == words:
                return self.browser.get(urljoin(self.path, link.get("href", "")))
        raise AssertionError(f"{self.path} has no link {words!r}")

    def form(self, action: str = "") -> Element:
        """The first form of the page's content, or the one whose action ends so."""
        for form in self.all(".//form"):
            target = form.get("action") or self.path
            if target.endswith(action) and (action or not target.endswith("/logout")):
                return form
        raise AssertionError(f"{self.path} has no form {action!r}")

    def fields(self, action: str = "") -> dict[str, list[str]]:
        """What a browser would send for a form that nobody has touched."""
        values: dict[str, list[str]] = {}
        form = self.form(action)
        disabled = [each for each in form.iter() if each.get("disabled") is not None]
        unsent = {id(control) for part in disabled for control in part.iter()}
        for control in form.iter():
            name = control.get("name") if id(control) not in unsent else None
            if control.tag == "textarea" and name:
                values.setdefault(name, []).append(control.text or "")
            elif control.tag == "input" and name and _is_sent(control):
                values.setdefault(name, []).append(control.get("value", "on"))
        return values

    def submit(self, form: str = "", *, press: str = "", status: int | None = None, **typed: Any) -> "Page":
        """Fill in a form and send it: `typed` values, or lists of them, in place of what the page holds.

        `press` is the button's words; without them it is the first button, as when one presses Enter.
        """
        values = self.fields(form) | typed
        for button in self.form(form).iter("button"):
            if not press or " ".join("".join(button.itertext()).split()) == press:
                if button.get("name"):
                    values[button.get("name", "")] = button.get("value", "")
                break
        else:
            raise AssertionError(f"{self.path} has no button {press!r}")
        target = urljoin(self.path, self.form(form).get("action") or self.path)
        return self.browser.post(target, values, status=status)

    def follow_redirect(self) -> "Page":
        return self.browser.get(self.response.headers["Location"])

    def send(self, form: str = "", *, press: str = "", **typed: Any) -> "Page":
        """As `submit`; gives the page that one then sees: where a redirect led, or what was answered, at its
        own address as script notes it.
        """
        sent = self.submit(form, press=press, **typed)
        if sent.root is None:
            return sent.follow_redirect()
        sent.path = next((link.get("href", "") for link in sent.all(".//link[@rel='canonical']")), sent.path)
        return sent


class Browser:
    """Flask's test client that fails on a page, or a request, that breaks the house's rules."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        self.app = app
        self.client = app.test_client()
        self.client.set_cookie("lang", language)
        self.traffic = app.extensions.setdefault("traffic", None) or Traffic(app)
        app.extensions["traffic"] = self.traffic

    def get(self, path: str, *, status: int = 200) -> Page:
        return self.request("GET", path, status=status)

    def post(self, path: str, values: dict[str, Any] | None = None, *, status: int | None = None) -> Page:
        """Without `status` it must be taken: by a redirect, or with the next page of a questionnaire."""
        page = self.request("POST", path, status=status, data=values)
        is_taken = page.status == 303 or (page.status == 200 and path.startswith("/s/"))
        assert status is not None or is_taken, f"POST {path}: {page.status}: {page.text[:800]}"
        return page

    def request(self, method: str, path: str, *, status: int | None = None, **arguments: Any) -> Page:
        self.traffic.begin()
        response = self.client.open(path, method=method, buffered=True, **arguments)
        page = Page(self, response, path)
        if response.mimetype == "text/html" and response.status_code not in (301, 302, 303, 308):
            page.root = self._read(response, path)
        if status not in (None, response.status_code):
            where = response.headers.get("Location", "")
            raise AssertionError(f"{method} {path}: {response.status} {where}: {page.text[:800]}")
        self.traffic.check(method, response)
        for name in HEADERS:
            assert name in response.headers, f"{path} lacks the header {name}"
        if location := response.headers.get("Location"):
            assert resolves(self.app, location), f"{path} redirects to {location}, which does not exist"
        return page

    def _read(self, response: TestResponse, path: str) -> Element:
        if not response.text.lstrip().lower().startswith("<!doctype"):  # a part of a page, fetched by script
            fragment = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
            return fragment.parseFragment(response.text)
        assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(response.text)
        problems = list(problems_of(root, self.app, path))
        assert not problems, f"{path}: {problems}"
        return root


def problems_of(root: Element, app: Flask, path: str) -> Iterator[str]:
    """What is wrong with a page that is well-formed."""
    if root.get("lang") not in LOCALES:
        yield f"its language is {root.get('lang')!r}"
    title = "".join(root.find("head/title").itertext()).strip()
    if not title or title.startswith("–"):
        yield f"its title is {title!r}"
    if len(root.findall(".//h1")) != 1:
        yield f"it has {len(root.findall('.//h1'))} first headings"
    yield from _ids(root)
    for element in root.iter():
        yield from _inline(element)
        yield from _forms(element, app, path)
        yield from _links(element, app, path)


def _ids(root: Element) -> Iterator[str]:
    ids = [element.get("id") for element in root.iter() if element.get("id") is not None]
    yield from (f"the id {each!r} stands {ids.count(each)} times" for each in set(ids) if ids.count(each) > 1)
    yield from (
        f"the id {each!r} is empty or has a space" for each in ids if not each or re.search(r"\s", each)
    )
    for element in root.iter():
        named = {name: (element.get(name) or "").split() for name in ("aria-describedby", "aria-labelledby")}
        if "for" in element.keys():  # noqa: SIM118 - an Element is no mapping
            named["for"] = [element.get("for", "")]
        for attribute, wanted in named.items():
            yield from (f"{attribute} names {each!r}, which is nowhere" for each in wanted if each not in ids)
        if (target := element.get("href", "")).startswith("#") and target[1:] not in ids:
            yield f"a link leads to {target}, which is nowhere"


def _inline(element: Element) -> Iterator[str]:
    if element.tag == "style" or (element.tag == "script" and (element.text or not element.get("src"))):
        yield f"it has an inline {element.tag}"
    for name in element.keys():  # noqa: SIM118 - an Element is no mapping
        if name == "style" or str(name).lower().startswith("on"):
            yield f"<{element.tag}> has the attribute {name}"


def _forms(element: Element, app: Flask, path: str) -> Iterator[str]:
    if element.tag != "form":
        return
    method = (element.get("method") or "get").upper()
    target = urljoin(path, element.get("action") or path)
    if not resolves(app, target, method):
        yield f"a form sends {method} to {target}, which takes none"
    proofs = [
        each.get("value") for each in element.iter("input") if each.get("name") in ("csrf_token", "_token")
    ]
    is_secret = urlsplit(target).path.startswith("/t/")  # the address itself is the proof
    if method == "POST" and not is_secret and (len(proofs) != 1 or not proofs[0]):
        yield f"the form to {target} has {len(proofs)} tokens against forgery"


def _links(element: Element, app: Flask, path: str) -> Iterator[str]:
    for attribute in ("href", "src", "data-refresh"):
        address = element.get(attribute)
        if address and not address.startswith(("#", "tel:")) and not resolves(app, urljoin(path, address)):
            yield f"{attribute} leads to {address}, which does not exist"


def resolves(app: Flask, address: str, method: str = "GET") -> bool:
    """Whether an address of this site leads to a view; other sites' addresses are none of ours."""
    parts = urlsplit(urljoin(ORIGIN, address))
    if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
        return False
    try:
        app.url_map.bind("localhost").match(parts.path, method=method)
    except HTTPException:
        return False
    return True


def _seen(element: Element) -> Iterator[str]:
    """The words in an element that are not hidden until script shows them."""
    yield element.text or ""
    for child in element:
        if child.get("hidden") is None:
            yield from _seen(child)
        yield child.tail or ""


def _is_sent(control: Element) -> bool:
    return control.get("type") not in ("radio", "checkbox") or control.get("checked") is not None
