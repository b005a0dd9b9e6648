"""Options given by name: a misspelt one is an error, not another choice."""

from typing import Any, get_args

from cityvoice.stats.errors import StatsError


def check_option(where: str, value: object, choices: Any) -> None:
    """Refuse a value that is none of the choices.

    Parameters
    ----------
    where : str
        Name of the option.
    choices : Literal type, or a collection of str

    Raises
    ------
    StatsError
        ``option-unknown``.
    """
    names = get_args(choices) or tuple(choices)
    if value not in names:
        raise StatsError(
            "option-unknown", f"option {where}", f"one of {', '.join(repr(n) for n in names)}", repr(value)
        )
