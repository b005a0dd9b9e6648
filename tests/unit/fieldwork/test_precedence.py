from datetime import UTC, datetime, timedelta

import pytest

from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.fieldwork.precedence import Entry, Kind, Limits, Standing, Why, final_code, standing

O = Outcome  # noqa: E741  # short for the ledgers below
START = datetime(2026, 11, 2, 17, 30, tzinfo=UTC)


def ledger(*outcomes, selected_from=None, numbers=()):
    """Entries a day apart; the respondent was chosen in call `selected_from` (from 0)."""
    return [
        Entry(
            START + timedelta(days=place),
            outcome,
            kind=Kind.WEB if outcome.startswith("web") else Kind.CALL,
            is_selected=selected_from is not None and place >= selected_from,
            number=numbers[place] if numbers else "+48322000001",
        )
        for place, outcome in enumerate(outcomes)
    ]


def supervisor(day, outcome, code=""):
    return Entry(START + timedelta(days=day, hours=1), outcome, code, Kind.SUPERVISOR)


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], "3.11"),
        ([O.NOT_CALLED], "3.11"),
        ([O.NO_ANSWER, O.BUSY, O.NO_ANSWER], "3.12"),
        ([O.NO_ANSWER, O.MACHINE, O.NO_ANSWER], "3.14"),
        ([O.TECHNICAL, O.NO_ANSWER], "3.13"),
        ([O.MACHINE_HOUSEHOLD, O.NO_ANSWER], "2.221"),
        ([O.MACHINE_HOUSEHOLD_MESSAGE, O.MACHINE_HOUSEHOLD], "2.222"),
        ([O.APPOINTMENT], "3.21"),
        ([O.APPOINTMENT, O.NO_ANSWER, O.NO_ANSWER], "3.21"),
        ([O.SOFT_REFUSAL_HOUSEHOLD, O.NO_ANSWER], "2.111"),
        ([O.SOFT_REFUSAL_HOUSEHOLD, O.SOFT_REFUSAL_RESPONDENT, O.APPOINTMENT], "2.112"),
        ([O.SOFT_REFUSAL_RESPONDENT, O.COMPLETE], "1.1"),
        ([O.BREAK_OFF, O.NO_ANSWER], "2.12"),
        ([O.BREAK_OFF, O.WEB_COMPLETE], "1.1"),
        ([O.WEB_LINK_SENT], "3.21"),
        ([O.WEB_LINK_SENT, O.WEB_STARTED], "2.12"),
        ([O.PARTIAL, O.HARD_REFUSAL_RESPONDENT], "1.2"),
        ([O.PARTIAL, O.COMPLETE], "1.1"),
        ([O.SOFT_REFUSAL_HOUSEHOLD, O.NO_ELIGIBLE], "4.70"),
        ([O.LANGUAGE_INTERVIEWER, O.NO_ANSWER], "2.333"),
        ([O.AUDIO, O.APPOINTMENT], "2.34"),
        ([O.NO_ANSWER, O.DISCONNECTED], "4.32"),
        ([O.DISCONNECTED, O.NO_ANSWER], "3.13"),
        ([O.OUT_OF_SERVICE], "4.33"),
    ],
)
def test_what_a_ledger_comes_to_when_fieldwork_ends(outcomes, code):
    assert standing(ledger(*outcomes), closed=True).code == code
    assert final_code(ledger(*outcomes)) == code


@pytest.mark.parametrize(
    "silent", [O.NO_ANSWER, O.BUSY, O.MACHINE, O.APPOINTMENT, O.CALLBACK, O.WEB_LINK_SENT]
)
def test_a_chosen_respondent_who_is_never_reached_again_was_not_available(silent):
    assert final_code(ledger(O.APPOINTMENT, silent, selected_from=0)) == "2.21"


def test_an_appointment_is_never_final_while_fieldwork_lasts():
    assert standing(ledger(O.NO_ANSWER, O.APPOINTMENT)) == Standing("3.21", False, Why.OPEN)


