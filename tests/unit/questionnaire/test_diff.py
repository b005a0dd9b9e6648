from dataclasses import replace

import pytest

from cityvoice.questionnaire.diff import ChangeKind, Fate, diff, variable_map
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.question import Question, Text
from tests.unit.questionnaire.builders import items, options, page, question, questionnaire, section, single


def _kinds(before, after):
    return [(change.kind, change.question, change.part) for change in diff(before, after)]


def test_the_same_questionnaire_has_no_difference():
    same = page(single("a"), question("b", "matrix", options=options("1", "2"), items=items("x", "y")))
    assert diff(same, same) == ()
    assert {change.fate for change in variable_map(same, same)} == {Fate.KEPT}


def test_a_new_and_a_removed_question():
    before, after = page(single("a"), single("b")), page(single("a"), single("c"))
    assert _kinds(before, after) == [(ChangeKind.ADDED, "c", None), (ChangeKind.REMOVED, "b", None)]
    assert [(one.name, one.fate) for one in variable_map(before, after)] == [
        ("a", Fate.KEPT),
        ("c", Fate.NEW),
        ("b", Fate.ENDED),
    ]


def test_only_the_question_that_was_carried_elsewhere_counts_as_moved():
    before = page(*(single(name) for name in "abcde"))
    after = page(*(single(name) for name in "bcdea"))
    assert _kinds(before, after) == [(ChangeKind.MOVED, "a", None)]


def test_another_section_is_a_move():
    before = questionnaire(section("s", single("a"), single("b")), section("t", single("c")))
    after = questionnaire(section("s", single("a")), section("t", single("b"), single("c")))
    assert _kinds(before, after) == [(ChangeKind.MOVED, "b", None)]


def test_codes_that_come_and_go_are_in_the_map():
    before, after = page(single("a", "1", "2")), page(single("a", "1", "3"))
    assert _kinds(before, after) == [
        (ChangeKind.OPTION_ADDED, "a", "3"),
        (ChangeKind.OPTION_REMOVED, "a", "2"),
    ]
    (change,) = variable_map(before, after)
    assert (change.fate, change.lost_codes, change.new_codes) == (Fate.KEPT, ("2",), ("3",))


def test_another_kind_under_the_same_name_changes_the_meaning():
    before, after = page(question("a", "text")), page(question("a", "number"))
    assert (ChangeKind.KIND, "a", None) in _kinds(before, after)
    assert variable_map(before, after)[0].fate is Fate.CHANGED


def test_words_translations_routing_limits_and_drawing_are_told_apart():
    old = Question("a", QuestionKind.TEXT, Text({"pl": "Pytanie"}))
    new = replace(
        old, text=Text({"pl": "Pytanie?", "en": "Question?"}), when="b = 1", max_length=5, default="'x'"
    )
    assert [(change.kind, change.part) for change in diff(page(old), page(new))] == [
        (ChangeKind.TRANSLATION, None),
        (ChangeKind.WORDS, None),
        (ChangeKind.ROUTING, "when"),
        (ChangeKind.LIMITS, "max_length"),
        (ChangeKind.DRAWING, "default"),
    ]


def test_items_that_come_go_and_change_their_words():
    scale = options("1", "2")
    x, y, z = items("x", "y", "z")
    before = page(question("m", "matrix", options=scale, items=(x, y)))
    after = page(question("m", "matrix", options=scale, items=(replace(x, label=Text({"pl": "inny"})), z)))
    assert _kinds(before, after) == [
        (ChangeKind.WORDS, "m", "x"),
        (ChangeKind.ITEM_ADDED, "m", "z"),
        (ChangeKind.ITEM_REMOVED, "m", "y"),
    ]


def test_saying_what_is_favourable_changes_no_meaning():
    before, after = page(single("a", "1", "2")), page(single("a", "1", "2", favourable=("1",)))
    assert variable_map(before, after)[0].fate is Fate.KEPT


def test_a_date_that_becomes_a_text_is_another_variable():
    before, after = page(question("a", "date")), page(question("a", "text"))
    assert variable_map(before, after)[0].fate is Fate.CHANGED


@pytest.mark.parametrize(
    ("before", "after", "fate"),
    [
        ({"en": "minutes"}, {"en": "hours"}, Fate.CHANGED),
        ({"en": "min", "pl": "min"}, {"en": "Min.", "pl": "minut"}, Fate.KEPT),  # the same in one of them
        ({"en": "minutes"}, {"en": "minutes", "uk": "хвилин"}, Fate.KEPT),
        ({"en": "minutes"}, {"uk": "хвилин"}, Fate.KEPT),  # no language in common: nobody can tell
        (None, {"en": "hours"}, Fate.KEPT),
    ],
)
def test_a_number_of_hours_is_not_one_of_minutes(before, after, fate):
    old, new = (question("time", "number", unit=unit and Text(unit)) for unit in (before, after))
    assert variable_map(page(old), page(new))[0].fate is fate
