from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.document import dump_document, load_document
from cityvoice.questionnaire.editing import rename
from cityvoice.questionnaire.exporters.xlsform.survey import to_xlsform
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.kinds import SelectionMethod
from cityvoice.questionnaire.model import SEED, Group, Repeat, Selection
from cityvoice.questionnaire.piping import fill
from cityvoice.questionnaire.routing import prune, route
from cityvoice.questionnaire.selection import KISH_TABLES, Member, kish_table, select
from cityvoice.questionnaire.validation import read_page
from cityvoice.questionnaire.variables import variables

from .builders import question, questionnaire, section, single, text

M = SelectionMethod
TODAY = date(2026, 11, 23)
BORN = [date(1980, 11, 25), date(1985, 11, 20), date(1950, 11, 23), date(2004, 2, 29)]


def members(keys):
    return [Member(number, key) for number, key in enumerate(keys, start=1)]


def chosen(method, keys, seed=1, day=TODAY):
    return select(method, members(keys), seed=seed, household="people", day=day)


@pytest.mark.parametrize(
    ("method", "keys", "number"),
    [
        (M.LAST_BIRTHDAY, BORN[:2], 2),
        (M.LAST_BIRTHDAY, BORN, 3),  # a birthday today was the last one
        (M.LAST_BIRTHDAY, [BORN[0], BORN[3]], 2),
        (M.NEXT_BIRTHDAY, BORN, 1),
        (M.NEXT_BIRTHDAY, [BORN[2], BORN[3]], 2),  # and not the next
        (M.YOUNGEST, [40, 18, 35.5], 2),
        (M.OLDEST, [40, 18, 35.5], 1),
        (M.YOUNGEST, BORN, 4),
        (M.OLDEST, BORN, 3),
    ],
)
def test_birthdays_and_ages(method, keys, number):
    found = chosen(method, keys)
    assert (found.number, found.n_eligible) == (number, len(keys))


def test_the_chance_is_one_of_those_eligible_and_none_where_there_is_no_chance():
    assert chosen(M.LAST_BIRTHDAY, BORN).probability == 1 / 4
    assert chosen(M.RANDOM, [None, None, None]).probability == 1 / 3
    assert chosen(M.YOUNGEST, [40, 18]).probability is None


def test_nobody_is_selected_of_none_and_by_what_is_unknown():
    assert chosen(M.RANDOM, []) is None
    assert chosen(M.LAST_BIRTHDAY, [BORN[0], None]) is None
    assert chosen(M.LAST_BIRTHDAY, BORN, day=None) is None
    assert chosen(M.OLDEST, [BORN[0], 40]) is None


# --- the Kish grid


def test_the_tables_of_the_grid_give_everybody_up_to_four_and_of_six_the_same_chance():
    assert sum(table.share for table in KISH_TABLES) == 1
    for size in range(1, 7):
        shares = Counter()
        for table in KISH_TABLES:
            shares[table.numbers[size - 1]] += table.share
        assert sorted(shares) == list(range(1, size + 1))
        if size != 5:
            assert set(shares.values()) == {Fraction(1, size)}
        else:  # as Kish says: it cannot be exact with these shares
            assert shares == Counter({1: Fraction(1, 6), 2: Fraction(1, 6), 3: Fraction(1, 4)}) + Counter(
                {4: Fraction(1, 6), 5: Fraction(1, 4)}
            )


@pytest.mark.parametrize("size", range(1, 9))
def test_the_grids_probability_is_how_often_it_selects(size):
    seeds = range(6000)
    found = [chosen(M.KISH, list(range(size)), seed) for seed in seeds]
    often = Counter(each.number for each in found)
    said = {each.number: each.probability for each in found}
    assert sum(said.values()) == pytest.approx(1)
    assert max(often) <= 6
    for number, probability in said.items():
        assert abs(often[number] / len(seeds) - probability) < 0.025