def test_a_case_is_not_eligible_by_number_only_when_all_its_numbers_are():
    first, second = "+48322000001", "+48600000002"
    one_dead = ledger(O.DISCONNECTED, O.NO_ANSWER, numbers=(first, second))
    assert standing(one_dead) == Standing("3.13", False, Why.OPEN)
    both_dead = [*one_dead, *ledger(O.BUSY, O.BUSY, O.FAX, numbers=(first, second, second))[2:]]
    assert standing(both_dead) == Standing("4.20", True, Why.NUMBERS_DEAD)
    untried = standing(ledger(O.DISCONNECTED, numbers=(first,)), numbers=[first, second])
    assert untried == Standing("3.11", False, Why.OPEN)


def test_a_number_out_of_service_for_a_time_is_called_again():
    assert standing(ledger(O.OUT_OF_SERVICE)) == Standing("4.33", False, Why.OPEN)


def test_a_line_that_goes_dead_does_not_undo_that_a_household_was_there():
    refused = standing(ledger(O.SOFT_REFUSAL_HOUSEHOLD, O.DISCONNECTED))
    assert refused == Standing("2.111", True, Why.NUMBERS_DEAD)
    assert standing(ledger(O.APPOINTMENT, O.DISCONNECTED, selected_from=0)).code == "2.21"


def test_a_decision_wins_until_the_case_is_reopened():
    calls = ledger(O.COMPLETE)
    decided = [*calls, supervisor(1, O.DECIDED, "2.12")]
    assert standing(decided) == Standing("2.12", True, Why.DECIDED)
    reopened = [*decided, supervisor(2, O.REOPENED)]
    assert standing(reopened) == Standing("2.12", False, Why.OPEN)
    again = [*reopened, Entry(START + timedelta(days=3), O.COMPLETE)]
    assert standing(again) == Standing("1.1", True, Why.INTERVIEWED)
    assert standing([*again, supervisor(4, O.DECIDED, "2.36")]).code == "2.36"


def test_reopening_takes_back_what_closed_a_case_but_not_what_was_learnt():
    assert standing([*ledger(O.QUOTA_FULL), supervisor(1, O.REOPENED)]) == Standing("3.21", False, Why.OPEN)
    assert standing([*ledger(O.HARD_REFUSAL_HOUSEHOLD), supervisor(1, O.REOPENED)]).code == "2.111"
    dead = [*ledger(O.DISCONNECTED), supervisor(1, O.REOPENED)]
    assert standing(dead) == Standing("4.32", False, Why.OPEN)


def test_limits_end_a_case_but_not_one_that_waits_for_its_appointment():
    limits = Limits(calls=3, refusals=2)
    assert not standing(ledger(O.NO_ANSWER, O.BUSY), limits=limits).is_final
    spent = standing(ledger(O.NO_ANSWER, O.BUSY, O.NO_ANSWER), limits=limits)
    assert spent == Standing("3.12", True, Why.GIVEN_UP)
    agreed = ledger(O.NO_ANSWER, O.BUSY, O.APPOINTMENT)
    assert not standing(agreed, limits=limits, waits=True).is_final
    assert standing(agreed, limits=limits).why is Why.GIVEN_UP  # nobody kept it
    twice = ledger(O.SOFT_REFUSAL_HOUSEHOLD, O.SOFT_REFUSAL_HOUSEHOLD)
    assert standing(twice, limits=limits) == Standing("2.111", True, Why.GIVEN_UP)


def test_a_recorded_code_counts_where_it_fits_its_outcome():
    def told(outcome, code):
        return final_code([Entry(START, outcome, code, number="a")])

    assert told(O.OTHER_ELIGIBLE, "2.35") == "2.35"
    assert told(O.HARD_REFUSAL_RESPONDENT, "4.70") == "2.112"
    assert told(O.NOT_WORKING, "4.313") == "4.313"
