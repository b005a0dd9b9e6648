"""Which member of a household is selected: what `select` of a repeat is laid out as."""

from collections.abc import Mapping, Sequence
from datetime import date

from cityvoice.questionnaire.expressions.functions.signature import Function
from cityvoice.questionnaire.expressions.types import ANY, DATED, TEXTUAL, ValueType
from cityvoice.questionnaire.expressions.values import Value, as_moment, as_number, as_text, truth
from cityvoice.questionnaire.kinds import SelectionMethod
from cityvoice.questionnaire.model import SEED
from cityvoice.questionnaire.selection import Key, Member, Selected, select


def _selected(
    seed: Value, method: Value, household: Value, day: Value, members: Sequence[Value]
) -> Selected | None:
    """`members`: of each member of the roster whether it is eligible, and the key that the method goes by."""
    start, name = as_text(seed), as_text(household)
    if not start or name is None or method not in set(SelectionMethod):
        return None
    pairs = zip(members[::2], members[1::2], strict=False)
    eligible = [
        Member(number, _key(key))
        for number, (is_eligible, key) in enumerate(pairs, start=1)
        if truth(is_eligible) is True
    ]
    return select(SelectionMethod(str(method)), eligible, seed=start, household=name, day=_day(day))


def _key(value: Value) -> Key | None:
    return _day(value) or as_number(value)


def _day(value: Value) -> date | None:
    moment = as_moment(value)
    return moment.date() if moment else None


def _number(seed: Value, method: Value, household: Value, day: Value, *members: Value) -> int | None:
    found = _selected(seed, method, household, day, members)
    return None if found is None else found.number


def _probability(seed: Value, method: Value, household: Value, day: Value, *members: Value) -> float | None:
    found = _selected(seed, method, household, day, members)
    return None if found is None else found.probability


_TAKES = (TEXTUAL, TEXTUAL, DATED, ANY)

FUNCTIONS: Mapping[str, Function] = {
    "selected_member": Function(_TAKES, ValueType.NUMBER, _number, repeats=True, given=(SEED,)),
    "selection_chance": Function(_TAKES, ValueType.NUMBER, _probability, repeats=True, given=(SEED,)),
}
