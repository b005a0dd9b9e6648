from dataclasses import replace

from cityvoice.questionnaire.variables import variables
from cityvoice.questionnaire.versions import EARLIER, merge
from tests.unit.questionnaire.builders import items, options, page, question, single, text


def test_one_version_is_itself():
    only = page(single("a"))
    assert merge((only,)) == only


def test_what_an_earlier_version_asked_keeps_its_place_in_the_data():
    first = page(single("a", "1", "2", "9"), single("gone"), question("words", "text"))
    second = page(single("a", "1", "2", "3"), question("words", "text"))
    third = page(question("words", "text"), single("new"))
    merged = merge(
        (
            first,
            second,
            third,
        )
    )
    assert [variable.name for variable in variables(merged)] == ["words", "new", "a", "gone"]
    assert merged.question("a").codes == ("1", "2", "3", "9")
    assert [section.name for section in merged.sections] == ["page", EARLIER]


def test_items_that_are_no_longer_asked_stay():
    scale = options("1", "2")
    first = page(question("m", "matrix", options=scale, items=items("x", "y")))
    second = page(question("m", "matrix", options=scale, items=items("y", "z")))
    assert [
        variable.name
        for variable in variables(
            merge(
                (
                    first,
                    second,
                )
            )
        )
    ] == ["m_y", "m_z", "m_x"]


def test_a_name_that_now_means_something_else_is_not_asked_twice():
    first = page(single("m_x"))
    second = page(question("m", "matrix", options=options("1", "2"), items=items("x")))
    assert [
        variable.name
        for variable in variables(
            merge(
                (
                    first,
                    second,
                )
            )
        )
    ] == ["m_x"]


def test_parts_that_are_no_longer_asked_keep_their_columns():
    other = replace(options("1")[0], code="9", specify=True)
    first = page(
        question("s", options=(*options("1"), other), comment=text("Why?")),
        question("n", "scale", low=0, high=10),
    )
    second = page(single("s", "1"), question("n", "scale", low=1, high=5))
    merged = {variable.name: variable for variable in variables(merge((first, second)))}
    assert merged.keys() == {"s", "n", "s_9_text", "s_comment"}
    assert [option.code for option in merged["n"].options] == [*"12345", "0", *"6789", "10"]


def test_a_name_stands_once_whatever_it_meant():
    first = page(question("s", "multiple", options=options("a", "b")))
    second = page(question("s_a", "text"))
    assert [variable.name for variable in variables(merge((first, second)))].count("s_a") == 1
