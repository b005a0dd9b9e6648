from collections import Counter

import pytest

from cityvoice.questionnaire.bank.themes import THEMES, theme, themes
from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.kinds import QuestionKind


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_may_be_published_in_three_languages(name):
    assert theme(name).languages == ("pl", "en", "uk")
    assert check(theme(name)) == ()
    assert theme(name).sections[0].name == name


def test_all_themes_fit_into_one_questionnaire():
    names = Counter(field for each in themes() for question in each.questions for field in question.fields)
    assert [name for name, times in names.items() if times > 1] == []


def test_scales_say_what_is_favourable_and_allow_not_to_know():
    for question in (question for each in themes() for question in each.questions):
        if question.ordered and question.favourable and question.kind is QuestionKind.MATRIX:
            assert question.missing_codes


def test_an_unknown_theme():
    with pytest.raises(KeyError):
        theme("../secrets")
