"""What is said of a sample that cannot be drawn, and at which field."""

from collections.abc import Callable, Mapping
from typing import Any

from cityvoice.cati.errors import DrawRefused
from cityvoice.fieldwork.impossible import DrawFault, ImpossibleDraw
from cityvoice.questionnaire.message import Message

_SAID: Mapping[DrawFault, tuple[str, Callable[[Mapping[str, Any]], Message]]] = {
    DrawFault.NO_UNITS: (
        "frame",
        lambda _: Message("nobody can be drawn: no unit has a number that may be called"),
    ),
    DrawFault.NONE_WANTED: ("n", lambda _: Message("expected at least 1 case")),
    DrawFault.TOO_MANY: (
        "n",
        lambda about: Message("expected at most %(most)s cases: there are no more", **about),
    ),
    DrawFault.TOO_FEW: (
        "n",
        lambda about: Message("expected at least %(least)s cases: the strata need so many", **about),
    ),
    DrawFault.NO_DEVIATIONS: (
        "numbers",
        lambda _: Message("expected a standard deviation for every stratum, one of them above 0"),
    ),
    DrawFault.WRONG_STRATA: (
        "numbers",
        lambda about: Message("expected a number for each stratum of the frame; wrong: %(names)s", **about),
    ),
    DrawFault.BEYOND_STRATUM: (
        "numbers",
        lambda about: Message("stratum %(stratum)r: expected 0 to %(most)s cases", **about),
    ),
    DrawFault.NO_SIZES: (
        "method",
        lambda _: Message("expected a size above 0 for every unit, in the frame's column size"),
    ),
    DrawFault.BAD_BLOCK: (
        "blocks",
        lambda about: Message("expected the first 3 to 8 digits of Polish numbers, got %(block)r", **about),
    ),
    DrawFault.NOT_IN_PLAN: (
        "blocks",
        lambda about: Message(
            "block %(block)s holds numbers that do not exist, such as %(number)s: write longer ones", **about
        ),
    ),
    DrawFault.TOO_MANY_REPLICATES: (
        "n_replicates",
        lambda about: Message("expected 1 to %(most)s replicates", **about),
    ),
    DrawFault.NOT_AN_ORDER: ("order_by", lambda _: Message("expected an order of the units")),
}


def refusal(error: ImpossibleDraw) -> DrawRefused:
    """The refusal that names the field."""
    field, say = _SAID[error.fault]
    return DrawRefused(field, say(error.about))
