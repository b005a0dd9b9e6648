"""The published rules as laws of random ledgers, each stated apart from the code that applies them all."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cityvoice.fieldwork.outcomes import OUTCOMES, SUPERVISORS, Outcome
from cityvoice.fieldwork.precedence import Entry, Kind, Limits, standing
from cityvoice.stats.dispositions import disposition_of

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
NUMBERS = ("+48322000001", "+48600000002", "+48600000003")
DECISIONS = ("1.1", "2.112", "2.36", "3.13", "4.70")
WEB = (Outcome.WEB_LINK_SENT, Outcome.WEB_STARTED, Outcome.WEB_COMPLETE)
CALLS = tuple(outcome for outcome in Outcome if outcome not in (*WEB, *SUPERVISORS))
INTERIM = tuple(outcome for outcome in CALLS if OUTCOMES[outcome].is_interim)
ABOUT_NUMBERS = (
    Outcome.FAX,
    Outcome.DISCONNECTED,
    Outcome.BUSINESS,
    Outcome.OUT_OF_SERVICE,
    Outcome.NO_ANSWER,
    Outcome.CONTACT_UNSELECTED,
)
COMPLETE = (Outcome.COMPLETE, Outcome.WEB_COMPLETE)
PARTIAL = (Outcome.PARTIAL,)

seconds = st.integers(0, 2)  # few, so that many entries share one


@st.composite
def entries(draw, outcomes=tuple(Outcome)):
    outcome = draw(st.sampled_from(outcomes))
    at = START + timedelta(seconds=draw(seconds), microseconds=draw(st.integers(0, 999_999)))
    if outcome in SUPERVISORS:
        code = draw(st.sampled_from(DECISIONS)) if outcome is Outcome.DECIDED else ""
        return Entry(at, outcome, code, Kind.SUPERVISOR)
    if outcome in WEB:
        return Entry(at, outcome, kind=Kind.WEB, is_selected=draw(st.booleans()))
    number = draw(st.sampled_from(NUMBERS))
    return Entry(at, outcome, is_selected=draw(st.booleans()), number=number)


def ledgers(*outcomes, max_size=9):
    return st.lists(entries(outcomes or tuple(Outcome)), max_size=max_size)


def later(ledger, entry):
    """The entry, a day after all others."""
    last = max((each.at for each in ledger), default=START)
    return Entry(
        last + timedelta(days=1), entry.outcome, entry.code, entry.kind, entry.is_selected, entry.number
    )


NO_SUPERVISOR = (*CALLS, *WEB)


@given(ledgers(), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_reading_and_of_entries_inside_a_second_does_not_matter(ledger, closed, chance):
    shuffled = [
        Entry(
            entry.at.replace(microsecond=chance.randrange(1_000_000)),
            entry.outcome, entry.code, entry.kind, entry.is_selected, entry.number,
        )
        for entry in chance.sample(ledger, len(ledger))
    ]  # fmt: skip
    assert standing(ledger, closed=closed) == standing(shuffled, closed=closed)


@given(ledgers(), st.booleans())
def test_an_entry_that_is_told_twice_changes_nothing(ledger, closed):
    assert standing([*ledger, *ledger], closed=closed) == standing(ledger, closed=closed)


@given(ledgers(), st.booleans())
def test_every_disposition_is_one_of_aapors(ledger, closed):
    assert disposition_of(standing(ledger, closed=closed).code)


@given(ledgers())
def test_the_end_of_fieldwork_makes_every_case_final_and_changes_no_code(ledger):
    ended = standing(ledger, closed=True)
    assert ended.is_final
    assert ended.code == standing(ledger).code


@given(ledgers(), entries(INTERIM))
def test_an_interim_entry_makes_nothing_final(ledger, entry):
    if not standing(ledger).is_final:
        assert not standing([*ledger, later(ledger, entry)]).is_final


@given(ledgers(*INTERIM, *WEB[:2]))
def test_without_a_final_outcome_no_case_is_final(ledger):
    assert not standing(ledger).is_final


@given(ledgers(*NO_SUPERVISOR))
def test_a_complete_interview_beats_everything_that_calls_can_tell(ledger):
    code = standing(ledger).code
    outcomes = {entry.outcome for entry in ledger}
    assert (code == "1.1") == bool(outcomes & set(COMPLETE))
    assert (code == "1.2") == (bool(outcomes & set(PARTIAL)) and not outcomes & set(COMPLETE))


@given(ledgers(), entries((Outcome.DECIDED,)))
def test_the_latest_decision_beats_everything(ledger, decision):
    found = standing([*ledger, later(ledger, decision)])
    assert (found.code, found.is_final) == (decision.code, True)


@given(ledgers(), entries((Outcome.REOPENED,)))
def test_reopening_opens_every_case_and_leaves_no_interview(ledger, act):
    found = standing([*ledger, later(ledger, act)])
    assert not found.is_final
    assert not found.code.startswith("1.")


@given(ledgers(), st.booleans())
def test_a_chosen_respondent_never_ends_as_unknown(ledger, closed):
    is_decided = any(entry.outcome is Outcome.DECIDED for entry in ledger)
    if any(entry.is_selected for entry in ledger) and not is_decided:
        assert not standing(ledger, closed=closed).code.startswith("3.")


@given(ledgers(*ABOUT_NUMBERS, max_size=5), st.sets(st.sampled_from(NUMBERS)))
def test_not_eligible_by_number_needs_every_number(ledger, numbers):
    found = standing(ledger, closed=True, numbers=numbers)
    if not found.code.startswith(("4.2", "4.3", "4.4", "4.5")):
        return
    every = numbers | {entry.number for entry in ledger}
    for number in every:
        calls = [entry for entry in ledger if entry.number == number]
        assert calls, "a number that nobody called is not known to be dead"
        last = max(entry.second for entry in calls)
        words = {OUTCOMES[entry.outcome].code for entry in calls if entry.second == last}
        assert all(word.startswith(("4.2", "4.3", "4.4", "4.5")) for word in words)
    assert not any(OUTCOMES[entry.outcome].reached in ("household", "respondent") for entry in ledger)


@given(ledgers(*NO_SUPERVISOR))
def test_a_refusal_is_only_undone_by_an_interview_or_by_what_closes_the_case(ledger):
    refusals = [entry for entry in ledger if OUTCOMES[entry.outcome].code.startswith("2.1")]
    closings = [entry for entry in ledger if OUTCOMES[entry.outcome].closes]
    if refusals and not closings:
        assert standing(ledger).code.startswith("2.1")


@given(ledgers(*NO_SUPERVISOR))
def test_never_tried_means_that_no_call_said_anything(ledger):
    telling = [
        entry
        for entry in ledger
        if entry.is_selected
        or OUTCOMES[entry.outcome].code[:2] in ("1.", "2.")
        or "3.12" <= OUTCOMES[entry.outcome].code < "4"
    ]
    if telling:
        assert standing(ledger).code != "3.11"


@given(ledgers(), st.integers(1, 4), st.integers(1, 3))
def test_limits_close_cases_and_change_no_code(ledger, calls, refusals):
    free, limited = standing(ledger), standing(ledger, limits=Limits(calls, refusals))
    assert limited.code == free.code
    assert limited.is_final or not free.is_final
