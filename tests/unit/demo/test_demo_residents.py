"""The demo residents: always the same, all valid, and not a mirror of their city."""

import hashlib
import json
from collections import Counter
from itertools import chain

import pandas as pd
import pytest

from cityvoice.demo import city, study
from cityvoice.demo.comments import AFTER_COMPLAINT, AFTER_PRAISE, TOPICS, write_comment
from cityvoice.demo.dice import Dice
from cityvoice.demo.residents import DAYS, FIRST_DAY, LAST_DAY, draw_residents
from cityvoice.questionnaire.kinds import Mode
from cityvoice.questionnaire.routing import prune, route
from cityvoice.questionnaire.validation import read_page
from cityvoice.stats.weighting.margins import Margin
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe, apply_recipe

QUESTIONNAIRE = study.read_questionnaire()
RESIDENTS = draw_residents(QUESTIONNAIRE)
SHA256 = "1fe5ece8ac48c78f4053750e21ddd0f814bee797a9d1e4a600331c7b36ecd909"


def digest(residents):
    rows = [[each.mode, each.language, str(each.answered_on), each.answers] for each in residents]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def posted(answers):
    """The answers as a browser would send them."""
    return {name: answer if isinstance(answer, list) else [str(answer)] for name, answer in answers.items()}


def answers_to(name):
    return [resident.answers.get(name) for resident in RESIDENTS]


@pytest.fixture(scope="module")
def weighted():
    """The residents raked to their city, in columns."""
    frame = pd.DataFrame([resident.answers for resident in RESIDENTS])
    margins = tuple(
        Margin(variable, {code: people / city.N_ADULTS for code, people in totals.items()})
        for variable, totals in city.POPULATION.items()
    )
    weighting = apply_recipe(Recipe((Rake(margins),)), frame[list(city.POPULATION)])
    return frame, weighting


def test_the_seed_gives_these_residents_and_no_others():
    assert digest(RESIDENTS) == SHA256
    assert draw_residents(QUESTIONNAIRE) == RESIDENTS
    assert draw_residents(QUESTIONNAIRE, seed=1) != RESIDENTS


def test_there_are_297_by_phone_and_298_on_the_web():
    assert Counter(resident.mode for resident in RESIDENTS) == {Mode.CATI: 297, Mode.CAWI: 298}


def test_every_answer_passes_the_pages_of_the_questionnaire():
    for resident in RESIDENTS:
        kept = {}
        for section in route(QUESTIONNAIRE, resident.answers).sections:
            page = read_page(QUESTIONNAIRE, section, posted(resident.answers), kept)
            assert not page.errors, (section.name, page.errors)
            kept = page.answers
        assert kept == resident.answers
        assert prune(QUESTIONNAIRE, kept) == kept


def test_only_users_of_e_services_rate_them():
    users = {"several", "once"}
    assert all(
        resident.answers.get("eservices") in users
        for resident in RESIDENTS
        if "eservices_ease" in resident.answers
    )
    assert sum(code in users for code in answers_to("eservices")) > 200


def test_days_run_over_a_fortnight_without_calls_on_sundays():
    days = [resident.answered_on for resident in RESIDENTS]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (FIRST_DAY, LAST_DAY)
    assert {len(days) for days in DAYS.values()} == {14}
    called_on = {resident.answered_on.isoweekday() for resident in RESIDENTS if resident.mode is Mode.CATI}
    assert called_on == {1, 2, 3, 4, 5, 6}


def test_weighting_has_work_to_do(weighted):
    _, weighting = weighted
    assert 1.2 < weighting.diagnostics.kish_deff < 1.8
    (record,) = weighting.records
    assert record.converged
    assert not record.thin_cells
    shares = {(level.margin, level.level): level for level in record.levels}
    neglected = shares["district", "4"]
    assert neglected.before_share < 0.6 * neglected.target_share


def test_weighting_changes_what_the_city_would_believe(weighted):
    frame, weighting = weighted
    content = frame["life"].isin(["7", "8", "9", "10"])[frame["life"] != "99"]
    weights = pd.Series(weighting.weights, index=frame.index)[content.index]
    unweighted, estimate = content.mean(), (content * weights).sum() / weights.sum()
    assert unweighted - estimate > 0.02


def test_phone_and_web_differ_little_in_what_they_say():
    def satisfied(mode):
        codes = [each.answers.get("life") for each in RESIDENTS if each.mode is mode]
        valid = [int(code) for code in codes if code not in (None, "99")]
        return sum(code >= 7 for code in valid) / len(valid)

    assert abs(satisfied(Mode.CATI) - satisfied(Mode.CAWI)) < 0.08


def test_some_cannot_say_and_some_skip_on_the_web():
    hard_to_say = answers_to("services_schools").count("99") / len(RESIDENTS)
    assert 0.1 < hard_to_say < 0.3
    skipped = {resident.mode for resident in RESIDENTS if "life" not in resident.answers}
    assert skipped == {Mode.CAWI}


def test_about_a_third_comment_in_many_different_words():
    comments = [comment for comment in answers_to("comment") if comment]
    assert 0.25 < len(comments) / len(RESIDENTS) < 0.45
    assert len(set(comments)) > 0.6 * len(comments)
    assert not any("{" in comment for comment in comments)


def test_sentences_are_many_and_differ():
    sentences = [*AFTER_COMPLAINT, *AFTER_PRAISE]
    sentences += chain.from_iterable((*topic.complaints, *topic.praise) for topic in TOPICS.values())
    assert len(sentences) == len(set(sentences)) > 60


def test_comments_praise_what_is_liked_and_name_the_district():
    dice, parks = Dice(1), TOPICS["parks"]
    comments = {write_comment(dice, {"parks": -2, "sport": 0}, "Za Torami") for _ in range(200)}
    assert any("Za Torami" in comment for comment in comments)
    assert not any(words in comment for comment in comments for words in parks.praise)
    assert write_comment(dice, {"parks": 0}, "Za Torami") == ""


def test_dice_pick_in_proportion_and_never_the_impossible():
    dice = Dice(3)
    picked = Counter(dice.pick({"a": 3.0, "never": 0.0, "b": 1.0}) for _ in range(4000))
    assert set(picked) == {"a", "b"}
    assert 0.72 < picked["a"] / 4000 < 0.78


def test_dice_are_bell_shaped_around_zero():
    dice = Dice(4)
    drawn = pd.Series([dice.normal() for _ in range(4000)])
    assert abs(drawn.mean()) < 0.06
    assert abs(drawn.std() - 1) < 0.05
