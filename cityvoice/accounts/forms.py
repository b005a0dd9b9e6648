"""Input shapes of the accounts feature."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length


class LoginForm(FlaskForm):  # type: ignore[misc]
    email = EmailField(_("E-mail address"), [InputRequired(_("Enter your e-mail address.")), Length(max=254)])
    password = PasswordField(_("Password"), [InputRequired(_("Enter your password.")), Length(max=256)])
