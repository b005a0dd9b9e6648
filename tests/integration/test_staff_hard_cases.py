"""What staff type, send and download in cases that nobody planned."""

import csv
from copy import deepcopy
from dataclasses import replace

import pytest
from lxml import etree
from sqlalchemy import select

from cityvoice.accounts.types import Role
from cityvoice.designer import services as designer
from cityvoice.invitations.imports.people import read_people
from cityvoice.invitations.services import add_people, tokens_of
from cityvoice.questionnaire import editing
from cityvoice.questionnaire.document import load_document
from cityvoice.surveys import services
from cityvoice.surveys.documents import write_questionnaire
from cityvoice.surveys.errors import InvalidSurvey
from cityvoice.surveys.exports.files import AnswersFormat, write_answers
from cityvoice.surveys.exports.rows import stream_rows
from cityvoice.surveys.models import Participant, Response
from cityvoice.surveys.published import data_questionnaire
from cityvoice.surveys.queries import get_survey
from tests.browsing import Browser
from tests.databases import SECRET, on_sqlite
from tests.factories import DOCUMENT, add_responses, make_survey, questionnaire
from tests.integration.test_changed_meaning import one
from tests.invited import invite, people


def bilingual(title=None):
    made = one(kind="text")
    made["languages"] = ["pl", "uk"]
    made["title"] = title or {"pl": "Ankieta", "uk": "Опитування"}
    made["sections"][0]["title"] = {"pl": "S", "uk": "С"}
    first, second = made["sections"][0]["questions"]
    first["text"] = {"pl": "Pytanie", "uk": "Питання"}
    second["text"] = {"pl": "Liczba", "uk": "Число"}
    return made


@on_sqlite
def test_the_language_that_was_answered_in_is_kept(app, database):
    """Begun in Polish, then changed to Ukrainian on the first page; every answer is given in Ukrainian."""
    with database.writing() as session:
        survey = services.create_survey(session, slug="life", questionnaire=load_document(bilingual()))
        services.open_survey(session, survey=survey)
    client = Browser(app, language="pl")
    page = client.get("/s/life").send()
    page = client.get(page.path + "?lang=uk")
    assert "Питання" in page.text
    page.send(q="так", z="3")
    with database.reading() as session:
        (response,) = session.scalars(select(Response))
    assert (response.status, response.language) == ("complete", "uk")


@on_sqlite
def test_triple_s_and_ddi_fit_the_answers_of_two_versions(database, tmp_path):
    before = one(kind="multiple", options=[{"code": c, "label": c} for c in "abc"])
    after = one(kind="multiple", options=[{"code": c, "label": c} for c in "ac"])
    with database.writing() as session:
        survey = services.create_survey(session, slug="life", questionnaire=load_document(before))
        services.open_survey(session, survey=survey)
        add_responses(session, survey, [{"q": ["b"], "z": 1}])
    with database.writing() as session:
        services.publish(session, survey=get_survey(session, "life"), questionnaire=load_document(after))
    with database.reading() as session:
        survey = get_survey(session, "life")
        path = tmp_path / "x.csv"
        write_answers(path, AnswersFormat.CSV, data_questionnaire(survey), stream_rows(session, survey), "en")
        triple_s = etree.fromstring(write_questionnaire(session, survey, "triple-s").content)
        ddi = etree.fromstring(write_questionnaire(session, survey, "ddi").content)
    with path.open(encoding="utf-8-sig") as file:
        header = next(csv.reader(file))
    wrong = {}
    for variable in triple_s.iter("variable"):
        column = int(variable.find("position").get("start"))
        if header[column - 1] != variable.findtext("name"):
            wrong[variable.findtext("name")] = header[column - 1]
    assert wrong == {}, "Triple-S says another column than the CSV has"
    described = {each.get("name") for each in ddi.iter("{ddi:codebook:2_6}var")}
    assert {name for name in header if not name.startswith("_")} <= described


