"""The screen of a case: whom to call and why, what to say now, what can be recorded."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import render_template, request
from flask_babel import force_locale
from flask_login import current_user

from cityvoice.cati import queries, services
from cityvoice.cati.guards import Desk
from cityvoice.cati.routes.console_news import news_of
from cityvoice.cati.routes.console_numbers import today
from cityvoice.cati.routes.console_sheets import current_section, section_form
from cityvoice.cati.services.appointments import calendar
from cityvoice.cati.words import (
    GROUPS,
    default_scripts,
    outcomes,
    reasons,
    scripts,
    selection_methods,
)
from cityvoice.core import clock
from cityvoice.core.config import LOCALES
from cityvoice.fieldwork.outcomes import OUTCOMES, Outcome
from cityvoice.fieldwork.phones import mask, spaced
from cityvoice.territory.queries import find_city
from cityvoice.web.extensions import db

CALL, RESPONDENT, NOTICE, INTERVIEW, OVER = "call", "respondent", "notice", "interview", "over"
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
    names = queries.list_names(session, {each.account_id for each in entries if each.account_id})
    there = ZoneInfo(desk.zone)
    appointment = queries.find_open_appointment(session, case.case_id)
    suggestion = services.suggest_outcome(session, case=case, plan=desk.plan)
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
        **{name: value for name, value in today(desk.survey).items() if name not in {"outcomes", "recent"}},
        typed=request.form,
        telephones=queries.list_telephones(session, case.case_id),
        mask=mask,
        spaced=spaced,
        history=[(each, each.at.astimezone(there), names.get(each.account_id or 0, "")) for each in entries],
        appointment=appointment,
        appointment_at=appointment and appointment.starts_at.astimezone(there),
        now_there=clock.now().astimezone(there),
        why=reasons.get(request.args.get("why", "")),
        say=script_of(desk, situation_of(desk, stage, has_appointment=appointment is not None)),
        notice=notice_of(desk),
        end_script=script_of(desk, "end"),
        quota_script=script_of(desk, "quota_full"),
        machine_script=script_of(desk, "machine"),
        refusal_script=script_of(desk, "refusal"),
        script_names=scripts,
        other_scripts=[(name, script_of(desk, name)) for name in ("refusal", "notice")],
        groups=GROUPS,
        outcomes=outcomes,
        meanings=OUTCOMES,
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
    if desk.case.skill:
        return "refusal"
    return "callback" if has_appointment or desk.response is not None else "introduction"


def script_of(desk: Desk, name: str) -> str:
    """A script in the language of the conversation, the product's own where nobody wrote one."""
    words = desk.plan.script(name, desk.language)
    if not words:
        with force_locale(locale_of(desk.language)):
            words = str(default_scripts[name])
    city = find_city(db.session())
    facts = {
        "interviewer": current_user.name,
        "city": city.name if city else "",
        "survey": desk.survey.title.get(desk.language) or next(iter(desk.survey.title.values()), ""),
        "name": desk.case.name,
    }
    for fact, value in facts.items():
        words = words.replace(f"{{{fact}}}", value)
    return words


def notice_of(desk: Desk) -> str:
    """What must be read before the first question: the plan's notice, else the questionnaire's own."""
    consent = desk.questionnaire.consent
    written = desk.plan.script("notice", desk.language)
    if not written and consent is not None:
        return consent.in_(desk.language)
    return script_of(desk, "notice")


def locale_of(language: str) -> Locale:
    known = language.split("-")[0]
    return Locale.parse(known if known in LOCALES else "en")


def _language_name(code: str) -> str:
    return (Locale.parse(code, sep="-").get_display_name(code) or code).capitalize()
