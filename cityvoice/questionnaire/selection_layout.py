"""The member of a repeat who is asked further, as questions behind the repeat."""

from collections.abc import Iterator, Mapping

from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Group, Selection
from cityvoice.questionnaire.own_words import own_words
from cityvoice.questionnaire.question import Question
from cityvoice.questionnaire.repeats import Copy, both, copies_of
from cityvoice.questionnaire.rewriting import changed
from cityvoice.questionnaire.selection import BIRTHDAYS, BY_AGE


def selection_names(select: Selection) -> tuple[str, ...]:
    """What a selection stores: who was selected, of how many, and with which chance where there is one."""
    names = (select.name, f"{select.name}_eligible")
    return names if select.method in BY_AGE else (*names, f"{select.name}_probability")


def selection_questions(group: Group, when: str | None, languages: tuple[str, ...]) -> Iterator[Question]:
    """What a repeat that selects is followed by: what is computed, and a sentence for each member.

    Who is selected is computed on every walk, so that a changed household is never left with an old choice.
    Only the day that birthdays are counted from is kept, for an interview that goes on the day after.
    """
    if not (group.repeat and (select := group.repeat.select)):
        return
    members = [(copy, changed(select, copy.change)) for copy in copies_of(group, group.repeat, None)]
    for name, value in _values(group.name, select, members).items():
        word = name.removeprefix(select.name).lstrip("_") or "selected"
        yield Question(name, QuestionKind.HIDDEN, own_words(word, languages), value=value, when=when)
    for copy, own in members:
        told = own.text or changed(own_words("told", languages), copy.change)
        is_chosen = both(when, f"{select.name} = {copy.number}")
        yield Question(f"{select.name}_told.{copy.number}", QuestionKind.INFO, told, when=is_chosen)


def _values(household: str, select: Selection, members: list[tuple[Copy, Selection]]) -> Mapping[str, str]:
    """The expressions of what is computed, by name; what is computed first stands first."""
    eligible = [both(copy.asked, own.when) or "true" for copy, own in members]
    keys = [own.by or str(copy.number) for copy, own in members]
    pairs = ", ".join(f"{each}, {key}" for each, key in zip(eligible, keys, strict=True))
    day = f"{select.name}_day" if select.method in BIRTHDAYS else '""'
    call = f'("{select.method}", "{household}", {day}, {pairs})'
    computed = (f"selected_member{call}", f"count_true({', '.join(eligible)})", f"selection_chance{call}")
    days = {day: "once(today())"} if select.method in BIRTHDAYS else {}
    return days | dict(zip(selection_names(select), computed, strict=False))
