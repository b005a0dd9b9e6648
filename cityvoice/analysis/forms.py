"""Input shapes of the analysis pages."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from cityvoice.territory.services import LARGEST_TOTAL


class MarginForm(FlaskForm):  # type: ignore[misc]
    """Where control totals come from. The totals themselves are one field per category, read apart."""

    source = StringField(
        lazy_gettext("Source"),
        [InputRequired(lazy_gettext("Say where the numbers come from.")), Length(max=300)],
    )
    reference_on = DateField(lazy_gettext("As of"), [MayBeEmpty()])
    population = IntegerField(
        lazy_gettext("Population of the city (people surveyed are drawn from)"),
        [
            MayBeEmpty(),
            NumberRange(1, LARGEST_TOTAL, lazy_gettext("Enter a number of people from 1 to 100 million.")),
        ],
    )


class WeightingForm(FlaskForm):  # type: ignore[misc]
    keep_untargeted = BooleanField(
        lazy_gettext("Keep respondents without a category at their share of the sample")
    )


def read_totals(
    fields: Mapping[str, str], codes: Mapping[str, str]
) -> tuple[dict[str, float], dict[str, str]]:
    """Totals by code and errors by code; a category left empty has no total."""
    totals: dict[str, float] = {}
    errors: dict[str, str] = {}
    for code, label in codes.items():
        typed = fields.get(f"total:{code}", "").strip()
        if not typed:
            continue
        try:
            totals[code] = float(
                typed.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".")
            )
        except ValueError:
            errors[code] = _("%(label)s: enter a number, for example 12 500 or 51,5.", label=label)
            continue
        if not 0 < totals[code] <= LARGEST_TOTAL:
            errors[code] = _("%(label)s: enter a number above 0.", label=label)
    return totals, errors
