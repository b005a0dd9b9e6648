from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.document import dump_document, load_document
from cityvoice.questionnaire.flat import arranged, flatten
from cityvoice.questionnaire.kinds import Display, MissingKind, QuestionKind
from cityvoice.questionnaire.model import SEED, Arm, Group, Repeat, Section, Split
from cityvoice.questionnaire.order import arm, arrange
from cityvoice.questionnaire.piping import fill
from cityvoice.questionnaire.routing import prune, route
from cityvoice.questionnaire.validation import read_page
from cityvoice.questionnaire.variables import variables

from .builders import items, options, page, question, questionnaire, section, single, text
from .strategies import questionnaires

PERSONS = question("persons", "number", low=0, high=9)
AGE = question("age", "number")
WORK = single("work", "yes", "no", when="age >= 16")
NAME = question("name", "text")


def household(**repeat):
    inner = (NAME, replace(AGE, text=text("Age of {name}, person {position()}?")), WORK)
    group = Group("people", text("Person {position()}"), inner, repeat=Repeat(3, **repeat))
    after = question("total", "hidden", value="sum(age)")
    oldest = question("old", "info", when="count(age) > 1 and max(age) >= 65")
    return questionnaire(section("home", PERSONS, group), section("end", after, oldest, single("last")))


def asked(whole, answers):
    found = route(whole, answers).questions.values()
    return [each.name for questions in found for each in questions]


def test_a_flat_questionnaire_is_its_own_flat_form():
    whole = page(single("a"))
    assert flatten(whole) is whole
    assert flatten(flatten(household(count="persons"))) is flatten(household(count="persons"))


def test_a_group_gives_its_condition_and_its_title():
    inner = Group("inner", None, (single("c"),), when="b = 1")
    group = Group("outer", text("About you"), (single("b"), inner), when="a = 1")
    whole = flatten(page(single("a"), group))
    assert [each.name for each in whole.questions] == ["a", "outer_title", "b", "c"]
    heading, b, c = list(whole.questions)[1:]
    assert (heading.kind, heading.display, heading.when) == (QuestionKind.INFO, Display.HEADING, "a = 1")
    assert (b.when, c.when) == ("a = 1", "(a = 1) and (b = 1)")
    assert asked(whole, {"a": "1", "b": "1"}) == ["a", "outer_title", "b", "c"]
    assert asked(whole, {"a": "2", "b": "1"}) == ["a"]


def test_a_heading_alone_is_no_page():
    group = Group("g", text("Title"), (single("b", when="a = 2"),))
    whole = flatten(questionnaire(section("one", single("a")), section("two", group)))
    assert [each.name for each in route(whole, {"a": "1"}).sections] == ["one"]


def test_a_repeat_is_asked_as_often_as_its_count_says():
    authored = household(count="persons")
    assert check(authored) == ()
    whole = flatten(authored)
    answers = {"persons": 2, "name.1": "Jan", "age.1": 40, "name.2": "Ala", "age.2": 70, "age.3": 99}
    assert asked(whole, answers) == [
        "persons",
        *("people_title.1", "name.1", "age.1", "work.1"),
        *("people_title.2", "name.2", "age.2", "work.2"),
        *("old", "last"),
    ]
    assert prune(whole, answers)["total"] == 110
    assert "age.3" not in prune(whole, answers)


def test_texts_in_a_repeat_name_their_own_copy():
    whole = flatten(household(count="persons"))
    answers = prune(whole, {"persons": 2, "name.2": "Ala"})
    assert fill(whole.question("age.2").text, whole, answers, "pl") == "Age of Ala, person 2?"
    assert fill(whole.question("people_title.2").text, whole, answers, "pl") == "Person 2"


def test_without_a_count_the_respondent_says_whether_there_is_one_more():
    authored = household(more=text("Anybody else?"))
    assert check(authored) == ()
    whole = flatten(authored)
    assert [each.name for each in whole.questions if "more" in each.name] == [
        "people_more.1",
        "people_more.2",
    ]
    assert whole.question("people_more.1").text == text("Anybody else?")
    one = {"persons": 1, "people_more.1": "0", "name.2": "Ala"}
    assert "name.2" not in asked(whole, one)
    home = whole.section("home")
    form = {"name.1": ["Jan"], "people_more.1": ["1"]}
    first = read_page(whole, home, form, {})
    assert first.revealed == ("people_title.2", "name.2", "age.2", "people_more.2")
    second = read_page(whole, home, form | {"name.2": ["Ala"]}, first.answers)
    assert second.answers["name.2"] == "Ala"


def test_the_columns_of_a_repeat_never_change():
    names = [variable.name for variable in variables(flatten(household(count="persons")))]
    assert names == [
        "persons",
        *(f"{name}.{number}" for number in (1, 2, 3) for name in ("name", "age", "work")),
        "total",
        "last",
    ]


