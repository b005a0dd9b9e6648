from dataclasses import replace

import pytest

from cityvoice.questionnaire import editing
from cityvoice.questionnaire.model import Group
from tests.unit.questionnaire.builders import items, options, question, questionnaire, section, single, text


def _shape(draft):
    def inside(elements):
        return [
            (each.name, inside(each.elements)) if isinstance(each, Group) else each.name for each in elements
        ]

    return {each.name: inside(each.elements) for each in draft.sections}


@pytest.fixture
def draft():
    group = Group("g", None, (single("b"), single("c")))
    return questionnaire(section("s", single("a"), group, single("d")), section("t", single("e")))


def test_moving_down_goes_out_of_the_group_and_into_the_next_section(draft):
    roads = []
    for _ in range(6):
        draft = editing.move_element(draft, "c", 1)
        roads.append(_shape(draft))
    assert roads[0] == {"s": ["a", ("g", ["b"]), "c", "d"], "t": ["e"]}
    assert roads[1] == {"s": ["a", ("g", ["b"]), "d", "c"], "t": ["e"]}
    assert roads[2] == {"s": ["a", ("g", ["b"]), "d"], "t": ["c", "e"]}
    assert roads[4] == roads[5] == {"s": ["a", ("g", ["b"]), "d"], "t": ["e", "c"]}


def test_moving_up_goes_the_same_way_back(draft):
    assert _shape(editing.move_element(draft, "e", -1)) == {"s": ["a", ("g", ["b", "c"]), "d", "e"], "t": []}
    assert _shape(editing.move_element(draft, "b", -1)) == {"s": ["a", "b", ("g", ["c"]), "d"], "t": ["e"]}
    assert editing.move_element(draft, "a", -1) == draft


def test_adding_into_a_group_after_a_question(draft):
    grown = editing.add_element(draft, single("new"), into="g", after="b")
    assert _shape(grown)["s"] == ["a", ("g", ["b", "new", "c"]), "d"]
    assert _shape(editing.add_element(draft, single("new"), into="t"))["t"] == ["e", "new"]
    with pytest.raises(KeyError):
        editing.add_element(draft, single("new"), into="nowhere")


def test_copies_have_names_of_their_own(draft):
    twice = editing.duplicate_question(editing.duplicate_question(draft, "b"), "b")
    assert _shape(twice)["s"] == ["a", ("g", ["b", "b_3", "b_2", "c"]), "d"]


def test_removing_and_replacing(draft):
    assert _shape(editing.remove_element(draft, "g"))["s"] == ["a", "d"]
    asked = replace(draft.question("b"), required=True)
    assert editing.replace_element(draft, "b", asked).question("b").required
    for unknown in (editing.remove_element, editing.find_element, editing.section_of, editing.remove_section):
        with pytest.raises(KeyError):
            unknown(draft, "nobody")


def test_sections_come_go_and_change_places(draft):
    grown = editing.add_section(draft, text("New"), after="s")
    assert [each.name for each in grown.sections] == ["s", "section", "t"]
    assert [each.name for each in editing.move_section(grown, "t", -5).sections] == ["t", "s", "section"]
    assert [each.name for each in editing.remove_section(grown, "s").sections] == ["section", "t"]


def test_a_new_name_reaches_every_expression_that_used_the_old_one():
    matrix = question("m", "matrix", options=options("1", "2"), items=items("x"))
    draft = questionnaire(
        section("s", single("a"), matrix, single("b", when='a = "1" and m_x = "2" and aa = 1')),
        section("t", single("c", when="broken ("), when='a = "2"'),
    )
    renamed = editing.rename(editing.rename(draft, "a", "z"), "m", "n")
    assert renamed.question("b").when == 'z = "1" and n_x = "2" and aa = 1'
    assert renamed.sections[1].when == 'z = "2"'
    assert renamed.question("c").when == "broken ("
