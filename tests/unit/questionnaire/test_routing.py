import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cityvoice.questionnaire.flat import arranged, flatten
from cityvoice.questionnaire.kinds import MissingKind, QuestionKind
from cityvoice.questionnaire.model import SEED
from cityvoice.questionnaire.names import fields_of, question_fields
from cityvoice.questionnaire.routing import offered_options, prune, route, visible_items
from cityvoice.questionnaire.validation import read_page

from .builders import options, question, questionnaire, section, single
from .strategies import WITH_OPTIONS, answers_to, field_answers, questionnaires

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
    assert names(route(TENANTS, {}).questions["home"]) == ["tenure"]
    assert names(route(TENANTS, {"tenure": "own"}).questions["home"]) == ["tenure"]
    assert names(route(TENANTS, {"tenure": "rent"}).questions["home"]) == ["tenure", "rent_level"]


def test_sections_follow_their_conditions():
    assert names(route(TENANTS, {"tenure": "own"}).sections) == ["home", "last"]
    renting = {"tenure": "rent", "rent_level": "high"}
    assert names(route(TENANTS, renting).sections) == ["home", "landlord", "last"]
    assert "landlord" not in route(TENANTS, {"tenure": "own"}).questions


def test_an_answer_left_from_another_road_decides_nothing_and_is_pruned():
    changed = {"tenure": "own", "rent_level": "high", "repairs": "no", "sex": "1"}
    assert names(route(TENANTS, changed).sections) == ["home", "last"]
    assert prune(TENANTS, changed) == {"tenure": "own", "sex": "1"}


def test_answers_to_nothing_that_is_asked_are_pruned():
    assert prune(TENANTS, {"sex": "1", "gone": "1"}) == {"sex": "1"}


def test_a_section_without_a_question_to_ask_is_not_shown():
    lonely = questionnaire(section("one", single("a")), section("two", single("b", when="a = 1")))
    assert names(route(lonely, {"a": "2"}).sections) == ["one"]


def test_dont_know_follows_a_condition_on_its_own_code_and_no_comparison_by_size():
    unsure = question("a", options=options("1", "2", dk=MissingKind.DONT_KNOW))
    whole = questionnaire(
        section("one", unsure),
        section("doubt", single("why"), when='a = "dk"'),
        section("high", single("more"), when="a >= 1"),
    )
    assert names(route(whole, {"a": "dk"}).sections) == ["one", "doubt"]
    assert names(route(whole, {"a": "1"}).sections) == ["one", "high"]


def test_the_way_forward_and_back():
    renting = {"tenure": "rent", "rent_level": "high"}
    assert route(TENANTS, {}).after().name == "home"
    assert route(TENANTS, renting).after("home").name == "landlord"
    assert route(TENANTS, {"tenure": "own"}).after("home").name == "last"
    assert route(TENANTS, renting).after("last") is None
    assert route(TENANTS, renting).before("last").name == "landlord"
    assert route(TENANTS, {"tenure": "own"}).before("last").name == "home"
    assert route(TENANTS, renting).before("home") is None
    assert route(TENANTS, renting).before().name == "last"


def test_the_way_goes_on_from_a_section_that_has_become_hidden():
    assert route(TENANTS, {"tenure": "own"}).after("landlord").name == "last"
    assert route(TENANTS, {"tenure": "own"}).before("landlord").name == "home"


def test_an_unknown_section_is_a_key_error():
    with pytest.raises(KeyError):
        route(TENANTS, {}).after("nowhere")


def test_progress_counts_the_sections_that_the_answers_lead_through():
    renting = {"tenure": "rent", "rent_level": "high"}
    at_home = route(TENANTS, {}).progress("home")
    assert (at_home.step, at_home.steps, at_home.share) == (1, 2, 0)
    hidden_after_the_end = route(
        questionnaire(section("a", single("q")), section("b", single("r"), when="q = 1")), {}
    ).progress("b")
    assert (hidden_after_the_end.step, hidden_after_the_end.steps) == (2, 2)
    at_landlord = route(TENANTS, renting).progress("landlord")
    assert (at_landlord.step, at_landlord.steps, at_landlord.share) == (2, 3, pytest.approx(1 / 3))


# --- laws ---------------------------------------------------------------------------------------------------


@st.composite
def answered(draw):
    whole = flatten(draw(questionnaires()))
    return whole, draw(answers_to(whole))


