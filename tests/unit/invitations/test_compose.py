"""The words of mails: what is filled in, and what stops them."""

from datetime import date

import pytest

from cityvoice.core.config import LOCALES
from cityvoice.invitations.compose import Draft, Facts, check_draft, default_draft, fill_in
from cityvoice.invitations.render import code
from cityvoice.invitations.types import MailingKind

FACTS = Facts("Ann", "https://c/t/x", "https://c/t/x/stop", "Life", date(2026, 12, 14))


@pytest.mark.parametrize("kind", MailingKind)
def test_our_own_words_can_be_sent(kind):
    assert check_draft(default_draft(kind, LOCALES)) == []


def test_placeholders_are_filled_in():
    assert fill_in("{name}: {link} by {closing_day}", FACTS, "en") == "Ann: https://c/t/x by 14 December 2026"
    assert fill_in("do {closing_day}", FACTS, "pl") == "do 14 grudnia 2026"


def test_what_is_filled_in_is_not_filled_in_again():
    facts = Facts("{link}", "https://c/t/x", "", "", None)
    assert fill_in("{name}", facts, "en") == "{link}"


def test_without_a_closing_day_or_a_name():
    facts = Facts("", "L", "", "", None)
    text = "Hello {name},\n\nUntil {closing_day}. You may stop.\n\n{link}"
    assert fill_in(text, facts, "en") == "Hello,\n\nYou may stop.\n\nL"


def test_what_stops_a_mail():
    draft = Draft(MailingKind.REMINDER, {"en": ""}, {"en": "{link} {town}"})
    said = [str(problem) for problem in check_draft(draft)]
    assert said[0] == "subject, en: expected a text"
    assert said[1].startswith("body, en: {town} is not one of {name}, {link}")
    assert said[2] == "body, en: expected {opt_out_link} in the text"


def test_a_code_names_itself_and_escapes():
    assert 'aria-label="&lt;b&gt;"' in code("https://c/t/x", "<b>")
