"""A resident with a browser, over real HTTP: reads the form of each page, answers it, presses the button."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from random import Random
from urllib.parse import urlencode, urlsplit

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Pairs = list[tuple[str, str]]


class Form(HTMLParser):
    """A survey page: its own address, its one form's fields in order, and the button that leads on."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.address = ""
        self.action: str | None = None
        self.fixed: Pairs = []
        self.choices: dict[tuple[str, str], list[str]] = {}  # by type and name
        self.numbers: list[str] = []
        self.words: list[str] = []
        self.button: tuple[str, str] | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        match tag:
            case "link" if given.get("rel") == "canonical":
                self.address = given["href"]
            case "form":
                self.action = given.get("action")
            case "input" if given.get("type") == "hidden":
                self.fixed.append((name, value))
            case "input" if given.get("type") in ("radio", "checkbox"):
                self.choices.setdefault((given["type"], name), []).append(value)
            case "input":
                is_number = given.get("inputmode") in ("numeric", "decimal")
                (self.numbers if is_number else self.words).append(name)
            case "textarea":
                self.words.append(name)
            case "select":
                self._select = name
            case "option" if value:
                self.choices.setdefault(("radio", self._select), []).append(value)
            case "button" if self.button is None:
                self.button = (name, value)

    def answer(self, dice: Random, number: str, words: str) -> Pairs:
        pairs = list(self.fixed)
        for (kind, name), values in self.choices.items():
            chosen = dice.sample(values, dice.randint(1, len(values)) if kind == "checkbox" else 1)
            pairs += [(name, value) for value in chosen]
        pairs += [(name, number) for name in self.numbers] + [(name, words) for name in self.words]
        return pairs + ([self.button] if self.button and self.button[0] else [])


@dataclass
class Walker:
    """One person. What the server confirmed, by the next page or a redirect that came, is noted.

    Attributes
    ----------
    confirmed
        Answers by page address, of every page of questions that was sent and answered with what follows.
    """

    address: str  # http://host:port/s/slug
    dice: Random
    number: str = "1980"  # typed wherever a number is asked for
    words: str = "więcej zieleni"  # and words
    timeout: float = 30
    confirmed: dict[str, Pairs] = field(default_factory=dict)
    has_finished: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        self._connection = HTTPConnection(parts.netloc, timeout=self.timeout)
        self._cookies: SimpleCookie = SimpleCookie()
        self._next = parts.path

    def walk(self) -> Iterator[str]:
        """Answer page by page to the end; gives each page's address after it was confirmed.

        Raises
        ------
        OSError, http.client.HTTPException
            when the server is gone. Called again, it goes on at the page that was not confirmed.
        """
        html = ""
        while not self.has_finished:
            form = Form(html or self._get())
            if form.action is None or self._next.endswith("/thanks"):
                self.has_finished = True
                return
            pairs = form.answer(self.dice, self.number, self.words)
            status, body, there = self._request("POST", form.action, urlencode(pairs))
            if status not in (200, 303):
                raise AssertionError(f"{form.action}: {status} instead of what follows")
            if "/p/" in form.action:
                self.confirmed[form.action] = pairs
            html = "" if there else body
            self._next = there or Form(body).address
            yield form.action

    def close(self) -> None:
        self._connection.close()

    def _get(self) -> str:
        status, body, there = self._request("GET", self._next)
        while status in (302, 303):
            self._next = there
            status, body, there = self._request("GET", self._next)
        if status != 200:
            raise AssertionError(f"{self._next}: {status}")
        return body

    def _request(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items())
        headers = {"Cookie": cookie} | (FORM if body else {})
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            content = response.read().decode()
        except BaseException:
            self._connection.close()  # the next request opens another one
            raise
        for line in response.headers.get_all("Set-Cookie", []):
            self._cookies.load(line)
        return response.status, content, re.sub(r"^https?://[^/]+", "", response.headers.get("Location", ""))
