"""Cases as a supervisor sees them: where each stands, what happened to it, what can be decided."""

from collections.abc import Callable

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import allows
from cityvoice.accounts.types import Role
from cityvoice.cati import queries, services
from cityvoice.cati.documents import ledger_csv
from cityvoice.cati.errors import CatiError, DecisionRefused, UnknownCase
from cityvoice.cati.messages import describe
from cityvoice.cati.models import LedgerEntry
from cityvoice.cati.routes import bp
from cityvoice.cati.services import decisions, finding
from cityvoice.cati.types import CaseState
from cityvoice.cati.words.calls import outcomes
from cityvoice.cati.words.floor import case_states, decidable_codes, whys
from cityvoice.cati.words.samples import selection_methods
from cityvoice.fieldwork.phones import mask
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.web.downloads import csv_response
from cityvoice.web.extensions import db
from cityvoice.web.transactions import writes

CASE = "/<slug>/floor/cases/<int(max=2147483647):case_id>"


@bp.get("/<slug>/floor/cases")
@allows(Role.SUPERVISOR)
def cases(slug: str) -> str:
    survey = survey_or_404(slug)
    state, words = request.args.get("state", ""), request.args.get("q", "").strip()
    found = finding.find_cases(
        db.session(),
        survey=survey,
        state=CaseState(state) if state in set(CaseState) else None,
        words=words,
        after=request.args.get("after", 0, type=int),
    )
    return render_template(
        "cati/floor/cases.html", survey=survey, found=found, state=state, words=words, states=case_states
    )


@bp.get(CASE)
@allows(Role.SUPERVISOR)
def floor_case(slug: str, case_id: int) -> str:
    return _page(survey_or_404(slug), case_id)


@bp.post(f"{CASE}/<action>")
@allows(Role.SUPERVISOR)
@writes
def act(slug: str, case_id: int, action: str) -> ResponseReturnValue:
    """One of the supervisor's decisions: an entry in the ledger."""
    survey = survey_or_404(slug)
    act_on = ACTS.get(action) or abort(404)
    try:
        act_on(survey, case_id, request.form.get("note", ""))
    except UnknownCase:
        abort(404)
    except DecisionRefused as error:
        db.session.rollback()
        return _page(survey_or_404(slug), case_id, error, action), 422
    flash(_("Done, and written into the ledger."))
    return redirect(url_for(".floor_case", slug=slug, case_id=case_id), 303)


@bp.get("/<slug>/floor/ledger.csv")
@allows(Role.SUPERVISOR)
def ledger_file(slug: str) -> Response:
    return csv_response(ledger_csv(db.session(), survey_or_404(slug)), f"{slug}-ledger.csv")


def _assign(survey: Survey, case_id: int, note: str) -> LedgerEntry:
    to = request.form.get("to", "", type=str)
    if to and not (to.isdecimal() and len(to) < 10):
        raise DecisionRefused("to", "this account does not interview in this survey")
    return decisions.assign(
        db.session(),
        survey=survey,
        case_id=case_id,
        account_id=current_user.id,
        to=int(to) if to else None,
        note=note,
    )


def _lock(survey: Survey, case_id: int, note: str) -> LedgerEntry:
    return decisions.lock(db.session(), survey=survey, case_id=case_id, account_id=current_user.id, note=note)


def _unlock(survey: Survey, case_id: int, note: str) -> LedgerEntry:
    return decisions.unlock(
        db.session(), survey=survey, case_id=case_id, account_id=current_user.id, note=note
    )


def _reopen(survey: Survey, case_id: int, note: str) -> LedgerEntry:
    return decisions.reopen(
        db.session(), survey=survey, case_id=case_id, account_id=current_user.id, note=note
    )


def _decide(survey: Survey, case_id: int, note: str) -> LedgerEntry:
    return decisions.decide(
        db.session(),
        survey=survey,
        case_id=case_id,
        account_id=current_user.id,
        code=request.form.get("code", ""),
        note=note,
    )


ACTS: dict[str, Callable[[Survey, int, str], LedgerEntry]] = {
    "assign": _assign,
    "lock": _lock,
    "unlock": _unlock,
    "reopen": _reopen,
    "decide": _decide,
}


def _page(survey: Survey, case_id: int, error: CatiError | None = None, action: str = "") -> str:
    session = db.session()
    try:
        case = queries.get_case(session, survey, case_id)
    except UnknownCase:
        abort(404)
    plan = services.plan_of(session, survey)
    return render_template(
        "cati/floor/case.html",
        survey=survey,
        case=case,
        standing=services.standing_of(session, case=case, plan=plan, closed=not survey.is_open),
        entries=finding.list_named_entries(session, case_id),
        telephones=[(phone, mask(phone.e164)) for phone in queries.list_telephones(session, case_id)],
        appointment=queries.find_open_appointment(session, case_id),
        interviewers=queries.list_interviewers(session, survey),
        names=finding.list_names(session),
        plan=plan,
        problem=describe(error) if error else "",
        action=action,
        typed=request.form,
        states=case_states,
        outcomes=outcomes,
        whys=whys,
        methods=selection_methods,
        codes=decidable_codes,
    )
