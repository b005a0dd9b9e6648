"""Change a survey's calling plan, and who calls when."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from cityvoice.accounts.models import Account
from cityvoice.accounts.types import Role
from cityvoice.cati import queries
from cityvoice.cati.errors import PlanRefused
from cityvoice.cati.models import Appointment, CallingPlan, Interviewer, PhoneCase, Shift
from cityvoice.cati.plans import SCRIPTS, Plan, plan_of_rules
from cityvoice.cati.types import AppointmentState
from cityvoice.fieldwork.outcomes import REFUSAL
from cityvoice.questionnaire.kinds import SelectionMethod
from cityvoice.questionnaire.message import Message
from cityvoice.stats.dispositions import Edition
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import current_questionnaire

SKILLS = (REFUSAL,)  # that the next call of a case may need
LONGEST_SCRIPT = 4000  # characters
LONGEST_SHIFT = timedelta(hours=14)
BOUNDS: dict[str, tuple[int, int]] = {
    "max_calls": (1, 50),
    "max_calls_by_slot": (1, 50),
    "max_refusals": (1, 10),
    "max_machine_messages": (0, 10),
    "lease_seconds": (30, 3600),
    "appointment_minutes": (5, 240),
    "early_minutes": (0, 60),
}
LONGEST_DELAY = 60 * 24 * 60  # minutes: sixty days


def plan_of(session: Session, survey: Survey) -> Plan:
    """The survey's calling plan, the usual one where nobody has written another."""
    return plan_of_rules(queries.find_rules(session, survey))


def change_plan(session: Session, *, survey: Survey, plan: Plan) -> None:
    """Call by these rules from now on.

    Raises
    ------
    PlanRefused
        naming the field.
    """
    for field, problem in _problems(plan, current_questionnaire(survey).languages):
        raise PlanRefused(field, problem)
    stored = session.get(CallingPlan, survey.id)
    if stored is None:
        stored = CallingPlan(survey_id=survey.id)
        session.add(stored)
    stored.rules = plan.to_rules()
    session.flush()


def set_interviewer(
    session: Session, *, survey: Survey, account: Account, skills: Sequence[str], languages: Sequence[str]
) -> Interviewer:
    """Let somebody call for this survey, or change what they can do there.

    Raises
    ------
    PlanRefused
        An account that may not interview, a skill or a language that there is not.
    """
    known = current_questionnaire(survey).languages
    if not account.is_enabled or not account.roles & {Role.INTERVIEWER, Role.SUPERVISOR}:
        raise PlanRefused(
            "account", Message("%(name)s is no interviewer: give them that role first", name=account.name)
        )
    if strange := [each for each in skills if each not in SKILLS]:
        raise PlanRefused("skills", _one_of(SKILLS, strange[0]))
    if strange := [each for each in languages if each not in known]:
        raise PlanRefused("languages", _one_of(known, strange[0]))
    found = queries.find_interviewer(session, survey, account.id)
    if found is None:
        found = Interviewer(survey_id=survey.id, account_id=account.id)
        session.add(found)
    found.skills, found.languages = list(skills), list(languages)
    session.flush()
    return found


def remove_interviewer(session: Session, *, survey: Survey, account_id: int) -> None:
    """Somebody calls no more for this survey; what was theirs by name becomes everybody's.

    Raises
    ------
    PlanRefused
        when they have a case on their screen, or never called for it.
    """
    found = queries.find_interviewer(session, survey, account_id)
    held = queries.find_held_case(session, account_id)
    if found is None:
        raise PlanRefused("account", Message("this account does not call for the survey"))
    if held is not None and held.survey_id == survey.id:
        raise PlanRefused("account", Message("they have a case on their screen: wait until it is recorded"))
    of_theirs = (Appointment.survey_id == survey.id, Appointment.for_account_id == account_id)
    is_open = Appointment.state == AppointmentState.OPEN
    session.execute(update(Appointment).where(*of_theirs, is_open).values(for_account_id=None))
    given = (PhoneCase.survey_id == survey.id, PhoneCase.for_account_id == account_id)
    session.execute(update(PhoneCase).where(*given).values(for_account_id=None))
    session.delete(found)
    session.flush()


