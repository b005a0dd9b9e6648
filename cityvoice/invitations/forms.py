"""Input shapes of the invitations' pages."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField


class ListForm(FlaskForm):  # type: ignore[misc]
    file = FileField(_("List of people (CSV)"), [FileRequired(_("Choose a file."))])
    skip_known = BooleanField(_("Leave out people who are on the list already"))
