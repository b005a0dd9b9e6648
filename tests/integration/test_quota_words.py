"""Places of a quota that is said otherwise, and answers that are none."""

from cityvoice.questionnaire import validation
from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.flat import flatten
from cityvoice.surveys import services
from cityvoice.surveys.queries import get_survey
from tests.databases import on_sqlite
from tests.factories import make_survey
from tests.integration.test_changed_meaning import one
from tests.integration.test_quotas import MEN, document


@on_sqlite
def test_holds_of_a_quota_said_otherwise_follow_the_new_words(database):
    """A place held for a man under way; the quota is said to be for women: he holds none of theirs."""
    with database.writing() as session:
        made = services.create_survey(
            session, slug="life", questionnaire=load_document(document(MEN | {"limit": 1}))
        )
        services.open_survey(session, survey=made)
        man = services.start_response(session, survey=made, language="en")
        services.record_page(
            session,
            survey=made,
            response=man,
            section=made_section(made),
            form={"sex": ["M"], "district": ["1"]},
        )
    with database.writing() as session:
        services.publish(
            session,
            survey=get_survey(session, "life"),
            questionnaire=load_document(document(MEN | {"limit": 1, "when": "sex == 'F'"})),
        )
    with database.writing() as session:
        survey = get_survey(session, "life")
        woman = services.start_response(session, survey=survey, language="en")
        services.record_page(
            session,
            survey=survey,
            response=woman,
            section=made_section(survey),
            form={"sex": ["F"], "district": ["1"]},
        )
        assert woman.status == "partial", "the one place for women is free"


def made_section(survey):
    from cityvoice.surveys.published import current_questionnaire

    return current_questionnaire(survey).section("first")


@on_sqlite
def test_a_required_text_of_invisible_letters_is_no_answer(database):
    found = flatten(load_document(one(kind="text", required=True)))
    result = validation.read_page(found, found.sections[0], {"q": ["\u200b\u2060\ufeff"]}, {})
    assert result.errors


@on_sqlite
def test_the_fieldwork_page_counts_no_empty_partial(client, database, login):
    """Who pressed start and nothing else has given no answer; AAPOR: a break-off, no partial."""
    from cityvoice.surveys.queries import fieldwork_progress

    with database.writing() as session:
        make_survey(session)
    client.get("/s/life").send()
    with database.reading() as session:
        assert fieldwork_progress(session, get_survey(session, "life")).n_partial == 0