def test_the_grid_lists_by_the_key_and_then_by_the_roster():
    seeds = {kish_table(seed, "people").name: seed for seed in range(200)}
    assert set(seeds) == {table.name for table in KISH_TABLES}
    assert chosen(M.KISH, [5, 3, 3], seeds["A"]).number == 2
    assert chosen(M.KISH, [5, 3, 3], seeds["D"]).number == 3
    assert chosen(M.KISH, [5, 3, 3], seeds["F"]).number == 1


# --- every method, in a questionnaire

PERSONS = question("persons", "number", low=0, high=9)
INNER = (question("name", "text"), question("age", "number"), question("born", "date"))


def household(method=M.RANDOM, **selection):
    settings = {"when": "age >= 18", "by": None if method is M.RANDOM else "age"} | selection
    choice = Selection("chosen", method, **settings)
    group = Group("people", None, INNER, repeat=Repeat(4, count="persons", select=choice))
    asked = replace(single("q", when="chosen >= 1"), text=text("{at(chosen, name)}, how is life here?"))
    return questionnaire(section("home", PERSONS, group), section("main", asked))


def roster(*ages, seed=1):
    people = {f"age.{number}": age for number, age in enumerate(ages, start=1)}
    names = {f"name.{number}": f"N{number}" for number in range(1, len(ages) + 1)}
    return {SEED: seed, "persons": len(ages), **people, **names}


@given(st.lists(st.integers(0, 99), max_size=4), st.integers(), st.sampled_from(M))
def test_whoever_is_selected_is_eligible_and_the_same_every_time(ages, seed, method):
    by = {M.LAST_BIRTHDAY: "born", M.NEXT_BIRTHDAY: "born", M.RANDOM: None}.get(method, "age")
    whole = flatten(household(method, by=by))
    answers = roster(*ages, seed=seed) | {f"born.{number}": str(BORN[number - 1]) for number in range(1, 5)}
    found = prune(whole, answers)
    adults = [number for number, age in enumerate(ages, start=1) if age >= 18]
    assert found["chosen_eligible"] == len(adults)
    assert found["chosen"] in adults if adults else "chosen" not in found
    assert prune(whole, found) == found
    assert prune(whole, answers | {"chosen": 4, "chosen_eligible": 9}) == found


@given(st.integers(1, 4), st.integers(0, 10**9))
def test_a_choice_at_random_favours_nobody(size, start):
    seeds = range(start, start + 400)
    often = Counter(chosen(M.RANDOM, [None] * size, seed).number for seed in seeds)
    assert all(abs(often[number] / 400 - 1 / size) < 0.16 for number in range(1, size + 1))


@given(st.integers())
def test_a_changed_household_is_selected_from_anew(seed):
    whole = flatten(household())
    before = prune(whole, roster(30, 40, 50, seed=seed))["chosen"]
    ages = [30, 40, 50]
    ages[before - 1] = 10
    after = prune(whole, roster(*ages, seed=seed) | {"chosen": before})
    assert after["chosen"] != before
    assert (after["chosen_eligible"], after["chosen_probability"]) == (2, 0.5)
    assert prune(whole, roster(30, 40, 50, seed=seed))["chosen"] == before


def test_whoever_is_selected_is_told_and_named_and_told_again_when_it_is_another():
    whole = flatten(household(text=text("It is {name}.")))
    answers = roster(30, 40)
    number = prune(whole, answers)["chosen"]
    asked = route(whole, answers)
    assert [each.name for each in asked.questions["home"]][-1] == f"chosen_told.{number}"
    assert (
        fill(whole.question(f"chosen_told.{number}").text, whole, asked.answers, "pl") == f"It is N{number}."
    )
    assert fill(whole.question("q").text, whole, asked.answers, "pl") == f"N{number}, how is life here?"
    form = {name: [str(answer)] for name, answer in answers.items() if name != SEED}
    form[f"age.{number}"] = ["10"]
    result = read_page(whole, whole.section("home"), form, answers)
    assert result.revealed == (f"chosen_told.{3 - number}",)


