from cityvoice.questionnaire.bank.themes import theme
from cityvoice.questionnaire.phrases import count_missing, phrases, translate, with_languages


def test_every_text_has_a_path_of_its_own():
    paths = [phrase.path for phrase in phrases(theme("participation"))]
    assert len(set(paths)) == len(paths)
    assert "sections[0].questions[0].options[2].label" in paths


def test_translations_go_in_and_out_again():
    draft = with_languages(theme("participation"), ("en", "fr"))
    assert count_missing(draft, "fr") == len(phrases(draft))
    french = {phrase.path: f"« {phrase.text.in_('en')} »" for phrase in phrases(draft)}
    translated = translate(draft, french | {"sections[99].title": "perdu"}, "fr")
    assert count_missing(translated, "fr") == 0
    assert translated.question("influence").text.in_("fr").startswith("« Do people")
    assert translate(translated, dict.fromkeys(french, " "), "fr") == draft


def test_the_order_of_languages_decides_the_default():
    turned = with_languages(theme("information"), ("uk", "pl"))
    assert turned.language == "uk"
    assert next(iter(turned.title.translations)) == "uk"
    assert with_languages(turned, ("uk", "pl")) == turned
