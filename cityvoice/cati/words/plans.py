"""The calling plan's numbers, and how a household's respondent may be chosen."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cityvoice.questionnaire.kinds import SelectionMethod

numbers: dict[str, LazyString] = {
    "max_calls": _("Calls of one case at most"),
    "max_calls_by_slot": _("Of these in one part of the week (weekdays, evenings, weekends)"),
    "max_refusals": _("Refusals after which nobody tries again"),
    "max_machine_messages": _("Messages left on answering machines at most"),
    "lease_seconds": _("Seconds after which a silent screen gives its case back"),
    "appointment_minutes": _("Minutes for which an appointment stays live"),
    "early_minutes": _("Minutes that an appointment may be called early"),
}
selections: dict[str, LazyString] = {
    "": _("nobody is chosen: the frame lists people"),
    SelectionMethod.LAST_BIRTHDAY: _("the one whose birthday was last"),
    SelectionMethod.NEXT_BIRTHDAY: _("the one whose birthday is next"),
    SelectionMethod.KISH: _("by the Kish grid"),
    SelectionMethod.RANDOM: _("at random"),
    SelectionMethod.YOUNGEST: _("the youngest"),
    SelectionMethod.OLDEST: _("the oldest"),
}
