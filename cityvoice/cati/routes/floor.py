"""The supervisor's live board, and why the queue gives what it gives."""

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import format_datetime

from cityvoice.accounts.guards import allows
from cityvoice.accounts.types import Role
from cityvoice.cati import services
from cityvoice.cati.routes import bp
from cityvoice.cati.services.board import floor_board
from cityvoice.cati.services.explaining import explain_queue, find_unserved
from cityvoice.cati.words.floor import case_states, slots
from cityvoice.core import clock
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.web.extensions import db


@bp.get("/<slug>/floor")
@allows(Role.SUPERVISOR)
def board(slug: str) -> str:
    survey = survey_or_404(slug)
    return render_template("cati/floor/board.html", survey=survey, **_board(survey))


@bp.get("/<slug>/floor/now")
@allows(Role.SUPERVISOR)
def board_now(slug: str) -> str:
    """The part of the board that changes, for the script that keeps it current."""
    survey = survey_or_404(slug)
    return render_template("cati/floor/now.html", survey=survey, **_board(survey))


@bp.get("/<slug>/floor/queue")
@allows(Role.SUPERVISOR)
def floor_queue(slug: str) -> str:
    survey = survey_or_404(slug)
    plan = services.plan_of(db.session(), survey)
    parts, n_shut_out = explain_queue(db.session(), survey=survey, plan=plan)
    return render_template(
        "cati/floor/queue.html",
        survey=survey,
        plan=plan,
        queue_parts=parts,
        n_shut_out=n_shut_out,
        unserved=find_unserved(db.session(), survey),
        slots=slots,
        at=hour,
        states=case_states,
    )


def hour(moment: datetime) -> str:
    """A moment of today on the city's clock."""
    return str(format_datetime(moment.astimezone(clock.CITY_TIME), "HH:mm", rebase=False))


def _board(survey: Survey) -> dict[str, Any]:
    plan = services.plan_of(db.session(), survey)
    found = floor_board(db.session(), survey=survey, plan=plan)
    return {"board": found, "plan": plan, "slots": slots, "states": case_states, "at": hour}
