"""Input shapes of the sample's page: a frame, a draw, numbers that must not be called."""

from contextlib import suppress
from typing import Any

from flask_babel import LazyString, format_decimal, lazy_gettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from cityvoice.cati.services.designs import MOST_CASES, SEEDS, Design
from cityvoice.cati.types import Method
from cityvoice.fieldwork.allocation import Allocation

MOST_REPLICATES = 1000


class WholeNumber(IntegerField):  # type: ignore[misc]
    """A whole number within limits; whatever is wrong with it, one sentence says what was expected."""

    def __init__(self, label: LazyString, low: int, high: int, **more: Any) -> None:
        super().__init__(label, **more)
        self.low, self.high = low, high

    def process_formdata(self, valuelist: list[str]) -> None:
        with suppress(ValueError):  # said below in our own words
            super().process_formdata(valuelist)
        if valuelist and (self.data is None or not self.low <= self.data <= self.high):
            limits = {"low": format_decimal(self.low), "high": format_decimal(self.high)}
            raise ValueError(_("Enter a whole number from %(low)s to %(high)s.", **limits))


class FrameForm(FlaskForm):  # type: ignore[misc]
    file = FileField(lazy_gettext("File (CSV or Excel)"), [FileRequired(lazy_gettext("Choose a file."))])
    name = StringField(
        lazy_gettext("Name of the frame"), [InputRequired(lazy_gettext("Give it a name.")), Length(max=120)]
    )
    skip_unusable = BooleanField(lazy_gettext("Leave out what is no phone number, and say so"))


class DrawForm(FlaskForm):  # type: ignore[misc]
    """What a sample should be; what a method does not need is passed over."""

    method = SelectField(lazy_gettext("How to draw"), choices=list(Method), default=Method.SIMPLE)
    frame = SelectField(lazy_gettext("From which frame"), [Optional()], validate_choice=False)
    n = WholeNumber(lazy_gettext("How many cases"), 1, MOST_CASES, validators=[Optional()])
    n_replicates = WholeNumber(
        lazy_gettext("In how many parts to release it"),
        1,
        MOST_REPLICATES,
        validators=[InputRequired(lazy_gettext("Enter a whole number."))],
        default=1,
    )
    seed = WholeNumber(lazy_gettext("Seed"), 0, SEEDS - 1, validators=[Optional()])
    order_by = StringField(lazy_gettext("Sort by this column first"), [Length(max=120)])
    allocation = SelectField(
        lazy_gettext("Share among the strata"), choices=list(Allocation), default=Allocation.PROPORTIONAL
    )
    least = WholeNumber(
        lazy_gettext("At least from every stratum"), 0, MOST_CASES, validators=[Optional()], default=1
    )
    numbers = TextAreaField(lazy_gettext("Numbers by stratum"), [Length(max=20_000)])
    blocks = TextAreaField(lazy_gettext("First digits of the numbers"), [Length(max=20_000)])

    def design(self) -> Design | None:
        """What was asked for; None with an error at `numbers`."""
        by_stratum = read_numbers_by_stratum(self.numbers.data or "")
        if by_stratum is None:
            self.numbers.errors = [_("Write one stratum in a line, for example: Old Town: 120.")]
            return None
        allocation = Allocation(self.allocation.data)
        is_given = self.method.data == Method.STRATIFIED and allocation is Allocation.GIVEN
        if not is_given and not self.n.data:
            self.n.errors = [_("Enter how many cases you want.")]
            return None
        sizes = {name: int(number) for name, number in by_stratum.items()}
        return Design(
            method=Method(self.method.data),
            n=sum(sizes.values()) if is_given else self.n.data,
            frame=self.frame.data or "",
            seed=self.seed.data,
            n_replicates=self.n_replicates.data,
            order_by=(self.order_by.data or "").strip(),
            allocation=allocation,
            given=sizes if is_given else {},
            deviations=by_stratum if allocation is Allocation.NEYMAN else {},
            least=1 if self.least.data is None else self.least.data,
            blocks=tuple(filter(str.strip, (self.blocks.data or "").replace(",", "\n").splitlines())),
        )


class NeverCallForm(FlaskForm):  # type: ignore[misc]
    never = TextAreaField(
        lazy_gettext("Numbers, one in a line"),
        [InputRequired(lazy_gettext("Enter at least one number.")), Length(max=200_000)],
    )
    reason = StringField(lazy_gettext("Why"), [Length(max=120)])


def read_numbers_by_stratum(text: str) -> dict[str, float] | None:
    """``Old Town: 120`` in each line; None where a line is something else."""
    found: dict[str, float] = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, number = line.rpartition(":")
        try:
            value = float(number.strip().replace(",", "."))
        except ValueError:
            return None
        if not colon or name.strip() in found or not 0 <= value < float("inf"):
            return None
        found[name.strip()] = value
    return found
