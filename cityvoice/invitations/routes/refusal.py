"""Whoever was invited can say that they want no more mail. Opening the address asks; only a POST does it."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from cityvoice.accounts.guards import everyone
from cityvoice.invitations import services
from cityvoice.invitations.routes import bp
from cityvoice.surveys.models import Participant, Survey
from cityvoice.surveys.services import find_participant
from cityvoice.web.extensions import db
from cityvoice.web.security import holds_secret
from cityvoice.web.transactions import writes


@bp.get("/t/<token>/stop")
@everyone
def stop(token: str) -> ResponseReturnValue:
    return _page(_participant(token), token)


@bp.post("/t/<token>/stop")
@holds_secret  # mail programs send this by themselves when their button is pressed (RFC 8058)
@everyone
@writes
def opt_out(token: str) -> ResponseReturnValue:
    participant = _participant(token)
    services.opt_out(db.session(), participant=participant)
    return _page(participant, token)


def _participant(token: str) -> Participant:
    participant = find_participant(db.session(), token.lower())
    if participant is None:
        abort(404)
    return participant


def _page(participant: Participant, token: str) -> ResponseReturnValue:
    survey = db.session.get_one(Survey, participant.survey_id)
    is_out = participant.opted_out_on is not None
    return render_template("invitations/stop.html", survey=survey, token=token, is_out=is_out)