@on_sqlite
@pytest.mark.parametrize("form", ["csv", "words.csv"])
def test_a_code_that_looks_like_a_formula_is_disarmed(database, tmp_path, form):
    code = '=HYPERLINK("http://x")'
    made = one(kind="single", options=[{"code": code, "label": "A"}, {"code": "2", "label": "B"}])
    with database.writing() as session:
        survey = services.create_survey(session, slug="life", questionnaire=load_document(made))
        add_responses(session, survey, [{"q": code, "z": 1}])
    with database.reading() as session:
        survey = get_survey(session, "life")
        path = tmp_path / "x.csv"
        write_answers(
            path, AnswersFormat(form), data_questionnaire(survey), stream_rows(session, survey), "en"
        )
    with path.open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert not row["q"].startswith("=")


@on_sqlite
def test_a_form_whose_letters_cannot_be_printed_is_refused(database):
    """The title is Latin, the questions are not: a PDF of empty boxes helps nobody."""
    made = one(kind="text")
    made["sections"][0]["questions"][0]["text"] = "你住在哪里?ที่อยู่"
    with database.writing() as session:
        services.create_survey(session, slug="life", questionnaire=load_document(made))
    with database.reading() as session, pytest.raises(InvalidSurvey):
        write_questionnaire(session, get_survey(session, "life"), "pdf")


def with_quotas(*names):
    made = deepcopy(DOCUMENT)
    made["quotas"] = [
        {"name": name, "label": f"Kind {name}", "when": "sex == 'M'", "limit": 10} for name in names
    ]
    return load_document(made)


def drafted(database, found):
    with database.writing() as session:
        survey = make_survey(session)
        designer.save_draft(session, survey=survey, questionnaire=found, revision=0)


def draft_of(database):
    with database.reading() as session:
        return designer.open_draft(session, survey=get_survey(session, "life")).questionnaire


@on_sqlite
@pytest.mark.parametrize("limit", ["1 000", "ten", "", "-1", "1.5"])
def test_a_wrong_limit_does_not_lose_a_quota(database, login, limit):
    drafted(database, with_quotas("men", "boys"))
    page = login(Role.OFFICIAL).get("/design/life/about")
    fields = {**page.fields("/about"), "quota.0.limit": limit}
    page.browser.request("POST", "/design/life/about", data=fields)
    assert [quota.name for quota in draft_of(database).quotas] == ["men", "boys"]


@on_sqlite
def test_new_quotas_get_names_of_their_own(database, login):
    drafted(database, with_quotas("quota_1", "quota_2"))
    browser = login(Role.OFFICIAL)
    page = browser.get("/design/life/about")
    browser.request("POST", "/design/life/about", data={**page.fields("/about"), "quota.0.label": ""})
    assert [quota.name for quota in draft_of(database).quotas] == ["quota_2"]
    page = browser.get("/design/life/about")
    more = {"quota.1.label": "New", "quota.1.when": "sex == 'F'", "quota.1.limit": "5"}
    browser.request("POST", "/design/life/about", data={**page.fields("/about"), **more})
    names = [quota.name for quota in draft_of(database).quotas]
    assert len(names) == 2
    assert len(set(names)) == 2, names


@on_sqlite
def test_a_stale_form_about_the_survey_keeps_what_was_typed(database, login):
    """As the question's form does (409 with everything typed in it)."""
    drafted(database, questionnaire())
    browser = login(Role.OFFICIAL)
    page = browser.get("/design/life/about")
    with database.writing() as session:  # a colleague saves meanwhile
        survey = get_survey(session, "life")
        designer.save_draft(session, survey=survey, questionnaire=questionnaire(), revision=1)
    sent = browser.request(
        "POST",
        "/design/life/about",
        data={**page.fields("/about"), "consent": "A notice that took an hour to write"},
    )
    if sent.status == 303:
        sent = sent.follow_redirect()
    whole = sent.response.text
    assert "A notice that took an hour to write" in whole


