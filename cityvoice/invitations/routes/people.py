"""The list of invited people: how far they are, who they are, and more of them from a file."""

import io

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action, Role
from cityvoice.core import clock
from cityvoice.invitations import queries, services
from cityvoice.invitations.errors import ListRefused, MailNotConfigured
from cityvoice.invitations.forms import ListForm
from cityvoice.invitations.imports.people import read_people
from cityvoice.invitations.messages import describe
from cityvoice.invitations.render import Poster, render_poster
from cityvoice.invitations.routes import bp
from cityvoice.invitations.words import mailing_kinds
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import current_questionnaire
from cityvoice.territory.queries import find_city
from cityvoice.web.extensions import db
from cityvoice.web.locale import current_language
from cityvoice.web.sentences import said
from cityvoice.web.transactions import writes

FIELDWORK = (Role.OFFICIAL, Role.SUPERVISOR)
PAGE = 100  # people on a page


@bp.get("/surveys/<slug>/people")
@allows(*FIELDWORK)
def people(slug: str) -> str:
    return _page(survey_or_404(slug), ListForm(formdata=None))


@bp.post("/surveys/<slug>/people")
@allows(*FIELDWORK)
@writes
def add(slug: str) -> ResponseReturnValue:
    survey, form = survey_or_404(slug), ListForm()
    if not form.validate_on_submit():
        return _page(survey, form), 422
    try:
        n = _add(survey, form)
    except (ListRefused, UnicodeDecodeError) as error:
        problems = getattr(error, "problems", [_("The file is no text in UTF-8.")])
        form.file.errors = [said(problem) for problem in problems]
        return _page(survey, form), 422
    record(
        db.session(),
        actor=current_user.email,
        action=Action.PARTICIPANTS_ADDED,
        object=slug,
        details={"n": n},
    )
    flash(_("People added to the list: %(n)s.", n=n))
    return redirect(url_for(".people", slug=slug), 303)


def _add(survey: Survey, form: ListForm) -> int:
    lines = io.StringIO(form.file.data.read().decode("utf-8-sig"), newline="")
    found = read_people(lines, languages=current_questionnaire(survey).languages)
    return services.add_people(
        db.session(),
        survey=survey,
        people=found,
        secret_key=current_app.config["CITYVOICE"].secret_key,
        skip_known=form.skip_known.data,
    )


@bp.get("/surveys/<slug>/poster.pdf")
@allows(*FIELDWORK)
def poster(slug: str) -> ResponseReturnValue:
    """One page with a code that leads to the open survey."""
    survey, language = survey_or_404(slug), current_language()
    if not survey.has_open_link:
        abort(404)
    try:
        link = services.address_of(current_app.config["CITYVOICE"], url_for("surveys.start", slug=slug))
    except MailNotConfigured as error:
        flash(describe(error))
        return redirect(url_for(".people", slug=slug))
    day = survey.fieldwork_ends_on
    closing = _("You can answer until %(day)s.", day=format_date(day, "d MMMM yyyy")) if day else ""
    promise = _("Anonymous. No account needed. You may stop at any time.") if survey.is_anonymous else ""
    title = survey.title.get(language) or next(iter(survey.title.values()))
    city = find_city(db.session())
    pdf = render_poster(
        Poster(language, title, closing, promise, link), city.name if city else "", clock.now()
    )
    return Response(pdf, mimetype="application/pdf")


def _page(survey: Survey, form: ListForm) -> str:
    after = request.args.get("after", "0")
    shown = queries.list_participants(
        db.session(), survey, after=int(after) if after.isdigit() and len(after) < 10 else 0, most=PAGE + 1
    )
    return render_template(
        "invitations/people.html",
        survey=survey,
        form=form,
        standing=queries.get_standing(db.session(), survey),
        people=shown[:PAGE],
        is_more=len(shown) > PAGE,
        mailings=queries.list_mailings(db.session(), survey),
        kinds=mailing_kinds,
    )
