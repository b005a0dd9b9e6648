"""Whom of a household to interview, when it is the interviewer who asks.

The draw follows from the case's own random number, so that whoever calls again is given the same person.
"""

from typing import Any

from cityvoice.cati.errors import OutcomeRefused
from cityvoice.cati.models import PhoneCase
from cityvoice.questionnaire.kinds import SelectionMethod
from cityvoice.questionnaire.selection import Member, select

MOST = 20  # adults of a household
DRAWN = frozenset({SelectionMethod.KISH, SelectionMethod.RANDOM})
BY_BIRTHDAY = frozenset({SelectionMethod.LAST_BIRTHDAY, SelectionMethod.NEXT_BIRTHDAY})


def read_household(written: str, *, case: PhoneCase, method: str) -> dict[str, Any]:
    """The selection in a household of so many eligible people, as it is kept with the case.

    Birthdays and ages need no list: one is asked for the person. The methods that draw give the place in the
    list of people, from the oldest to the youngest.

    Raises
    ------
    OutcomeRefused
        when the number is none.
    """
    n_eligible = int(written) if written.strip().isdecimal() and len(written.strip()) < 4 else 0
    if not 1 <= n_eligible <= MOST:
        raise OutcomeRefused("n_eligible", "expected how many people, from 1 to 20")
    chosen: dict[str, Any] = {"method": method, "n_eligible": n_eligible}
    if method in BY_BIRTHDAY:
        return chosen | {"probability": 1 / n_eligible}
    if method not in DRAWN:
        return chosen
    members = [Member(number, number) for number in range(1, n_eligible + 1)]
    found = select(SelectionMethod(method), members, seed=case.order_key, household=str(case.case_id))
    if found is None:
        return chosen
    return chosen | {"number": found.number, "probability": found.probability}
