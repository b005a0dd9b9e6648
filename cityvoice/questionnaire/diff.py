"""What a new version of a questionnaire changes, in the terms of its answers.

Both questionnaires are in their flat form. A change of words leaves the data comparable as far as a machine
can tell, so it is reported but costs nothing; a change of codes or kinds does cost, and the map of variables
says where.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.question import Question, ResponseOption, Text
from cityvoice.questionnaire.variables import Variable, VariableKind, variables


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"  # no longer asked; answers already given stay
    MOVED = "moved"  # to another section, or another place among the questions that stayed
    KIND = "kind"  # answers of the two kinds are not comparable
    WORDS = "words"
    TRANSLATION = "translation"  # words of a language that the old version did not have
    OPTION_ADDED = "option_added"
    OPTION_REMOVED = "option_removed"  # answers that hold its code stay
    OPTION_WORDS = "option_words"
    ITEM_ADDED = "item_added"
    ITEM_REMOVED = "item_removed"
    ROUTING = "routing"  # who is asked
    LIMITS = "limits"  # which answers are accepted
    DRAWING = "drawing"  # how it looks, nothing else


class Fate(StrEnum):
    """What becomes of a variable."""

    KEPT = "kept"
    NEW = "new"  # empty in the responses given so far
    ENDED = "ended"  # empty in the responses to come
    CHANGED = "changed"  # same name, but its values do not mean the same


@dataclass(frozen=True)
class Change:
    """One difference. `part` names the option's code or the item where only a part changed."""

    kind: ChangeKind
    question: str
    part: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class VariableChange:
    """One line of the map of variables; `lost_codes` are values that can no longer be answered."""

    name: str
    fate: Fate
    lost_codes: tuple[str, ...] = ()
    new_codes: tuple[str, ...] = ()


_ROUTING = ("when", "option_filter")
_WORDS = ("text", "hint", "low_label", "high_label", "unit", "comment", "label", "instruction")
_DRAWING = ("display", "shuffle", "default", "favourable")
_ELSEWHERE = {"name", "kind", "options", "items", "columns", *_ROUTING, *_WORDS, *_DRAWING}
_LIMITS = tuple(field.name for field in fields(Question) if field.name not in _ELSEWHERE)


def diff(before: Questionnaire, after: Questionnaire) -> tuple[Change, ...]:
    """Every difference between two flat questionnaires, in the order of the new one, removals last."""
    old = {question.name: question for question in before.questions}
    changes: list[Change] = []
    moved = _moved(before, after)
    for question in after.questions:
        if question.name not in old:
            changes.append(Change(ChangeKind.ADDED, question.name, after=question.text.in_(after.language)))
            continue
        if question.name in moved:
            changes.append(Change(ChangeKind.MOVED, question.name))
        changes.extend(_changes(old[question.name], question))
    changes.extend(_removed(before, after))
    return tuple(changes)


def variable_map(before: Questionnaire, after: Questionnaire) -> tuple[VariableChange, ...]:
    """What becomes of each variable of the two flat questionnaires, the new one's first."""
    old = {variable.name: variable for variable in variables(before)}
    new = {variable.name: variable for variable in variables(after)}
    questions, questions_before = _by_name(after), _by_name(before)
    kept = [
        _variable_change(old.get(name), variable, questions_before, questions)
        for name, variable in new.items()
    ]
    return (*kept, *(VariableChange(name, Fate.ENDED) for name in old if name not in new))


def _by_name(questionnaire: Questionnaire) -> Mapping[str, Question]:
    return {question.name: question for question in questionnaire.questions}


def _variable_change(
    old: Variable | None,
    new: Variable,
    questions_before: Mapping[str, Question],
    questions: Mapping[str, Question],
) -> VariableChange:
    if old is None:
        return VariableChange(new.name, Fate.NEW)
    codes, old_codes = _codes(new.options), _codes(old.options)
    lost = tuple(code for code in old_codes if code not in codes)
    gained = tuple(code for code in codes if code not in old_codes)
    before, after = questions_before.get(old.question), questions.get(new.question)
    same = (
        old.field == new.field
        and _scale(old) == _scale(new)
        and before is not None
        and after is not None
        and _mean_the_same(before, after)
    )
    return VariableChange(new.name, Fate.KEPT if same else Fate.CHANGED, lost, gained)


def _mean_the_same(before: Question, after: Question) -> bool:
    """Whether an answer says the same as before, as far as a machine can tell: by kind, ends and codes."""
    if before.kind is not after.kind or before.points != after.points or _is_another_unit(before, after):
        return False
    old = {option.code: option for option in before.options}
    shared = [option for option in after.options if option.code in old]
    if any(option.missing is not old[option.code].missing for option in shared):
        return False
    return not any(_is_label_of_another(option, old) for option in shared)


def _is_another_unit(before: Question, after: Question) -> bool:
    """Whether a number counts something else in every language that both have: hours, not minutes."""
    if before.unit is None or after.unit is None:
        return False
    said, was = after.unit.translations, before.unit.translations
    shared = said.keys() & was.keys()
    return bool(shared) and all(_bare(said[each]) != _bare(was[each]) for each in shared)


def _bare(unit: str) -> str:
    return unit.strip().rstrip(".").casefold()


