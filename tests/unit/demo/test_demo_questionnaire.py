"""The demo survey's documents: complete, in three languages, and fit for the city."""

from cityvoice.demo import city, study
from cityvoice.questionnaire.kinds import MissingKind, QuestionKind
from cityvoice.questionnaire.question import Text
from cityvoice.surveys.services import METHOD_ITEMS

QUESTIONNAIRE = study.read_questionnaire()


def texts(node):
    """Every text of a questionnaire, however deep."""
    if isinstance(node, Text):
        yield node
    elif isinstance(node, tuple):
        for each in node:
            yield from texts(each)
    elif hasattr(node, "__dataclass_fields__"):
        for name in node.__dataclass_fields__:
            yield from texts(getattr(node, name))


def test_fifteen_questions_on_five_pages():
    assert [question.name for question in QUESTIONNAIRE.questions] == [
        *("life", "services", "district", "attractive", "safety", "channels", "eservices", "eservices_ease"),
        *("officials", "trust", "consultations", "priorities", "comment", "age", "sex"),
    ]
    assert len(QUESTIONNAIRE.sections) == 5


def test_every_text_is_there_in_polish_english_and_ukrainian():
    found = list(texts(QUESTIONNAIRE))
    assert len(found) > 100
    for text in found:
        assert set(text.translations) == {"pl", "en", "uk"}
        assert all(words.strip() for words in text.translations.values())


def test_ukrainian_is_written_in_cyrillic():
    for text in texts(QUESTIONNAIRE):
        assert any("а" <= letter <= "я" or letter in "іїєґ" for letter in text.in_("uk").casefold()), text


def test_polish_differs_from_english_except_in_names():
    same = {text.in_("pl") for text in texts(QUESTIONNAIRE) if text.in_("pl") == text.in_("en")}
    assert same == set(city.DISTRICTS.values())


def test_notice_keeps_its_paragraphs_in_every_language():
    assert {len(words.split("\n")) for words in QUESTIONNAIRE.consent.translations.values()} == {5}


def test_graded_questions_say_what_is_favourable_and_let_people_be_unsure():
    graded = [question for question in QUESTIONNAIRE.questions if question.favourable]
    assert {question.name: question.favourable for question in graded} == {
        "life": ("7", "8", "9", "10"),
        "services": ("4", "5"),
        "attractive": ("4", "5"),
        "safety": ("3", "4"),
        "eservices_ease": ("4", "5"),
        "officials": ("4", "5"),
        "trust": ("3", "4"),
    }
    for question in graded:
        assert question.missing_codes["99"] is MissingKind.DONT_KNOW
        assert question.ordered or question.kind is QuestionKind.SCALE


def test_districts_are_those_of_the_city():
    options = QUESTIONNAIRE.question("district").options
    assert {option.code: option.label.in_("pl") for option in options} == city.DISTRICTS


def test_population_counts_the_same_people_by_every_variable():
    for variable, totals in city.POPULATION.items():
        question = QUESTIONNAIRE.question(variable)
        assert list(totals) == [code for code in question.codes if code not in question.missing_codes]
        assert sum(totals.values()) == city.N_ADULTS
        assert question.required


def test_city_code_is_no_real_one():
    assert int(city.CODE[:2]) > 32


def test_method_is_told_in_polish_and_english():
    method = study.read_method()
    assert tuple(method) == METHOD_ITEMS
    for item in method.values():
        assert set(item) == {"pl", "en"}
        assert all(words.strip() for words in item.values())