def test_parts_of_a_question_in_a_repeat_end_in_its_number():
    matrix = question("m", "matrix", options=options("1"), items=items("a"), comment=text("Why?"))
    group = Group("g", None, (matrix,), repeat=Repeat(2, count="2"))
    whole = flatten(page(group))
    assert [*whole.question_of_field] == ["m_a.1", "m_comment.1", "m_a.2", "m_comment.2"]


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (Group("g", None, (AGE,), repeat=Repeat(0)), "questions[0].repeat.maximum: must be from 1 to 50"),
        (Group("g", None, ()), "questions[0].questions: group 'g' has no question"),
        (
            Group("g", None, (Group("h", None, (AGE,), repeat=Repeat(2)),), repeat=Repeat(2)),
            "'g' is repeated and cannot hold another repeat",
        ),
        (
            Group("g", None, (AGE, single("b", when="missing = 1"))),
            "questions[0].questions[1].when: unknown name 'missing'",
        ),
        (Group("age", None, (AGE,)), "questions[0].name: 'age' is already a name"),
        (Group("g", text("{position()}"), (AGE,)), "position() has a value only inside a repeat"),
        (Group("g", text("{(}"), (AGE,)), "questions[0].title.pl: expected a name"),
        (Group("g", None, (AGE, single("b", when="age > 1")), shuffle=True), "'age' is not asked before"),
        (Group("g", None, (AGE,), repeat=Repeat(2, count="n")), "repeat.count: unknown name 'n'"),
    ],
)
def test_problems_of_groups_have_their_place_in_the_document(broken, problem):
    assert any(problem in str(each) for each in check(page(broken)))


def test_what_is_asked_several_times_needs_a_function():
    people = Group("people", None, (AGE,), repeat=Repeat(3))
    (problem,) = check(page(people, single("b", when="age > 3")))
    assert problem.message == "'age' is asked several times: name it in a function, such as count(age)"
    assert check(page(people, single("b", when="max(age) > 3"))) == ()


@given(questionnaires())
def test_the_flat_form_holds_questions_alone_and_the_document_keeps_its_groups(authored):
    whole = flatten(authored)
    assert flatten(whole) is whole
    assert not any(isinstance(each, Group) for here in whole.sections for each in here.elements)
    assert len({each.name for each in whole.questions}) == sum(1 for _ in whole.questions)
    assert load_document(dump_document(authored)) == authored


# --- random orders and split ballots

ARMS = (Arm("A", text("a")), Arm("B", text("b"), share=3))
BALLOT = replace(
    questionnaire(section("one", single("q", when='version = "B"')), section("two", single("z"))),
    splits=(Split("version", ARMS),),
)


def test_a_split_ballot_follows_from_the_seed_and_is_kept():
    assert check(BALLOT) == ()
    whole = flatten(BALLOT)
    drawn = [prune(whole, {SEED: seed})["version"] for seed in range(2000)]
    assert 0.72 < drawn.count("B") / 2000 < 0.78
    assert prune(whole, {SEED: 1, "version": "A"})["version"] == "A"
    assert "version" not in prune(whole, {})
    (variable, *_) = variables(whole)
    assert (variable.name, [option.code for option in variable.options]) == ("version", ["A", "B"])
    assert arm(BALLOT.splits[0], 7) == arm(BALLOT.splits[0], 7)


def shuffled():
    marks = options("1", "2", "3", "4", "5", dk=MissingKind.DONT_KNOW)
    matrix = question("m", "matrix", options=options("1"), items=items(*"abcde"), shuffle=True)
    first = section("one", question("hello", "info"), single("a"), single("b"), single("c"))
    rotated = [replace(section(f"r{n}", single(f"x{n}")), rotation="blocks") for n in range(3)]
    between = section("between", question("q", options=marks, shuffle=True), matrix)
    return questionnaire(replace(first, shuffle=True), rotated[0], between, *rotated[1:])


@given(st.integers() | st.text(max_size=10))
def test_every_order_holds_the_same_and_leaves_apart_what_stands_apart(seed):
    authored = shuffled()
    whole = arrange(authored, seed)
    assert whole == arrange(authored, seed)
    assert [each.name for each in whole.sections][::2][:1] == ["one"]
    assert whole.sections[2].name == "between"
    assert {each.name for each in whole.sections} == {each.name for each in authored.sections}
    assert whole.section("one").questions[0].name == "hello"
    q, m = whole.section("between").questions
    assert q.options[-1].code == "dk"
    assert sorted(q.codes) == sorted(authored.question("q").codes)
    assert sorted(item.name for item in m.items) == list("abcde")
    assert m.options == authored.question("m").options


def test_every_place_is_as_likely_as_another():
    authored = shuffled()
    first = [arranged(authored, seed).question("q").codes[0] for seed in range(1000)]
    assert all(150 < first.count(code) < 250 for code in "12345")


def test_nothing_to_shuffle_is_the_same_object():
    whole = page(single("a"))
    assert arranged(whole, 5) is whole


def test_what_may_change_places_cannot_look_at_each_other():
    one = replace(section("one", single("a")), rotation="r")
    between = section("between", single("b", when="a = 1"))
    two = replace(section("two", single("c", when="a = 1")), rotation="r")
    after = section("after", single("d", when="a = 1 and c = 1"))
    whole = questionnaire(one, between, two, after)
    assert [each.path for each in check(whole)] == [
        "sections[1].questions[0].when",
        "sections[2].questions[0].when",
    ]
    mixed = Section("s", None, (single("a"), single("b", when="a = 1")), shuffle=True)
    assert [each.path for each in check(questionnaire(mixed))] == ["sections[0].questions[1].when"]
