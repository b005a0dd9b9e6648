"""A server that is killed while residents answer loses no page that it confirmed, and stores nobody twice."""

import os
from collections.abc import Iterable, Mapping
from http.client import HTTPException
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
from sqlalchemy import select

from cityvoice.surveys import services
from cityvoice.surveys.documents import read_survey_document
from cityvoice.surveys.models import Response
from tests.serving import Server, free_port
from tests.walking import Walker

DOCUMENT = Path(__file__).parents[2] / "benchmarks" / "everyday.yaml"
N_AT_A_TIME = 5
N_KILLS = 2


@pytest.fixture
def server(config, database):
    with database.writing() as session:
        questionnaire = read_survey_document(DOCUMENT).questionnaire
        survey = services.create_survey(session, slug="everyday", questionnaire=questionnaire)
        services.open_survey(session, survey=survey)
    port = free_port()
    environment = os.environ | {
        "CITYVOICE_INSTANCE": str(config.instance),
        "CITYVOICE_DATABASE_URL": config.database_url,
        "CITYVOICE_LOCALE": "en",
    }
    server = Server(environment, port, "everyday")
    yield server
    server.stop()


class Residents:
    """Some answer at any time, one after the other, until told that those under way are the last."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.walkers: list[Walker] = []
        self.n_broken = 0
        self.failures: list[BaseException] = []
        self._last, self._up = Event(), Event()
        self._threads = [Thread(target=self._answer, args=(place,)) for place in range(N_AT_A_TIME)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def server_is(self, up: bool) -> None:
        self._up.set() if up else self._up.clear()

    def finish(self) -> None:
        self._last.set()
        for thread in self._threads:
            thread.join()

    def _answer(self, place: int) -> None:
        number = 0
        while not self._last.is_set() and not self.failures:
            number += 1
            words = f"resident {place}-{number}"
            dice = Random(words)  # noqa: S311 - answers, no secrets
            walker = Walker(self.address, dice, words=words)
            self.walkers.append(walker)
            try:
                self._walk(walker)
            except BaseException as error:
                self.failures.append(error)
            finally:
                walker.close()

    def _walk(self, walker: Walker) -> None:
        while not walker.has_finished:
            self._up.wait()
            try:
                for _page in walker.walk():
                    pass
            except (OSError, HTTPException):
                self.n_broken += 1
                sleep(0.05)


def test_a_killed_server_loses_no_confirmed_page(server, database):
    dice = Random(20261123)  # noqa: S311 - moments, no secrets
    residents = Residents(server.address)
    server.start()
    residents.server_is(up=True)
    residents.start()
    for _ in range(N_KILLS):
        sleep(dice.uniform(0.4, 1.2))
        residents.server_is(up=False)
        server.kill()
        server.start()
        residents.server_is(up=True)
    sleep(0.5)
    residents.finish()

    assert residents.failures == []
    assert residents.n_broken > 0, "no resident noticed that the server was killed"
    with database.reading() as session:
        stored = list(session.scalars(select(Response)))
        complete = [response for response in stored if response.is_complete]
        assert len(complete) == len(residents.walkers)
        for walker in residents.walkers:
            theirs = [response for response in stored if walker.words in response.answers.values()]
            assert len(theirs) == 1
            assert unconfirmed(walker.confirmed.values(), theirs[0].answers) == {}


def unconfirmed(pages: Iterable[list[tuple[str, str]]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """What stands otherwise in the answers than on the pages that the server confirmed."""
    sent: dict[str, list[str]] = {}
    for page in pages:
        for name, value in page:
            if not name.startswith("_"):
                sent.setdefault(name, []).append(value)
    found = {name: answers.get(name) for name in sent}
    texts = {name: sorted(each) if isinstance(each, list) else [str(each)] for name, each in found.items()}
    return {name: (sent[name], texts[name]) for name in sent if sorted(sent[name]) != texts[name]}
