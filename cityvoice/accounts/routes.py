"""Logging in and out, and the audit log."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import UserMixin, current_user, login_user, logout_user

from cityvoice.accounts import queries, services
from cityvoice.accounts.errors import TooManyAttempts, WrongCredentials
from cityvoice.accounts.forms import LoginForm
from cityvoice.accounts.guards import allows, everyone
from cityvoice.accounts.models import Account
from cityvoice.accounts.types import Action, Role
from cityvoice.web.extensions import db, login_manager
from cityvoice.web.transactions import writes

bp = Blueprint("accounts", __name__, template_folder="templates")


class LoggedIn(UserMixin):  # type: ignore[misc]
    """The account as Flask-Login sees it; the model knows nothing of Flask."""

    def __init__(self, account: Account) -> None:
        self.id, self.email, self.name, self.roles = account.id, account.email, account.name, account.roles


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_user(user_id: str) -> LoggedIn | None:
    account = queries.find_account(db.session(), int(user_id)) if user_id.isdigit() else None
    return LoggedIn(account) if account is not None and account.is_enabled else None


@bp.route("/login", methods=["GET", "POST"])
@everyone
@writes(even_if_refused=True)
def login() -> ResponseReturnValue:
    form = LoginForm()
    if not form.validate_on_submit():
        return render_template("accounts/login.html", form=form), 422 if form.errors else 200
    try:
        account = services.authenticate(
            db.session(),
            email=form.email.data,
            password=form.password.data,
            network=request.remote_addr or "",
        )
    except TooManyAttempts:
        form.form_errors.append(_("Too many failed attempts. Wait 15 minutes and try again."))
        return render_template("accounts/login.html", form=form), 429
    except WrongCredentials:
        form.form_errors.append(_("The e-mail address or the password is wrong."))
        return render_template("accounts/login.html", form=form), 422
    login_user(LoggedIn(account))
    return redirect(_own_page(request.args.get("next")) or url_for("surveys.manage"))


@bp.post("/logout")
@allows(*Role)
@writes
def logout() -> ResponseReturnValue:
    services.record(
        db.session(), actor=current_user.email, action=Action.LOGGED_OUT, object=current_user.email
    )
    logout_user()
    flash(_("You are logged out."))
    return redirect(url_for("surveys.home"))


@bp.get("/audit-log")
@allows()
def audit_log() -> str:
    return render_template("accounts/audit_log.html", entries=queries.list_audit_entries(db.session()))


def _own_page(address: str | None) -> str | None:
    """An address of this site, never a way to another one."""
    if not address or not address.isprintable() or not address.startswith("/"):
        return None
    if address.startswith(("//", "/\\")):
        return None
    return None if urlsplit(address).netloc else address
