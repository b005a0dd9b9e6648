"""Errors of the territory feature."""

from enum import StrEnum


class Reason(StrEnum):
    """What pages say in the reader's language."""

    NEITHER_SHARES_NOR_PEOPLE = "neither_shares_nor_people"  # numbers: total
    POPULATIONS_DIFFER = "populations_differ"  # numbers: total, count, other
    OTHER = "other"


class ControlTotalsError(Exception):
    """Control totals that cannot be: names the variable, the code, what was expected."""

    def __init__(
        self,
        variable: str,
        code: str | None,
        message: str,
        reason: Reason = Reason.OTHER,
        **numbers: float | str,
    ) -> None:
        where = variable if code is None else f"{variable}, code {code}"
        super().__init__(f"{where}: {message}")
        self.variable, self.code, self.reason, self.numbers = variable, code, reason, numbers


class BoundariesError(Exception):
    """A file of boundaries that gives no map: which feature, and what was expected."""