def add_shift(
    session: Session, *, survey: Survey, account_id: int, starts_at: datetime, ends_at: datetime
) -> Shift:
    """Hours in which an interviewer is given cases; whoever has no shift at all may call in all hours.

    Raises
    ------
    PlanRefused
        An end before the start, a shift that is too long or meets another one of theirs.
    """
    if queries.find_interviewer(session, survey, account_id) is None:
        raise PlanRefused("account", Message("this account does not call for the survey"))
    if ends_at <= starts_at:
        raise PlanRefused("ends_at", Message("expected an end after the start"))
    if ends_at - starts_at > LONGEST_SHIFT:
        hours = int(LONGEST_SHIFT.total_seconds() // 3600)
        raise PlanRefused("ends_at", Message("expected a shift of at most %(n)s hours", n=hours))
    for shift in queries.list_shifts(session, survey, since=starts_at):
        if shift.account_id == account_id and shift.starts_at < ends_at:
            raise PlanRefused("starts_at", Message("they have another shift in these hours"))
    shift = Shift(survey_id=survey.id, account_id=account_id, starts_at=starts_at, ends_at=ends_at)
    session.add(shift)
    session.flush()
    return shift


def remove_shift(session: Session, *, survey: Survey, shift_id: int) -> None:
    """Take a shift out of the plan; one that is gone already costs nothing."""
    shift = session.get(Shift, shift_id)
    if shift is not None and shift.survey_id == survey.id:
        session.delete(shift)
        session.flush()


def _problems(plan: Plan, languages: Sequence[str]) -> Iterator[tuple[str, Message]]:
    for field, (least, most) in BOUNDS.items():
        value = getattr(plan, field)
        is_whole = isinstance(value, int) and least <= value <= most
        if not is_whole and (value is not None or field != "max_calls_by_slot"):
            yield (
                field,
                Message("expected a whole number from %(least)s to %(most)s", least=least, most=most),
            )
    for outcome, minutes in plan.delays.items():
        if not 0 <= minutes <= LONGEST_DELAY:
            yield f"delay:{outcome}", Message("expected 0 to %(n)s minutes", n=LONGEST_DELAY)
    if plan.selection and plan.selection not in list(SelectionMethod):
        yield "selection", _one_of(list(SelectionMethod), plan.selection)
    if not isinstance(plan.partial_from, int | float) or not 0 < plan.partial_from <= 1:
        yield "partial_from", Message("expected a share above 0 and at most 1")
    if plan.edition not in list(Edition):
        yield "edition", _one_of(list(Edition), plan.edition)
    if not isinstance(plan.eligibility or 0, int | float) or not 0 <= (plan.eligibility or 0) <= 1:
        yield "eligibility", Message("expected a share from 0 to 1")
    yield from _problems_of_scripts(plan, languages)


def _problems_of_scripts(plan: Plan, languages: Sequence[str]) -> Iterator[tuple[str, Message]]:
    if not all(isinstance(texts, Mapping) for texts in dict(plan.scripts).values()):
        yield "scripts", Message("expected texts by language and occasion")
        return
    for language, texts in plan.scripts.items():
        if language not in languages:
            yield "scripts", _one_of(languages, language)
        for name, text in texts.items():
            if name not in SCRIPTS:
                yield "scripts", _one_of(SCRIPTS, name)
            elif not isinstance(text, str) or len(text) > LONGEST_SCRIPT:
                field = f"script:{language}:{name}"
                yield field, Message("expected at most %(n)s characters", n=LONGEST_SCRIPT)


def _one_of(known: Sequence[str], found: str) -> Message:
    return Message("expected one of %(known)s, got %(found)r", known=", ".join(known), found=found)
