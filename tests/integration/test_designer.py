"""An official writes a questionnaire in the browser, tries it, publishes it, and changes it in the field."""

import io
import re

import pytest
from sqlalchemy import func, select

from cityvoice.accounts.types import Role
from cityvoice.designer.services import open_draft
from cityvoice.questionnaire import editing
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.question import Question, Text
from cityvoice.surveys.errors import MeaningChanged
from cityvoice.surveys.models import QuestionnaireDraft, Response
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import publish
from tests.factories import add_responses, make_survey, typical_answers

PAGES = ("", "/about", "/bank", "/preview", "/preview?as=interviewer", "/publish")


@pytest.fixture
def official(login):
    return login(Role.OFFICIAL)


@pytest.fixture
def begun(official):
    typed = {"title": "Życie w Łodzi 2026", "languages": ["pl", "en"]}
    return official.get("/design/new").send("/design/new", **typed)


def draft_of(database, slug="zycie-w-lodzi-2026"):
    with database.reading() as session:
        return open_draft(session, survey=get_survey(session, slug)).questionnaire


def post(official, path, *, status=303, **typed):
    """Send a form of the designer as its page holds it: with its token and the revision it was drawn with."""
    page = official.get(path)
    hidden = {name: one(page, name) for name in ("csrf_token", "revision")}
    return official.post(path, hidden | typed, status=status)


def one(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.response.text)[1]


BASE = "/design/zycie-w-lodzi-2026"


def add_question(official, kind="single", into="section_1"):
    return post(official, BASE, add_question=into, kind=kind)


def write_choice(official, *, of="q1", status=303, **more):
    typed = {
        "name": "satisfaction",
        "text": "Jak się tu żyje?",
        "option.0.words": "dobrze",
        "option.1.words": "źle",
        "option.2.code": "98",
        "option.2.words": "nie wiem",
        "option.2.part": "dont_know",
        "option.0.favourable": "1",
    }
    return post(official, f"{BASE}/questions/{of}", status=status, **(typed | more))


def test_whole_journey(official, begun, database):
    assert "No question yet" in begun.text
    add_question(official)
    write_choice(official, required="1")
    add_question(official, "text")
    post(
        official,
        f"{BASE}/questions/q2",
        name="why",
        text="Dlaczego?",
        condition='selected(satisfaction, "2")',
    )
    post(official, f"{BASE}/about", title="Życie w Łodzi", languages="en", thanks="Dziękujemy")
    draft = draft_of(database)
    assert draft.question("satisfaction").codes == ("1", "2", "98")
    assert draft.question("satisfaction").favourable == ("1",)
    assert draft.question("why").when == 'selected(satisfaction, "2")'

    words = dict(
        re.findall(
            r'name="(t:[^"]+)"[^>]*aria-labelledby="(p\d+)"',
            official.get(f"{BASE}/translate/en").response.text,
        )
    )
    post(official, f"{BASE}/translate/en", **{name: f"English {number}" for name, number in words.items()})
    assert "complete" in official.get(BASE).text

    for page in PAGES:
        assert official.get(f"{BASE}{page}").status == 200

    release = official.get(f"{BASE}/publish")
    done = release.send("/publish")
    assert "Version 1 is published" in done.text
    with database.reading() as session:
        survey = get_survey(session, "zycie-w-lodzi-2026")
        assert survey.title["pl"] == "Życie w Łodzi"
        assert session.scalar(select(func.count()).select_from(QuestionnaireDraft)) == 0


def test_a_trial_counts_nowhere(official, begun, client, database):
    add_question(official)
    write_choice(official)
    started = post_trial(official)
    page = started.follow_redirect()
    assert "This questionnaire is being tried" in page.text
    form = page.send("")
    end = form.send("", satisfaction="1")
    assert "This was a trial" in end.text
    with database.reading() as session:
        (response,) = session.scalars(select(Response)).all()
        assert response.is_test
        assert response.answers == {"satisfaction": "1"}


def post_trial(official):
    page = official.get(BASE)
    return official.post(f"{BASE}/trial", {"csrf_token": one(page, "csrf_token")}, status=303)