def test_without_words_of_its_own_it_is_told_by_number():
    whole = flatten(household())
    told = whole.question("chosen_told.2").text
    assert fill(told, whole, {}, "pl") == "Dalsze pytania są przeznaczone dla osoby nr 2 z tej listy."


def test_the_day_of_birthdays_stays_the_one_that_was_first_counted_from():
    whole = flatten(household(M.LAST_BIRTHDAY, when=None, by="born"))
    answers = {SEED: 1, "persons": 2, "born.1": "1980-01-10", "born.2": "1985-06-10"}
    first = prune(whole, answers | {"_now": "2026-03-01T10:00:00", "chosen_day": "2026-03-01"})
    assert (first["chosen_day"], first["chosen"]) == ("2026-03-01", 1)
    assert prune(whole, answers | {"chosen_day": "2026-07-01"})["chosen"] == 2
    assert "chosen_day" in prune(whole, answers)


def test_the_data_have_the_number_how_many_and_the_chance():
    names = [variable.name for variable in variables(flatten(household()))]
    assert names[-4:] == ["chosen", "chosen_eligible", "chosen_probability", "q"]
    assert "chosen_probability" not in [each.name for each in variables(flatten(household(M.OLDEST)))]


def test_without_a_count_everybody_who_was_added_may_be_selected():
    authored = household()
    group = authored.sections[0].elements[1]
    free = replace(group, repeat=replace(group.repeat, count=None))
    whole = flatten(questionnaire(section("home", free)))
    answers = {SEED: 1, "age.1": 30, "people_more.1": "1", "age.2": 40, "people_more.2": "0", "age.3": 50}
    assert prune(whole, answers)["chosen_eligible"] == 2


def test_a_document_keeps_its_selection_and_a_renamed_question_is_followed():
    authored = household(M.YOUNGEST, text=text("It is {name}."))
    assert check(authored) == ()
    assert load_document(dump_document(authored)) == authored
    renamed = rename(rename(authored, "age", "years"), "name", "who")
    select_ = renamed.sections[0].elements[1].repeat.select
    assert (select_.when, select_.by, select_.text) == ("years >= 18", "years", text("It is {who}."))
    assert renamed.question("q").text == text("{at(chosen, who)}, how is life here?")


def test_forms_of_other_programs_ask_for_the_number():
    exported = to_xlsform(household())
    assert [(loss.what, loss.why) for loss in exported.losses] == [("select random", "entered by hand")]


@pytest.mark.parametrize(
    ("selection", "problem"),
    [
        (Selection("1a", M.RANDOM), "select.name: '1a' is no name"),
        (Selection("persons", M.RANDOM), "'persons' is already a name"),
        (Selection("c", M.RANDOM, by="age"), "select.by: has no meaning where everybody has the same chance"),
        (Selection("c", M.LAST_BIRTHDAY), "select.by: last_birthday: a date of birth is needed here"),
        (Selection("c", M.OLDEST), "select.by: oldest: an age or a date of birth is needed here"),
        (Selection("c", M.LAST_BIRTHDAY, by="age"), "select.by: age is a number, but a date is needed here"),
        (Selection("c", M.KISH, by="name"), "select.by: name is text"),
        (Selection("c", M.RANDOM, when="q = 1"), "select.when: 'q' is not asked before"),
        (Selection("c", M.RANDOM, when="nobody = 1"), "select.when: unknown name 'nobody'"),
        (Selection("c", M.RANDOM, text=text("{nobody}")), "select.text.pl: unknown name 'nobody'"),
        (Selection("c", M.RANDOM, when=f"age in [{'1, ' * 1000}1]"), "`when` and `by` are too long"),
    ],
)
def test_problems_of_a_selection_have_their_place(selection, problem):
    group = Group("people", None, INNER, repeat=Repeat(4, count="persons", select=selection))
    whole = questionnaire(section("home", PERSONS, group), section("main", single("q")))
    assert any(problem in str(each) for each in check(whole)), check(whole)
