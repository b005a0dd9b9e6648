"""100,000 responses to 40 questions: seconds and memory of answers files, seconds of the live results page.

Each job runs in a process of its own; seconds leave out its start. The page is asked for at first, once more,
and after one more resident has answered; and then all over again of a server that has just begun.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert

from cityvoice.accounts.services import create_account
from cityvoice.accounts.types import Role
from cityvoice.app import create_app
from cityvoice.core.config import Config
from cityvoice.core.db import Database
from cityvoice.questionnaire.document import load_document
from cityvoice.surveys import services
from cityvoice.surveys.exports.files import AnswersFormat, write_answers
from cityvoice.surveys.exports.rows import stream_rows
from cityvoice.surveys.models import Case, Response
from cityvoice.surveys.published import data_questionnaire, published_version
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.types import CaseOrigin, ResponseStatus
from cityvoice.web import workers
from tests.databases import config_of, migrate

N_RESPONSES, N_QUESTIONS = 100_000, 40
SLUG = "large"
POINTS = ("not at all", "little", "fairly", "much", "very much")


def questionnaire() -> Any:
    options = [{"code": str(code), "label": {"en": label}} for code, label in enumerate(POINTS, 1)]
    questions = [
        {"name": f"q{number}", "kind": "single", "ordered": True, "text": {"en": f"Question {number}?"}}
        | {"options": options, "favourable": ["4", "5"]}
        for number in range(N_QUESTIONS)
    ]
    page = {"name": "page", "title": {"en": "Page"}, "questions": questions}
    return load_document({"title": {"en": "Large"}, "languages": ["en"], "sections": [page]})


def fill(config: Config, n: int) -> None:
    """A closed survey with `n` complete responses."""
    migrate(config)
    dice = Random(1)  # noqa: S311 - answers, no secrets
    with Database(config.database_url).writing() as session:
        survey = services.create_survey(session, slug=SLUG, questionnaire=questionnaire())
        services.open_survey(session, survey=survey)
        version, wave = published_version(survey).id, survey.current_wave.id
        case = {"survey_id": survey.id, "wave_id": wave, "origin": CaseOrigin.IMPORTED, "base_weight": 1.0}
        session.execute(insert(Case), [{**case, "id": number} for number in range(1, n + 1)])
        response = {
            "survey_id": survey.id,
            "version_id": version,
            "status": ResponseStatus.COMPLETE,
            "mode": "cawi",
        }
        session.execute(
            insert(Response),
            [{**response, "case_id": number, "answers": _answers(dice)} for number in range(1, n + 1)],
        )
        person = {"email": "a@city.example", "name": "A", "password": "long enough 1"}
        create_account(session, **person, roles=[Role.ANALYST])


def _answers(dice: Random) -> dict[str, str]:
    return {f"q{number}": dice.choice("12345") for number in range(N_QUESTIONS)}


def export(config: Config, form: AnswersFormat) -> float:
    """Seconds of one file."""
    began = time.perf_counter()
    with Database(config.database_url).reading() as session:
        survey = get_survey(session, SLUG)
        rows = stream_rows(session, survey)
        write_answers(config.instance / f"out.{form}", form, data_questionnaire(survey), rows, "en")
    return time.perf_counter() - began


def page(config: Config) -> list[float]:
    """Seconds of the results page: at first, again, and with one more response."""
    app = create_app(config)
    workers.when_ready(app)  # as the server sets its workers up
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "1"
    times = [_timed(lambda: client.get(f"/surveys/{SLUG}/results")) for _ in range(2)]
    with Database(config.database_url).writing() as session:
        survey = get_survey(session, SLUG)
        case = Case(survey_id=survey.id, wave_id=survey.current_wave.id, origin=CaseOrigin.IMPORTED)
        session.add(
            Response(
                survey_id=survey.id,
                case=case,
                version_id=published_version(survey).id,
                status=ResponseStatus.COMPLETE,
                answers=_answers(Random(2)),  # noqa: S311
            )
        )
    return [*times, _timed(lambda: client.get(f"/surveys/{SLUG}/results"))]


def _timed(ask: Callable[[], Any]) -> float:
    began = time.perf_counter()
    answer = ask()
    if answer.status_code != 200:
        raise SystemExit(f"the page answers {answer.status}")
    return time.perf_counter() - began


JOBS: dict[str, Callable[[Config], Any]] = {
    "CSV, codes": lambda config: export(config, AnswersFormat.CSV),
    "CSV, in words": lambda config: export(config, AnswersFormat.WORDS),
    "XLSX": lambda config: export(config, AnswersFormat.XLSX),
    "results page": page,
    "results page, new server": page,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=N_RESPONSES)
    parser.add_argument("--job", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        name, folder = options.job
        seconds = JOBS[name](_config(Path(folder)))
        print(json.dumps([seconds if isinstance(seconds, list) else [seconds], _peak_mb()]))
        return
    print(f"{options.responses} responses, {N_QUESTIONS} questions, {time.strftime('%Y-%m-%d')}\n")
    print("| job | seconds | peak MB |\n| --- | --- | --- |")
    with TemporaryDirectory() as folder:
        fill(_config(Path(folder)), options.responses)
        for name in JOBS:
            command = [sys.executable, "-m", "benchmarks.answers", "--job", name, folder]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds, peak = json.loads(done.stdout)
            print(f"| {name} | {', '.join(f'{each:.2f}' for each in seconds)} | {peak:.0f} |", flush=True)


def _peak_mb() -> float:
    """The most memory that this process ever had; what `resource` says counts the parent's, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _config(folder: Path) -> Config:
    return config_of(folder, f"sqlite:///{folder / 'large.sqlite3'}")


if __name__ == "__main__":
    main()
