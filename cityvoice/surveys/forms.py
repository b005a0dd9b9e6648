"""Input shapes of the surveys' management pages."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, StringField, TextAreaField
from wtforms.validators import AnyOf, Length, Optional

from cityvoice.surveys.types import Anonymity

LONGEST_NOTE = 4000


class AccessForm(FlaskForm):  # type: ignore[misc]
    """Who may answer, until when, and what is promised to them."""

    has_open_link = BooleanField(_("Everybody with the address may answer"))
    anonymity = StringField(_("What is promised"), [AnyOf(list(Anonymity))])
    ends_on = DateField(_("Last day on which answers are taken"), [Optional()])


class MethodForm(FlaskForm):  # type: ignore[misc]
    """AAPOR's disclosure items that no computer can know."""

    sponsor = TextAreaField(_("Who ordered and paid for the survey"), [Length(max=LONGEST_NOTE)])
    conductor = TextAreaField(_("Who carried it out"), [Length(max=LONGEST_NOTE)])
    population = TextAreaField(_("Whom the results are about"), [Length(max=LONGEST_NOTE)])
    recruitment = TextAreaField(_("How respondents were found"), [Length(max=LONGEST_NOTE)])
    quality = TextAreaField(_("How data were checked"), [Length(max=LONGEST_NOTE)])
    limitations = TextAreaField(_("Known limitations"), [Length(max=LONGEST_NOTE)])
