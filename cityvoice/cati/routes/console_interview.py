"""The interview under way: its questions, every answer as it is given, and the sign of life of a screen."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import allows
from cityvoice.cati import services
from cityvoice.cati.errors import CaseNotHeld, CatiError, FieldworkClosed
from cityvoice.cati.guards import Desk, desk_or_shift, said_key
from cityvoice.cati.messages import describe
from cityvoice.cati.routes import bp
from cityvoice.cati.routes.console import CALLERS
from cityvoice.cati.routes.console_news import news_of
from cityvoice.cati.routes.console_screen import render_case
from cityvoice.cati.routes.console_sheets import (
    one_question,
    section_form,
    whole_interview,
    words_of,
)
from cityvoice.questionnaire.validation import FieldError, PageResult
from cityvoice.surveys.errors import SurveyClosed
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.queries import find_response_of_case
from cityvoice.web.extensions import db
from cityvoice.web.transactions import writes

CASE = "/<slug>/case/<int(max=2147483647):case_id>"
NUMBER, QUESTION = "_number", "_question"
Form = Mapping[str, Sequence[str]]


@bp.get(f"{CASE}/whole")
@allows(*CALLERS)
def whole(slug: str, case_id: int) -> ResponseReturnValue:
    """Every question of the interview, for the script that asks them one at a time."""
    desk = desk_or_shift(slug, case_id)
    if desk.response is None or desk.response.is_over:
        return redirect(url_for(".case", slug=slug, case_id=case_id), 303)
    return render_template("cati/console/whole.html", desk=desk, survey=desk.survey, **whole_interview(desk))


@bp.get(f"{CASE}/question/<name>")
@allows(*CALLERS)
def question(slug: str, case_id: int, name: str) -> ResponseReturnValue:
    """One question as it is now, where only the server can tell; nothing where it is not asked."""
    desk = desk_or_shift(slug, case_id)
    drawn = one_question(desk, name)
    return ("", 204) if drawn is None else drawn


@bp.post(f"{CASE}/answers")
@allows(*CALLERS)
@writes
def answers(slug: str, case_id: int) -> ResponseReturnValue:
    """The answer to one question, told once however often it comes: numbered within this holding."""
    survey = survey_or_404(slug)
    number = _number()
    form = request.form.to_dict(flat=False)
    try:
        result = services.record_answer(
            db.session(), survey=survey, case_id=case_id, account_id=current_user.id, held_key=said_key(),
            number=number, question=request.form.get(QUESTION, ""), form=form,
            plan=services.plan_of(db.session(), survey),
        )  # fmt: skip
    except LookupError:
        return jsonify(taken=number, errors=[], over=False, asked=False)
    except (CatiError, SurveyClosed) as error:
        return _refused(error)
    response = find_response_of_case(db.session(), case_id)
    is_over = response is not None and response.is_over
    return jsonify(taken=number, errors=_worded(slug, case_id, result), over=is_over, asked=True)


@bp.post(f"{CASE}/section/<name>")
@allows(*CALLERS)
@writes(even_if_refused=True)  # what is right of a section is kept while the rest is put right
def section(slug: str, case_id: int, name: str) -> ResponseReturnValue:
    """A whole section, from a page without script."""
    desk = desk_or_shift(slug, case_id)
    if desk.response is None or desk.response.is_over or name not in desk.route.questions:
        return redirect(url_for(".case", slug=slug, case_id=case_id, at="talk"), 303)
    form = request.form.to_dict(flat=False)
    try:
        errors = _record_section(desk, name, form)
    except (CatiError, SurveyClosed) as error:
        page = render_case(desk, problems={"interview": _said(error)}, sheet=_sheet(desk, name, form))
        return page, 409
    desk = desk_or_shift(slug, case_id)
    if errors:
        return render_case(desk, sheet=_sheet(desk, name, form, errors)), 422
    following = desk.route.before(name) if request.form.get("_go") == "back" else desk.route.after(name)
    page_name = following.name if following else None
    return redirect(url_for(".case", slug=slug, case_id=case_id, at="talk", page=page_name), 303)


@bp.post(f"{CASE}/heartbeat")
@allows(*CALLERS)
@writes
def heartbeat(slug: str, case_id: int) -> ResponseReturnValue:
    """The screen is still there."""
    survey = survey_or_404(slug)
    try:
        until = services.heartbeat(
            db.session(), survey=survey, case_id=case_id, account_id=current_user.id, key=said_key(),
            plan=services.plan_of(db.session(), survey),
        )  # fmt: skip
    except CatiError as error:
        return _refused(error)
    return jsonify(until=until.isoformat(), news=news_of(desk_or_shift(slug, case_id)))


def _worded(slug: str, case_id: int, result: PageResult | None) -> list[tuple[str, str]]:
    """Fields, and what is wrong with them."""
    if result is None or not result.errors:
        return []
    desk = desk_or_shift(slug, case_id)
    return [words_of(desk, error) for error in result.errors]


def _record_section(desk: Desk, name: str, form: Form) -> list[FieldError]:
    errors: list[FieldError] = []
    sent = desk.case.n_sent  # a page that is older says the same, or corrects
    for place, asked in enumerate(desk.route.questions[name]):
        if not asked.fields:
            continue
        try:
            result = services.record_answer(
                db.session(), survey=desk.survey, case_id=desk.case.case_id, account_id=current_user.id,
                held_key=said_key(), number=sent + place + 1, question=asked.name, form=form,
                plan=desk.plan,
            )  # fmt: skip
        except LookupError:  # an answer before it led elsewhere
            continue
        errors += result.errors if result else ()
    return errors


def _sheet(desk: Desk, name: str, form: Form, errors: Sequence[FieldError] = ()) -> dict[str, Any]:
    found = desk.questionnaire.section(name)
    return {"section": found, "questions": section_form(desk, found, form, errors)}


def _number() -> int:
    """Which message of this holding it is; what has no number comes too late for all."""
    written = request.form.get(NUMBER, "")
    return int(written) if written.isdecimal() and len(written) < 10 else 0


def _refused(error: Exception) -> ResponseReturnValue:
    reason = "lost" if isinstance(error, CaseNotHeld) else "closed" if _is_closed(error) else "refused"
    return jsonify(reason=reason, words=_said(error)), 409


def _is_closed(error: Exception) -> bool:
    return isinstance(error, SurveyClosed | FieldworkClosed)


def _said(error: Exception) -> str:
    if isinstance(error, CatiError):
        return describe(error)
    return str(_("Fieldwork was closed meanwhile. The answers given before are kept; this one is not."))
