import re
from datetime import timedelta
from pathlib import Path

import pytest

from cityvoice.fieldwork.outcomes import (
    LANGUAGE,
    NEVER_TRIED,
    OUTCOMES,
    REFUSAL,
    SUPERVISORS,
    Outcome,
    Reached,
    suggested_code,
)
from cityvoice.fieldwork.precedence import EVIDENCE
from cityvoice.stats.dispositions import disposition_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "explanation" / "dispositions.md"
CODED = [outcome for outcome in Outcome if outcome not in SUPERVISORS]


def test_every_outcome_has_a_meaning_and_a_name_that_a_ledger_can_keep():
    assert set(OUTCOMES) == set(Outcome)
    assert max(map(len, Outcome)) <= 24


@pytest.mark.parametrize("outcome", CODED)
def test_every_code_is_a_final_disposition_of_aapor(outcome):
    assert disposition_of(OUTCOMES[outcome].code)


def test_an_interim_outcome_neither_closes_a_case_nor_kills_a_number():
    for outcome, meaning in OUTCOMES.items():
        if meaning.is_interim:
            assert not meaning.closes, outcome
            assert not meaning.number_is_dead, outcome
        elif outcome not in SUPERVISORS:
            assert meaning.closes != meaning.number_is_dead, outcome
        assert meaning.delay >= timedelta(0)


def test_soft_refusals_go_to_those_who_convert():
    skilled = {outcome: meaning.skill for outcome, meaning in OUTCOMES.items() if meaning.skill}
    assert skilled.pop(Outcome.LANGUAGE_INTERVIEWER) == LANGUAGE
    assert set(skilled) == {Outcome.SOFT_REFUSAL_HOUSEHOLD, Outcome.SOFT_REFUSAL_RESPONDENT}
    assert set(skilled.values()) == {REFUSAL}


@pytest.mark.parametrize(
    ("outcome", "before", "after"),
    [
        (Outcome.APPOINTMENT, "3.21", "2.21"),
        (Outcome.CALLBACK, "3.21", "2.21"),
        (Outcome.NO_ANSWER, "3.13", "2.21"),
        (Outcome.BUSY, "3.12", "2.21"),
        (Outcome.MACHINE_HOUSEHOLD, "2.221", "2.221"),
        (Outcome.COMPLETE, "1.1", "1.1"),
        (Outcome.DISCONNECTED, "4.32", "4.32"),
    ],
)
def test_what_a_call_says_depends_on_whether_a_respondent_was_chosen(outcome, before, after):
    assert suggested_code(outcome, is_selected=False) == before
    assert suggested_code(outcome, is_selected=True) == after


def test_the_published_table_is_the_table_of_the_code():
    lines = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| `")]
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in lines]
    assert [row[0] for row in rows] == list(Outcome)
    for outcome, words, code, group, reached, then, _ in rows:
        meaning = OUTCOMES[Outcome(outcome)]
        assert then == _then(meaning), outcome
        assert words.endswith("note") == (meaning.needs_note and outcome in CODED), outcome
        if outcome in CODED:
            chosen = suggested_code(Outcome(outcome), is_selected=True)
            assert code == (meaning.code if chosen == meaning.code else f"{meaning.code} ({chosen})")
            assert (group, reached) == (disposition_of(meaning.code), meaning.reached)


def test_the_published_precedence_is_that_of_the_code():
    rule = DOCUMENT.read_text("utf-8").split("5. **")[1].split("6. **")[0]
    assert (*re.findall(r"\d\.\d+", rule), NEVER_TRIED) == EVIDENCE


def _then(meaning):
    if meaning.closes:
        return "ends the case"
    return "ends the number" if meaning.number_is_dead else "interim"


def test_contacts_are_calls_that_reached_a_person_of_the_sample():
    assert OUTCOMES[Outcome.BUSINESS].reached is Reached.ELSEWHERE
    assert OUTCOMES[Outcome.MACHINE_HOUSEHOLD].reached is Reached.DEVICE
    assert OUTCOMES[Outcome.SOFT_REFUSAL_HOUSEHOLD].reached is Reached.HOUSEHOLD