def test_a_notification_with_a_nul_in_it_is_read(cli, database, tmp_path):
    """Mail programs write anything; one such message must not keep the others from being read."""
    from cityvoice.core.queue import add_job
    from cityvoice.invitations.models import Delivery, Mailing

    with database.writing() as session:
        survey = make_survey(session)
        identity = survey.id
    invite(database, "a,Ann,a@example.org,,")
    with database.writing() as session:
        mailing = Mailing(
            survey_id=identity,
            job=add_job(session, "invitations.send", {}),
            kind="invitation",
            subject={},
            body={},
            requested_by="x",
        )
        session.add(mailing)
        session.flush()
        (person,) = session.scalars(select(Participant))
        session.add(
            Delivery(
                mailing_id=mailing.id,
                participant_id=person.id,
                message_id="<abc@city.example>",
                status="sent",
            )
        )
    file = tmp_path / "bounce.eml"
    file.write_bytes(
        b'From: mailer\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain\n\nSorry\n\n--b\nContent-Type: message/delivery-status\n\n"
        b"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@example.org\nAction: failed\nStatus: 5.1.1\n"
        b"Diagnostic-Code: smtp; 550 no \x00 such user\n\n--b\nContent-Type: text/rfc822-headers\n\n"
        b"Message-ID: <abc@city.example>\n\n--b--\n"
    )
    result = cli("mail", "bounces", str(file))
    assert result.exit_code == 0, result.output
    assert people(database)[0].bounced_on is not None


def test_an_address_that_the_server_cannot_take_is_not_said_to_have_been_written_to():
    """A letter beyond ASCII before the @, and a server without SMTPUTF8: certainly nothing left."""
    import smtplib

    from cityvoice.core.config import MailConfig, MailSecurity
    from cityvoice.core.mail import Mail, Mailer, RecipientRefused

    class Server(smtplib.SMTP):
        def __init__(self):
            self.esmtp_features, self.does_esmtp, self.helo_resp, self.ehlo_resp = {}, True, b"x", b"x"
            self.local_hostname = "x"

        def noop(self):
            return 250, b""

        def close(self):
            pass

        def rset(self):
            pass

    mailer = Mailer(MailConfig("127.0.0.1", 25, MailSecurity.NONE, "voice@city.example"))
    mailer.server = Server()
    mail = Mail("żółw@example.org", "s", "b", "<a@b>", "pl", "https://x/")
    with pytest.raises(RecipientRefused):
        mailer.send(mail)


@on_sqlite
def test_a_link_speaks_the_language_of_the_person_on_the_list(app, database):
    """Invited in Ukrainian; a browser that has never been here opens the link, one that has keeps its own."""
    with database.writing() as session:
        survey = services.create_survey(session, slug="life", questionnaire=load_document(bilingual()))
        services.open_survey(session, survey=survey)
        found = read_people(["name,email,language\n", "Olha,o@example.org,uk\n"], languages=("pl", "uk"))
        add_people(session, survey=survey, people=found, secret_key=SECRET)
        (token,) = tokens_of(session.scalars(select(Participant)), secret_key=SECRET)
    fresh, known = app.test_client(), app.test_client()
    known.set_cookie("lang", "pl")
    assert "Опитування" in fresh.get(f"/t/{token}", follow_redirects=True).text
    assert "Ankieta" in known.get(f"/t/{token}", follow_redirects=True).text


@on_sqlite
def test_a_stale_question_form_does_not_undo_a_colleagues_change_unless_that_is_meant(database, login):
    """409 shows what was typed; sent once more as it is, it must not undo the other's change in silence."""
    with database.writing() as session:
        survey = make_survey(session)
        designer.save_draft(session, survey=survey, questionnaire=questionnaire(), revision=0)
    address = "/design/life/questions/years"
    browser = login(Role.OFFICIAL)
    page = browser.get(address)
    with database.writing() as session:
        survey = get_survey(session, "life")
        draft = designer.open_draft(session, survey=survey).questionnaire
        asked = replace(editing.find_element(draft, "years"), high=99)
        other = editing.replace_element(draft, "years", asked)
        designer.save_draft(session, survey=survey, questionnaire=other, revision=1)

    def highest():
        with database.reading() as session:
            found = designer.open_draft(session, survey=get_survey(session, "life")).questionnaire
            return found.question("years").high

    typed = page.fields() | {"hint": ["Roughly"]}
    again = browser.request("POST", address, data=typed, status=409)
    browser.request("POST", address, data=again.fields(), status=409)
    assert highest() == 99
    browser.request("POST", address, data=again.fields() | {"_over": ["1"]}, status=303)
    assert highest() != 99
