"""The interview itself: on the case's one response, which the web continues as the phone does."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cityvoice.cati.errors import FieldworkClosed
from cityvoice.cati.models import PhoneCase
from cityvoice.cati.plans import Plan
from cityvoice.cati.services.calls import Call, dispose
from cityvoice.cati.services.holding import get_held, keep_in_talk
from cityvoice.cati.services.resuming import share_answered
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.questionnaire import validation
from cityvoice.questionnaire.kinds import Mode
from cityvoice.questionnaire.validation import PageResult
from cityvoice.surveys import services as surveys
from cityvoice.surveys.models import Response, Survey
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.queries import find_response_of_case, lock_case


def read_notice(session: Session, *, case: PhoneCase, text: str, account_id: int) -> None:
    """The data protection notice was read out: when, by whom, and which words as their hash."""
    find_response_of_case(session, case.case_id, lock=True)  # first, as whoever answers on the web does
    case.notice_sha256 = hashlib.sha256(text.encode()).hexdigest()
    case.notice_at, case.notice_by = clock.now(), account_id
    session.flush()


def choose_respondent(session: Session, *, case: PhoneCase, selection: Mapping[str, object]) -> None:
    """Who of the household is interviewed: the method, how many were eligible, and who it is.

    One of four speaks for four: where the method draws somebody, the base weight is the inverse of both
    probabilities, that of the case and that within the household. Rates weigh cases by their own alone.
    Asked again, what was told before stays beside it: a number of people can be tried until it suits.
    """
    earlier = case.selection or {}
    told = [*earlier.get("told_before", []), earlier.get("n_eligible")] if earlier else []
    case.selection = {**selection, "told_before": told} if told else dict(selection)
    within = selection.get("probability")
    case.case.base_weight = 1 / (case.probability * (within if isinstance(within, float) else 1.0))
    session.flush()


def begin_interview(
    session: Session,
    *,
    survey: Survey,
    case_id: int,
    account_id: int,
    held_key: str,
    language: str,
    plan: Plan,
) -> Response:
    """The case's response: the one begun earlier, on the web or by another interviewer, or a new one.

    Raises
    ------
    CaseNotHeld, FieldworkClosed
    """
    lock_case(session, case_id)  # somebody may be beginning on the web
    begun = find_response_of_case(session, case_id, lock=True)
    case = get_held(session, survey=survey, case_id=case_id, account_id=account_id, key=held_key)
    keep_in_talk(case, plan, clock.now())
    if begun is not None:
        if not begun.is_over:
            surveys.note_return(begun)
        return begun
    if not survey.is_open:
        raise FieldworkClosed(f"survey {survey.slug} takes no answers now")
    known = {name: str(value) for name, value in case.attributes.items() if value is not None}
    return surveys.start_response(
        session,
        survey=survey,
        language=language,
        case=case.case,
        mode=Mode.CATI,
        handed_over=validation.handed_over(current_questionnaire(survey), known),
    )


def record_answer(
    session: Session,
    *,
    survey: Survey,
    case_id: int,
    account_id: int,
    held_key: str,
    number: int,
    question: str,
    form: Mapping[str, Sequence[str]],
    plan: Plan,
    now: datetime | None = None,
) -> PageResult | None:
    """Keep the answer to one question, and the lease with it.

    Parameters
    ----------
    number
        Counts the messages of one holding from 1; one that comes again, or too late, changes nothing.

    Returns
    -------
    PageResult or None
        None for a message that had come already. Where a quota is full, the interview is over, and goes on
        once the answer that said so is corrected.

    Raises
    ------
    CaseNotHeld, SurveyClosed, LookupError
    """
    response = find_response_of_case(session, case_id, lock=True)  # first, as whoever answers on the web does
    case = get_held(session, survey=survey, case_id=case_id, account_id=account_id, key=held_key)
    keep_in_talk(case, plan, now or clock.now())
    if number <= case.n_sent:
        session.flush()
        return None
    case.n_sent = number
    session.flush()
    if response is None or response.is_complete:
        raise LookupError(f"case {case_id} has no interview under way")
    if response.is_over:  # a quota was full; what said so was a slip
        surveys.resume_screened_out(session, survey=survey, response=response)
    return surveys.record_question(
        session, survey=survey, response=response, question=question, form=form, mode=Mode.CATI
    )


def complete_interview(
    session: Session, *, survey: Survey, case_id: int, account_id: int, held_key: str, call: Call, plan: Plan
) -> None:
    """Every question has been asked: the answers are final, and so is the case."""
    response = find_response_of_case(session, case_id, lock=True)
    if response is not None and not response.is_over:
        get_held(session, survey=survey, case_id=case_id, account_id=account_id, key=held_key)
        surveys.complete_response(session, survey=survey, response=response, mode=Mode.CATI)
    dispose(
        session,
        survey=survey,
        case_id=case_id,
        account_id=account_id,
        held_key=held_key,
        call=call,
        plan=plan,
    )


def suggest_outcome(response: Response | None, *, plan: Plan) -> Outcome | None:
    """What a call came to, as far as the interview itself tells; None where none was begun."""
    if response is None:
        return None
    if response.is_over:
        return Outcome.COMPLETE if response.is_complete else Outcome.QUOTA_FULL
    return Outcome.PARTIAL if share_answered(response) >= plan.partial_from else Outcome.BREAK_OFF
