"""A real server with the demo city, and a real Chromium, shared by all journeys."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

DOCUMENTS = Path(__file__).parents[1] / "documents"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",  # root in a container has no other choice
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1100, "height": 900}
PATIENCE = 60  # seconds for the server to answer for the first time


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `cityvoice serve` with a job worker, on a fresh instance with the demo city."""
    instance = tmp_path_factory.mktemp("instance")
    port = _free_port()
    environment = {**os.environ, "CITYVOICE_INSTANCE": str(instance), "PORT": str(port)}
    environment.pop("CITYVOICE_DATABASE_URL", None)
    every_kind = ["survey", "import", str(DOCUMENTS / "every_kind.yaml"), "--slug", "every-kind", "--open"]
    right_to_left = ["survey", "import", str(DOCUMENTS / "right_to_left.yaml"), "--slug", "rtl", "--open"]
    city_map = ["territory", "map", str(DOCUMENTS / "districts.geojson")]
    for command in (["db", "upgrade"], ["demo", "load"], every_kind, right_to_left, city_map):
        subprocess.run([sys.executable, "-m", "cityvoice", *command], env=environment, check=True)
    serve = subprocess.Popen([sys.executable, "-m", "cityvoice", "serve"], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address, serve)
        yield address
    finally:
        serve.terminate()
        serve.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=_chromium(), args=CHROMIUM_FLAGS)
        yield started
        started.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    yield from _page(browser.new_context(viewport=PHONE))


@pytest.fixture
def phone_without_script(browser: Browser) -> Iterator[Page]:
    yield from _page(browser.new_context(viewport=PHONE, java_script_enabled=False))


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    yield from _page(browser.new_context(viewport=DESKTOP, accept_downloads=True))


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()


def _page(context: BrowserContext) -> Iterator[Page]:
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def _chromium() -> str | None:
    """Debian's browser where there is one; None lets Playwright use the one it installed."""
    wanted = (os.environ.get("CITYVOICE_CHROMIUM", ""), *CHROMIUM_NAMES)
    return next((found for name in wanted if name and (found := shutil.which(name))), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_it_answers(address: str, serve: subprocess.Popen[bytes]) -> None:
    pause = Event()
    for _attempt in range(PATIENCE * 5):
        assert serve.poll() is None, "the server ended before it answered"
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own loopback address
        except OSError:
            pause.wait(0.2)
        else:
            return
    raise AssertionError(f"no answer from {address} within {PATIENCE} seconds")
