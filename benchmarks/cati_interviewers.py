"""An interviewer at a browser, over real HTTP: takes the next case, calls, interviews or not, records it."""

import re
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from random import Random
from urllib.parse import urlencode

from tests.factories import PASSWORD

KEY = re.compile(r'name="_key" value="(\w+)"')
CSRF = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "interviewer"}
OUTCOMES = ("no_answer", "no_answer", "no_answer", "busy", "machine", "soft_refusal_household", "not_called")
ANSWERS = {"life": "3", "years": "12", "score": "7", "district": "1", "sex": "F"}
IDLE = 3.0  # seconds after which a connection is not used again
INTERVIEWS = 0.15  # of the calls
RINGING, QUESTION = (8.0, 25.0), (1.0, 3.0)  # seconds, of a call and of a question


@dataclass
class Claimed:
    """A case on this interviewer's screen, from one moment to another."""

    case_id: int
    who: int
    since: float
    until: float
    key: str  # of the ledger's entry
    is_interview: bool = False
    is_confirmed: bool = False


@dataclass
class Interviewer:
    port: int
    email: str
    number: int
    claims: list[Claimed] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)  # seconds until the server had a case
    pages: list[float] = field(default_factory=list)  # seconds until it was on the screen
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = Random(self.number)  # noqa: S311 - who answers, no secrets
        self.cookies: SimpleCookie = SimpleCookie()
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.csrf, self.last = "", 0.0

    def log_in(self) -> None:
        self.csrf = CSRF.findall(self._ask("GET", "/login")[1])[0]
        self._post("/login", email=self.email, password=PASSWORD)
        self.csrf = CSRF.findall(self._ask("GET", "/cati/life/")[1])[0]
        address = self._post("/cati/life/case").partition("?")[0]  # so that every worker has done it once
        (key,) = set(KEY.findall(self._ask("GET", address)[1]))
        self._post(f"{address}/release", _key=key)

    def work(self, until: float) -> None:
        time.sleep(self.dice.uniform(0, RINGING[1]))  # nobody begins in the same second
        while time.monotonic() < until:
            try:
                self._call()
            except (OSError, HTTPException, LookupError) as error:
                self.errors.append(f"{self.email}: {error!r}")
                self.connection.close()
        self.connection.close()

    def _call(self) -> None:
        began = time.monotonic()
        address = self._post("/cati/life/case").partition("?")[0]
        if not address.rpartition("/")[2].isdecimal():
            raise LookupError(f"no case: {address}")
        self.waits.append(time.monotonic() - began)
        page = self._ask("GET", address)[1]
        self.pages.append(time.monotonic() - began)
        (key,) = set(KEY.findall(page))
        case = int(address.rpartition("/")[2])
        claim = Claimed(case, self.number, began, began, f"call:{case}:{key}")
        claim.since, claim.until = time.monotonic(), float("inf")
        self.claims.append(claim)
        if self.dice.random() < INTERVIEWS:
            claim.is_interview = True
            self._interview(address, key)
            done = self._post(f"{address}/complete", _key=key)
        else:
            time.sleep(self.dice.uniform(*RINGING))
            claim.until = time.monotonic()  # from the moment that it is sent, the case may be another's
            done = self._post(f"{address}/outcome", _key=key, outcome=self.dice.choice(OUTCOMES))
        claim.until = min(claim.until, time.monotonic())
        claim.is_confirmed = "lost=" not in done
        if not claim.is_confirmed:
            self.errors.append(f"{self.email}: case {case} was lost")

    def _interview(self, address: str, key: str) -> None:
        self._post(f"{address}/talk", _key=key)
        self._post(f"{address}/notice", _key=key)
        self._ask("GET", f"{address}/whole")
        for number, (question, answer) in enumerate(ANSWERS.items(), start=1):
            time.sleep(self.dice.uniform(*QUESTION))
            given = {question: answer, "_key": key, "_number": str(number), "_question": question}
            self._post(f"{address}/answers", **given)

    def _post(self, path: str, **form: str) -> str:
        """Where it leads."""
        return self._ask("POST", path, form | {"csrf_token": self.csrf})[0]

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        if time.monotonic() - self.last > IDLE:  # the server has closed it, as a browser would notice
            self.connection.close()
        headers = dict(HEADERS, Cookie="; ".join(f"{k}={v.value}" for k, v in self.cookies.items()))
        body = None if form is None else urlencode(form)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text, self.last = answer.read().decode(), time.monotonic()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.load(line)
        if answer.status >= 400:
            raise LookupError(f"{method} {path}: {answer.status} {text[:200]}")
        return answer.headers.get("Location", ""), text
