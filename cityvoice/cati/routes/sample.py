"""Frames, samples and their release; numbers that must not be called."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action, Role
from cityvoice.cati import queries, services
from cityvoice.cati.errors import CatiError, DrawRefused, FileRefused
from cityvoice.cati.forms.sample import DrawForm, FrameForm, NeverCallForm
from cityvoice.cati.imports.frames import read_frame
from cityvoice.cati.imports.numbers import read_numbers
from cityvoice.cati.messages import describe
from cityvoice.cati.models import SampleDraw
from cityvoice.cati.routes import bp
from cityvoice.cati.words.samples import allocations, methods
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import current_questionnaire
from cityvoice.web.extensions import db
from cityvoice.web.sentences import said
from cityvoice.web.transactions import writes


@bp.get("/<slug>/sample")
@allows(Role.SUPERVISOR)
def sample(slug: str) -> str:
    return _page(survey_or_404(slug))


@bp.post("/<slug>/sample/frames")
@allows(Role.SUPERVISOR)
@writes
def add_frame(slug: str) -> ResponseReturnValue:
    survey, form = survey_or_404(slug), FrameForm()
    if not form.validate_on_submit():
        return _page(survey, frame=form), 422
    name = form.name.data.strip()
    try:
        found = read_frame(
            form.file.data.read(),
            languages=current_questionnaire(survey).languages,
            skip_unusable=form.skip_unusable.data,
        )
        kept = services.import_frame(db.session(), survey=survey, name=name, found=found)
    except FileRefused as error:
        form.file.errors = [said(problem) for problem in error.problems]
        return _page(survey, frame=form), 422
    _record(Action.FRAME_IMPORTED, slug, frame=name, n=kept.frame.n_units)
    flash(_("Units in the frame: %(n)s.", n=kept.frame.n_units))
    if found.notice:
        flash(said(found.notice))
    if kept.n_unreachable:
        flash(_("Units without a number, which cannot be drawn: %(n)s.", n=kept.n_unreachable))
    if left_out := found.n_repeated + found.n_shared + found.n_unusable + kept.n_forbidden:
        flash(
            _(
                "Numbers left out: %(n)s (given twice: %(repeated)s, of another unit: %(shared)s, no numbers:"
                " %(unusable)s, never to be called: %(forbidden)s).",
                n=left_out,
                repeated=found.n_repeated,
                shared=found.n_shared,
                unusable=found.n_unusable,
                forbidden=kept.n_forbidden,
            )
        )
    return redirect(url_for(".sample", slug=slug), 303)


@bp.post("/<slug>/sample/draws")
@allows(Role.SUPERVISOR)
@writes
def draw(slug: str) -> ResponseReturnValue:
    survey, form = survey_or_404(slug), DrawForm()
    design = form.design() if form.validate_on_submit() else None
    if design is None:
        return _page(survey, draw=form), 422
    try:
        drawn = services.draw_sample(db.session(), survey=survey, design=design)
    except DrawRefused as error:
        form[error.field].errors = [said(error.args[0])]
        return _page(survey, draw=form), 422
    _record(Action.SAMPLE_DRAWN, slug, draw=drawn.id, method=drawn.method, n=drawn.n_cases, seed=drawn.seed)
    flash(_("Cases drawn: %(n)s. Release them below, when calling may begin.", n=drawn.n_cases))
    return redirect(url_for(".sample", slug=slug), 303)


@bp.post("/<slug>/sample/draws/<int(max=2147483647):draw_id>/release")
@allows(Role.SUPERVISOR)
@writes
def release_replicates(slug: str, draw_id: int) -> ResponseReturnValue:
    survey, drawn = _draw_or_404(slug, draw_id)
    through = request.form.get("through", "", type=str)
    try:
        number = int(through) if through.isdecimal() and len(through) < 10 else 0
        n = services.release_replicates(db.session(), survey=survey, draw=drawn, through=number)
    except DrawRefused as error:
        return _page(survey, releasing={drawn.id: said(error.args[0])}), 422
    _record(Action.REPLICATES_RELEASED, slug, draw=drawn.id, through=number, n=n)
    flash(_("Cases released: %(n)s.", n=n))
    return redirect(url_for(".sample", slug=slug), 303)


@bp.post("/<slug>/sample/draws/<int(max=2147483647):draw_id>/discard")
@allows(Role.SUPERVISOR)
@writes
def discard_draw(slug: str, draw_id: int) -> ResponseReturnValue:
    survey, drawn = _draw_or_404(slug, draw_id)
    try:
        services.discard_draw(db.session(), draw=drawn)
    except DrawRefused as error:
        return _page(survey, releasing={drawn.id: said(error.args[0])}), 422
    _record(Action.SAMPLE_DISCARDED, slug, draw=draw_id)
    flash(_("The sample is discarded."))
    return redirect(url_for(".sample", slug=slug), 303)


@bp.post("/<slug>/sample/groups")
@allows(Role.SUPERVISOR)
@writes
def match_quotas(slug: str) -> ResponseReturnValue:
    """Quotas have changed since the sample was drawn."""
    services.form_groups(db.session(), survey=survey_or_404(slug))
    flash(_("Cases and quotas are matched again."))
    return redirect(url_for(".sample", slug=slug), 303)


@bp.post("/<slug>/sample/never-call")
@allows(Role.SUPERVISOR)
@writes
def never_call(slug: str) -> ResponseReturnValue:
    survey, form = survey_or_404(slug), NeverCallForm()
    if not form.validate_on_submit():
        return _page(survey, never=form), 422
    try:
        numbers = read_numbers(form.never.data.splitlines())
    except FileRefused as error:
        form.never.errors = [said(problem) for problem in error.problems]
        return _page(survey, never=form), 422
    came = services.add_never_call(
        db.session(), numbers=numbers, reason=form.reason.data or "", account_id=current_user.id
    )
    _record(Action.NEVER_CALL_ADDED, slug, n=came.n_added, n_closed=came.n_closed)
    flash(
        _("Numbers put on the list: %(n)s. Cases closed: %(closed)s.", n=came.n_added, closed=came.n_closed)
    )
    return redirect(url_for(".sample", slug=slug), 303)


@bp.post("/<slug>/sample/erase")
@allows(Role.SUPERVISOR)
@writes
def erase(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    if request.form.get("sure") != "y":
        return _page(survey, erasing=_("Tick the box if you are sure. It cannot be undone.")), 422
    try:
        n = services.erase_contacts(db.session(), survey=survey)
    except CatiError as error:
        return _page(survey, erasing=describe(error)), 422
    _record(Action.CONTACTS_ERASED, slug, n=n)
    flash(_("The contacts are erased. Answers, weights and the record of calls stay."))
    return redirect(url_for(".sample", slug=slug), 303)


def _draw_or_404(slug: str, draw_id: int) -> tuple[Survey, SampleDraw]:
    survey = survey_or_404(slug)
    found = queries.find_draw(db.session(), survey, draw_id)
    if found is None:
        abort(404)
    return survey, found


def _record(action: Action, slug: str, **details: str | int) -> None:
    record(db.session(), actor=current_user.email, action=action, object=slug, details=details)


def _page(
    survey: Survey,
    *,
    frame: FrameForm | None = None,
    draw: DrawForm | None = None,
    never: NeverCallForm | None = None,
    releasing: dict[int, str] | None = None,
    erasing: str = "",
) -> str:
    session = db.session()
    frames = queries.list_frames(session, survey)
    draws = queries.list_draws(session, survey)
    draw = draw or DrawForm(formdata=None)
    draw.frame.choices = [each.name for each in frames]
    draw.method.choices, draw.allocation.choices = list(methods.items()), list(allocations.items())
    return render_template(
        "cati/sample/sample.html",
        survey=survey,
        frames=frames,
        draws=draws,
        names={each.id: each.name for each in frames},
        drawn_from={each.frame_id for each in draws},
        methods=methods,
        replicates={each.id: queries.list_replicates(session, each) for each in draws},
        unfillable=queries.list_unfillable(session, survey),
        frame_form=frame or FrameForm(formdata=None),
        draw_form=draw,
        never_form=never or NeverCallForm(formdata=None),
        releasing=releasing or {},
        erasing=erasing,
    )