@given(answered())
def test_forward_visits_every_visible_section_once_and_ends(case):
    whole, answers = case
    walked, at = [], None
    while (at_section := route(whole, answers).after(at)) is not None:
        at = at_section.name
        walked.append(at)
        assert len(walked) <= len(whole.sections)
    assert walked == names(route(whole, answers).sections)


@given(answered())
def test_back_undoes_forward(case):
    whole, answers = case
    for here in route(whole, answers).sections:
        further = route(whole, answers).after(here.name)
        back = route(whole, answers).before(further.name if further else None)
        assert back == here


@given(answered())
def test_back_and_forward_return_to_the_same_state(case):
    whole, answers = case
    there = _sent(whole, prune(whole, answers), whole.sections)
    road = route(whole, there).sections
    asked = route(whole, there).questions
    back = _sent(whole, there, tuple(reversed(road)))
    assert route(whole, back).questions == asked


def _sent(whole, answers, sections):
    """The answers after each of these pages was sent as it stood: boxes left empty are answers then."""
    for here in sections:
        result = read_page(whole, here, posted(whole, here, answers), answers)
        answers = answers if result.errors else prune(whole, result.answers)
    return answers


@given(answered())
def test_no_section_is_a_dead_end_without_a_question(case):
    whole, answers = case
    found = route(whole, answers)
    for here in found.sections:
        assert found.questions[here.name]
        for asked in found.questions[here.name]:
            if asked.items:
                assert visible_items(whole, asked, found.answers)
            if asked.kind in WITH_OPTIONS:
                options = offered_options(whole, asked, found.answers)
                assert any(option.missing is None for option in options)


@given(answered())
def test_pruning_is_final_and_changes_no_route(case):
    whole, answers = case
    kept = prune(whole, answers)
    assert prune(whole, kept) == kept
    assert route(whole, kept).sections == route(whole, answers).sections
    for name, answer in kept.items():
        if name in whole.question_of_field and whole.question_of_field[name].kind is QuestionKind.HIDDEN:
            continue
        given_before = answers[name]
        assert set(answer) <= set(given_before) if isinstance(answer, list) else answer == given_before


@given(answered(), st.data())
def test_changing_an_earlier_answer_never_leaves_a_stale_answer_counted(case, data):
    whole, answers = case
    fields = fields_of(whole)
    assume(fields)
    name = data.draw(st.sampled_from(sorted(fields)))
    changed = {**answers, name: data.draw(field_answers(fields[name]))}
    found = route(whole, changed)
    hidden = {each.name for each in whole.questions if each.kind is QuestionKind.HIDDEN}
    allowed = {SEED, *hidden}
    for here in found.sections:
        for asked in found.questions[here.name]:
            items = visible_items(whole, asked, found.answers)
            options = {option.code for option in offered_options(whole, asked, found.answers)}
            for part in question_fields(asked, whole.languages):
                if (part.item is None or part.item in items) and (
                    part.option is None or part.option.code in options
                ):
                    allowed.add(part.name)
    assert found.answers.keys() <= allowed


@given(answered())
def test_progress_never_leaves_the_road(case):
    whole, answers = case
    road = route(whole, answers).sections
    steps = [route(whole, answers).progress(here.name).step for here in road]
    assert steps == list(range(1, len(road) + 1))


@given(answered())
def test_going_through_every_page_again_without_a_change_changes_no_answer(case):
    whole, answers = case
    untouched = {each.name: [] for each in whole.questions if each.kind is QuestionKind.MULTIPLE}
    kept = prune(whole, untouched | answers)
    again = dict(kept)
    for here in route(whole, kept).sections:
        result = read_page(whole, here, posted(whole, here, kept), again)
        assert result.errors or not result.revealed
        again = again if result.errors else result.answers
    assert again == kept


@given(questionnaires(), st.integers(0, 1000), st.data())
def test_a_random_order_changes_no_answer_and_no_route(authored, seed, data):
    whole, mixed = flatten(authored), arranged(authored, seed)
    answers = data.draw(answers_to(whole))
    assert prune(mixed, answers) == prune(whole, answers)
    there, here = route(mixed, answers), route(whole, answers)
    assert sorted(names(there.sections)) == sorted(names(here.sections))
    for name, asked in here.questions.items():
        assert sorted(names(asked)) == sorted(names(there.questions[name]))


def posted(whole, here, answers):
    """The form that a browser sends when nothing on the page is changed."""
    fields = [name for asked in route(whole, answers).questions.get(here.name, ()) for name in asked.fields]
    shown = {name: answers[name] for name in fields if name in answers}
    return {name: list(map(str, each if isinstance(each, list) else [each])) for name, each in shown.items()}