def _is_label_of_another(option: ResponseOption, old: Mapping[str, ResponseOption]) -> bool:
    """Whether its words, in some language, were those of another code: exchanged, not reworded."""
    said, was = option.label.translations, old[option.code].label.translations
    return any(
        words.strip() and words != was.get(language) and words == other.label.translations.get(language)
        for language, words in said.items()
        for code, other in old.items()
        if code != option.code
    )


def _scale(variable: Variable) -> VariableKind:
    """What its values are; whether their order means something says nothing of the values."""
    return VariableKind.NOMINAL if variable.kind is VariableKind.ORDINAL else variable.kind


def _codes(options: Sequence[ResponseOption]) -> tuple[str, ...]:
    return tuple(option.code for option in options)


def _removed(before: Questionnaire, after: Questionnaire) -> Iterator[Change]:
    stays = {question.name for question in after.questions}
    for question in before.questions:
        if question.name not in stays:
            words = question.text.in_(before.language)
            yield Change(ChangeKind.REMOVED, question.name, before=words)


def _moved(before: Questionnaire, after: Questionnaire) -> set[str]:
    """Questions in another section, or outside the longest run of questions whose order stayed."""
    old, new = _sections(before), _sections(after)
    common = [name for name in new if name in old]
    places = {name: place for place, name in enumerate(old)}
    stayed = _longest_rise([places[name] for name in common])
    in_order = {common[index] for index in stayed}
    return {name for name in common if name not in in_order or old[name] != new[name]}


def _sections(questionnaire: Questionnaire) -> Mapping[str, str]:
    return {question.name: each.name for each in questionnaire.sections for question in each.questions}


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """The indices of one longest increasing run, gaps allowed; quadratic, for some hundreds."""
    best = [1] * len(numbers)
    previous = [-1] * len(numbers)
    for here in range(len(numbers)):
        for there in range(here):
            if numbers[there] < numbers[here] and best[there] + 1 > best[here]:
                best[here], previous[here] = best[there] + 1, there
    rise: list[int] = []
    at = max(range(len(numbers)), key=best.__getitem__, default=-1)
    while at >= 0:
        rise.append(at)
        at = previous[at]
    return rise[::-1]


def _changes(old: Question, new: Question) -> Iterator[Change]:
    if old.kind is not new.kind:
        yield Change(ChangeKind.KIND, new.name, before=old.kind, after=new.kind)
    for name in _WORDS:
        yield from _words(getattr(old, name), getattr(new, name), ChangeKind.WORDS, new.name)
    yield from _options(old, new)
    yield from _items(old, new)
    for kind, names in (
        (ChangeKind.ROUTING, _ROUTING),
        (ChangeKind.LIMITS, _LIMITS),
        (ChangeKind.DRAWING, _DRAWING),
    ):
        for name in names:
            before, after = getattr(old, name), getattr(new, name)
            if before != after:
                yield Change(kind, new.name, name, _shown(before), _shown(after))
    if old.columns != new.columns:
        columns = (", ".join(column.name for column in each.columns) for each in (old, new))
        yield Change(ChangeKind.LIMITS, new.name, "columns", *columns)


def _words(
    old: Text | None, new: Text | None, kind: ChangeKind, question: str, part: str | None = None
) -> Iterator[Change]:
    before, after = (dict(text.translations) if text else {} for text in (old, new))
    for language in sorted(before.keys() | after.keys()):
        if before.get(language) != after.get(language):
            is_new = language not in before and bool(before)
            change = ChangeKind.TRANSLATION if is_new else kind
            yield Change(change, question, part, before.get(language), after.get(language))


def _options(old: Question, new: Question) -> Iterator[Change]:
    before = {option.code: option for option in old.options}
    for option in new.options:
        if option.code not in before:
            words = next(iter(option.label.translations.values()), "")
            yield Change(ChangeKind.OPTION_ADDED, new.name, option.code, after=words)
            continue
        was = before[option.code]
        yield from _words(was.label, option.label, ChangeKind.OPTION_WORDS, new.name, option.code)
        if (was.missing, was.exclusive, was.specify) != (option.missing, option.exclusive, option.specify):
            yield Change(ChangeKind.LIMITS, new.name, option.code)
        if (was.when, was.attributes) != (option.when, option.attributes):
            yield Change(ChangeKind.ROUTING, new.name, option.code, was.when, option.when)
    for code, option in before.items():
        if code not in new.codes:
            words = next(iter(option.label.translations.values()), "")
            yield Change(ChangeKind.OPTION_REMOVED, new.name, code, before=words)


def _items(old: Question, new: Question) -> Iterator[Change]:
    before = {old.item_key(item): item for item in old.items}
    after = {new.item_key(item): item for item in new.items}
    for key, item in after.items():
        if key not in before:
            yield Change(ChangeKind.ITEM_ADDED, new.name, item.name)
        else:
            yield from _words(before[key].label, item.label, ChangeKind.WORDS, new.name, item.name)
            if before[key].when != item.when:
                yield Change(ChangeKind.ROUTING, new.name, item.name, before[key].when, item.when)
    yield from (
        Change(ChangeKind.ITEM_REMOVED, new.name, item.name)
        for key, item in before.items()
        if key not in after
    )


def _shown(value: object) -> str | None:
    return None if value is None or value == () else str(value)