def test_two_tabs_do_not_overwrite_each_other(official, begun, database):
    add_question(official)
    stale = official.get(f"{BASE}/questions/q1")
    write_choice(official)
    hidden = {name: one(stale, name) for name in ("csrf_token", "revision")}
    refused = official.post(f"{BASE}/questions/q1", hidden | {"name": "q1", "text": "late"}, status=404)
    assert refused.status == 404  # the question has another name by now
    old = official.get(BASE)
    add_question(official)
    hidden = {name: one(old, name) for name in ("csrf_token",)} | {"revision": "1"}
    official.post(BASE, hidden | {"remove": "satisfaction"}, status=303)
    assert draft_of(database).question("satisfaction")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "1a"}, "A name begins with a letter"),
        ({"name": "section_1"}, "Another question or section has this name"),
        ({"text": ""}, "Write some words here"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(official, begun, database, typed, words):
    add_question(official)
    page = write_choice(official, status=422, **typed)
    assert words in page.text
    assert 'value="dobrze"' in page.response.text
    assert not draft_of(database).question("q1").text.translations["pl"]


def test_the_checklist_speaks_the_language_of_its_reader(official, begun):
    add_question(official, kind="scale")
    post(official, f"{BASE}/questions/q1", name="q1", text="Ile?", low="5", high="2,5", when="q9 = 1")
    in_english = official.get(BASE).text
    assert "“Highest value”: must be above low (5)" in in_english
    official.client.set_cookie("lang", "pl")
    in_polish = official.get(BASE).text
    assert "„Największa wartość”: musi być więcej niż najmniejsza wartość (5)" in in_polish
    assert "„Zadawane tylko wtedy, gdy”: nieznana nazwa „q9”" in in_polish
    assert "brakuje tekstu w języku „en”" in in_polish


def test_the_question_bank_brings_its_translations(official, begun, database):
    chosen = ["demographics.sex", "demographics.age", "quality_of_life.city_areas"]
    post(official, f"{BASE}/bank", into="section_1", questions=chosen)
    draft = draft_of(database)
    assert [question.name for question in draft.questions] == ["city_areas", "sex", "age"]
    assert draft.question("sex").text.translations == {"pl": "Płeć", "en": "Sex"}


def test_steps_on_the_outline(official, begun, database):
    for kind in ("single", "matrix", "table", "scale"):
        add_question(official, kind)
    post(official, BASE, down="q1")
    post(official, BASE, duplicate="q2")
    post(official, BASE, remove="q4")
    post(official, BASE, add_section="section_1")
    assert [each.name for each in draft_of(database).questions] == ["q2", "q2_2", "q1", "q3"]
    assert len(draft_of(database).sections) == 2
    assert "no longer in the questionnaire" in post(official, BASE, remove="q4").follow_redirect().text


def test_a_published_questionnaire_is_changed_without_losing_answers(official, login, database):
    with database.writing() as session:
        add_responses(session, make_survey(session), typical_answers())
    page = official.get("/design/life")
    revision = {"csrf_token": one(page, "csrf_token"), "revision": one(page, "revision")}
    assert revision["revision"] == "0"
    official.post("/design/life", revision | {"remove": "sex"}, status=303)
    release = official.get("/design/life/publish")
    assert "no longer asked; answers given stay" in release.text
    assert "ends, answers stay" in release.text
    release.submit("/publish")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 40


def test_an_analyst_writes_and_only_an_official_publishes(login, official, begun):
    add_question(official)
    write_choice(official)
    analyst = login(Role.ANALYST)
    page = analyst.get(f"{BASE}/publish")
    assert "An official publishes" in page.text
    analyst.post(f"{BASE}/publish", {"csrf_token": one(analyst.get(BASE), "csrf_token")}, status=403)
    login(Role.INTERVIEWER).get(BASE, status=403)


LSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>366</DBVersion>"""


def upload(official, data, name, status=200):
    token = one(official.get("/design/import"), "csrf_token")
    sent = {"csrf_token": token, "file": (io.BytesIO(data), name)}
    return official.request("POST", "/design/import", status=status, data=sent)


def test_a_form_of_another_program_becomes_a_draft(official, database):
    form = "survey,,,\n,type,name,label\n,text,why,Dlaczego?\n,select_one missing,what,Co?\n"
    page = upload(official, form.encode(), "parki.csv")
    assert "What could not be kept" in page.text
    draft = page.follow("Go on with the draft")
    assert "Dlaczego?" in draft.text
    assert [question.name for question in draft_of(database, "parki").questions] == ["why", "what"]


@pytest.mark.parametrize(
    ("data", "name"), [(LSS, "broken.lss"), (b"", "empty.xlsx"), (b"words", "a.exe"), (b"\x00\xff", "b.yaml")]
)
def test_a_file_that_is_none_is_refused_with_words(official, database, data, name):
    page = upload(official, data, name, status=422)
    assert "Please check what you entered" in page.text


def test_a_name_never_comes_to_mean_something_else(database):
    with database.writing() as session:
        survey = make_survey(session)
        add_responses(session, survey, typical_answers())
        asked = current_questionnaire(survey)
        publish(session, survey=survey, questionnaire=editing.remove_element(asked, "sex"))
        words = Question("sex", QuestionKind.TEXT, Text({"en": "In your words?"}))
        again = editing.replace_element(asked, "sex", words)
        with pytest.raises(MeaningChanged, match="sex"):
            publish(session, survey=survey, questionnaire=again)
