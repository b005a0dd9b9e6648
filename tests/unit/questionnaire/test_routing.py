import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cityvoice.questionnaire.model import MissingKind, QuestionKind
from cityvoice.questionnaire.routing import (
    next_section,
    previous_section,
    progress,
    prune,
    visible_questions,
    visible_sections,
)
from cityvoice.questionnaire.validation import read_page

from .builders import options, question, questionnaire, section, single
from .strategies import answers_to, field_answers, questionnaires

TENANTS = questionnaire(
    section(
        "home", single("tenure", "own", "rent"), single("rent_level", "low", "high", when='tenure = "rent"')
    ),
    section("landlord", single("repairs", "yes", "no"), when='rent_level = "high"'),
    section("last", single("sex")),
)


def names(sections):
    return [each.name for each in sections]


def test_a_condition_shows_and_hides():
    home = TENANTS.section("home")
    assert names(visible_questions(TENANTS, home, {})) == ["tenure"]
    assert names(visible_questions(TENANTS, home, {"tenure": "own"})) == ["tenure"]
    assert names(visible_questions(TENANTS, home, {"tenure": "rent"})) == ["tenure", "rent_level"]


def test_sections_follow_their_conditions():
    assert names(visible_sections(TENANTS, {"tenure": "own"})) == ["home", "last"]
    renting = {"tenure": "rent", "rent_level": "high"}
    assert names(visible_sections(TENANTS, renting)) == ["home", "landlord", "last"]
    assert visible_questions(TENANTS, TENANTS.section("landlord"), {"tenure": "own"}) == ()


def test_an_answer_left_from_another_road_decides_nothing_and_is_pruned():
    changed = {"tenure": "own", "rent_level": "high", "repairs": "no", "sex": "1"}
    assert names(visible_sections(TENANTS, changed)) == ["home", "last"]
    assert prune(TENANTS, changed) == {"tenure": "own", "sex": "1"}


def test_answers_to_nothing_that_is_asked_are_pruned():
    assert prune(TENANTS, {"sex": "1", "gone": "1"}) == {"sex": "1"}


def test_a_section_without_a_question_to_ask_is_not_shown():
    lonely = questionnaire(section("one", single("a")), section("two", single("b", when="a = 1")))
    assert names(visible_sections(lonely, {"a": "2"})) == ["one"]


def test_dont_know_follows_a_condition_on_its_own_code_and_no_comparison_by_size():
    unsure = question("a", options=options("1", "2", dk=MissingKind.DONT_KNOW))
    whole = questionnaire(
        section("one", unsure),
        section("doubt", single("why"), when='a = "dk"'),
        section("high", single("more"), when="a >= 1"),
    )
    assert names(visible_sections(whole, {"a": "dk"})) == ["one", "doubt"]
    assert names(visible_sections(whole, {"a": "1"})) == ["one", "high"]


def test_the_way_forward_and_back():
    renting = {"tenure": "rent", "rent_level": "high"}
    assert next_section(TENANTS, {}).name == "home"
    assert next_section(TENANTS, renting, "home").name == "landlord"
    assert next_section(TENANTS, {"tenure": "own"}, "home").name == "last"
    assert next_section(TENANTS, renting, "last") is None
    assert previous_section(TENANTS, renting, "last").name == "landlord"
    assert previous_section(TENANTS, {"tenure": "own"}, "last").name == "home"
    assert previous_section(TENANTS, renting, "home") is None
    assert previous_section(TENANTS, renting).name == "last"


def test_the_way_goes_on_from_a_section_that_has_become_hidden():
    assert next_section(TENANTS, {"tenure": "own"}, "landlord").name == "last"
    assert previous_section(TENANTS, {"tenure": "own"}, "landlord").name == "home"


def test_an_unknown_section_is_a_key_error():
    with pytest.raises(KeyError):
        next_section(TENANTS, {}, "nowhere")


def test_progress_counts_the_sections_that_the_answers_lead_through():
    renting = {"tenure": "rent", "rent_level": "high"}
    at_home = progress(TENANTS, {}, "home")
    assert (at_home.step, at_home.steps, at_home.share) == (1, 2, 0)
    hidden_after_the_end = progress(
        questionnaire(section("a", single("q")), section("b", single("r"), when="q = 1")), {}, "b"
    )
    assert (hidden_after_the_end.step, hidden_after_the_end.steps) == (2, 2)
    at_landlord = progress(TENANTS, renting, "landlord")
    assert (at_landlord.step, at_landlord.steps, at_landlord.share) == (2, 3, pytest.approx(1 / 3))


# --- laws ---------------------------------------------------------------------------------------------------


@st.composite
def answered(draw):
    whole = draw(questionnaires())
    return whole, draw(answers_to(whole))


@given(answered())
def test_forward_visits_every_visible_section_once_and_ends(case):
    whole, answers = case
    walked, at = [], None
    while (at_section := next_section(whole, answers, at)) is not None:
        at = at_section.name
        walked.append(at)
        assert len(walked) <= len(whole.sections)
    assert walked == names(visible_sections(whole, answers))


@given(answered())
def test_back_undoes_forward(case):
    whole, answers = case
    for here in visible_sections(whole, answers):
        further = next_section(whole, answers, here.name)
        back = previous_section(whole, answers, further.name if further else None)
        assert back == here


@given(answered())
def test_no_section_is_a_dead_end_without_a_question(case):
    whole, answers = case
    for here in visible_sections(whole, answers):
        assert visible_questions(whole, here, answers)


@given(answered())
def test_pruning_is_final_and_changes_no_route(case):
    whole, answers = case
    kept = prune(whole, answers)
    assert prune(whole, kept) == kept
    assert kept.items() <= answers.items()
    assert visible_sections(whole, kept) == visible_sections(whole, answers)


@given(answered(), st.data())
def test_changing_an_earlier_answer_never_leaves_a_stale_answer_counted(case, data):
    whole, answers = case
    assume(whole.question_of_field)
    name = data.draw(st.sampled_from(sorted(whole.question_of_field)))
    changed = {**answers, name: data.draw(field_answers(whole.question_of_field[name]))}
    shown = {
        field
        for here in visible_sections(whole, changed)
        for asked in visible_questions(whole, here, changed)
        for field in asked.fields
    }
    assert prune(whole, changed).keys() <= shown


@given(answered())
def test_progress_never_leaves_the_road(case):
    whole, answers = case
    road = visible_sections(whole, answers)
    steps = [progress(whole, answers, here.name).step for here in road]
    assert steps == list(range(1, len(road) + 1))


@given(answered())
def test_going_through_every_page_again_without_a_change_changes_no_answer(case):
    whole, answers = case
    untouched = {each.name: [] for each in whole.questions if each.kind is QuestionKind.MULTIPLE}
    kept = prune(whole, untouched | answers)
    form = {
        name: list(map(str, value if isinstance(value, list) else [value])) for name, value in kept.items()
    }
    again = dict(kept)
    for here in visible_sections(whole, kept):
        result = read_page(whole, here, form, again)
        assert not result.revealed
        again = again if result.errors else result.answers
    assert again == kept
