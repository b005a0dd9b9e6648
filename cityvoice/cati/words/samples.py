"""How samples are drawn, and people of a household chosen."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cityvoice.cati.types import Method
from cityvoice.fieldwork.allocation import Allocation
from cityvoice.questionnaire.kinds import SelectionMethod

selection_methods: dict[str, LazyString] = {
    SelectionMethod.LAST_BIRTHDAY: _("the person whose birthday was last"),
    SelectionMethod.NEXT_BIRTHDAY: _("the person whose birthday comes next"),
    SelectionMethod.YOUNGEST: _("the youngest person"),
    SelectionMethod.OLDEST: _("the oldest person"),
    SelectionMethod.KISH: _("a person drawn from the list"),
    SelectionMethod.RANDOM: _("a person drawn from the list"),
}

methods: dict[str, LazyString] = {
    Method.SIMPLE: _("simple random sample"),
    Method.STRATIFIED: _("stratified: by the frame's column stratum"),
    Method.SYSTEMATIC: _("systematic: every k-th from a random start"),
    Method.PPS: _("proportional to size: by the frame's column size"),
    Method.RDD: _("generated numbers (RDD), without a frame"),
}

allocations: dict[str, LazyString] = {
    Allocation.PROPORTIONAL: _("proportional to the strata"),
    Allocation.EQUAL: _("the same from each"),
    Allocation.NEYMAN: _("more where people differ more (Neyman)"),
    Allocation.GIVEN: _("as given below"),
}
