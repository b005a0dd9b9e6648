"""The screen of a case: whom to call and why, what to say now, what can be recorded."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import render_template, request

from cityvoice.cati import queries, services
from cityvoice.cati.guards import Desk
from cityvoice.cati.routes.console_news import news_of
from cityvoice.cati.routes.console_numbers import today
from cityvoice.cati.routes.console_scripts import Scripts
from cityvoice.cati.routes.console_sheets import current_section, section_form
from cityvoice.cati.services.appointments import calendar
from cityvoice.cati.words.calls import GROUPS, outcomes, reasons
from cityvoice.cati.words.samples import selection_methods
from cityvoice.cati.words.scripts import scripts as script_names
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import OUTCOMES, REFUSAL, Outcome, suggested_code
from cityvoice.fieldwork.phones import mask, spaced
from cityvoice.web.extensions import db

CALL, RESPONDENT, NOTICE, INTERVIEW, OVER = "call", "respondent", "notice", "interview", "over"
MOST_PAST = 6  # calls of the case that the screen shows
ONE_OF_LIST = ("kish", "random")  # methods that draw a place in a list of people


def stage_of(desk: Desk) -> str:
    """What comes now: the call; what must be done before the first question; the interview; its end."""
    if desk.response is not None and desk.response.is_over:
        return OVER
    if request.values.get("at") != "talk":
        return CALL
    if desk.plan.selection and not desk.case.is_selected:
        return RESPONDENT
    return NOTICE if desk.case.notice_sha256 is None else INTERVIEW


def render_case(desk: Desk, *, problems: dict[str, str] | None = None, **more: Any) -> str:
    """The screen of a case; with problems, what was typed stands in the forms.

    Parameters
    ----------
    problems
        What is wrong with a form that was sent, by field.
    """
    session, case, stage = db.session(), desk.case, stage_of(desk)
    entries = queries.list_entries(session, case.case_id)
    numbers = today(desk.survey, desk.shifts)
    there = ZoneInfo(desk.zone)
    appointment = queries.find_open_appointment(session, case.case_id)
    suggestion = services.suggest_outcome(desk.response, plan=desk.plan)
    read_aloud = Scripts(desk)
    more = {"panel": "", "sheet": {}} | more
    if stage == INTERVIEW and not more["sheet"]:
        more["sheet"] = _sheet(desk)
    return render_template(
        "cati/console/case.html",
        desk=desk,
        survey=desk.survey,
        case=case,
        stage=stage,
        problems=problems or {},
        news=news_of(desk),
        **{name: value for name, value in numbers.items() if name not in {"outcomes", "recent"}},
        typed=request.form,
        telephones=queries.list_telephones(session, case.case_id),
        mask=mask,
        spaced=spaced,
        history=[(each, each.at.astimezone(there)) for each in entries[-MOST_PAST:]],
        appointment=appointment,
        appointment_at=appointment and appointment.starts_at.astimezone(there),
        now_there=clock.now().astimezone(there),
        why=reasons.get(request.args.get("why", "")),
        say=read_aloud.say(situation_of(desk, stage, has_appointment=appointment is not None)),
        scripts=read_aloud,
        script_names=script_names,
        groups=GROUPS,
        outcomes=outcomes,
        meanings=OUTCOMES,
        codes={one: suggested_code(one, is_selected=case.is_selected) for one in Outcome},
        suggestion=suggestion or _usual(stage),
        selection_methods=selection_methods,
        by_list=desk.plan.selection in ONE_OF_LIST,
        interviewers=queries.list_interviewers(session, desk.survey),
        language_names={code: _language_name(code) for code in desk.questionnaire.languages},
        day=day_of(desk),
        **more,
    )


def _sheet(desk: Desk) -> dict[str, Any]:
    """The section to go on with, as a form; none when every question was asked."""
    section = current_section(desk, request.args.get("page", ""))
    return {} if section is None else {"section": section, "questions": section_form(desk, section)}


def _usual(stage: str) -> Outcome:
    return Outcome.NO_ANSWER if stage == CALL else Outcome.CALLBACK


def day_of(desk: Desk) -> Any:
    """The calendar of the day that is asked for, else of tomorrow."""
    tomorrow = clock.now().astimezone(ZoneInfo(desk.zone)).date() + timedelta(days=1)
    try:
        wanted = date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        wanted = tomorrow
    if not -1 <= (wanted - tomorrow).days <= 400:
        wanted = tomorrow
    return calendar(db.session(), desk.survey, day=wanted, zone=desk.zone, plan=desk.plan)


def situation_of(desk: Desk, stage: str, *, has_appointment: bool) -> str:
    """Which script is to be read."""
    if stage == OVER:
        return "end" if desk.response is not None and desk.response.is_complete else "quota_full"
    if desk.case.skill == REFUSAL:
        return "refusal"
    return "callback" if has_appointment or desk.response is not None else "introduction"


def _language_name(code: str) -> str:
    return (Locale.parse(code, sep="-").get_display_name(code) or code).capitalize()
