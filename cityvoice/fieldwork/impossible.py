"""What is said about a sample that cannot be drawn."""

from enum import StrEnum


class DrawFault(StrEnum):
    NO_UNITS = "no_units"
    NONE_WANTED = "none_wanted"
    TOO_MANY = "too_many"  # more than there are; `most`
    TOO_FEW = "too_few"  # less than the strata must give; `least`
    NO_DEVIATIONS = "no_deviations"  # Neyman's allocation without them
    WRONG_STRATA = "wrong_strata"  # numbers for strata that do not exist, or none for some that do; `names`
    BEYOND_STRATUM = "beyond_stratum"  # more than one stratum has; `stratum`, `most`
    NO_SIZES = "no_sizes"  # a measure of size that is missing, zero or negative; `row`
    NOT_AN_ORDER = "not_an_order"
    BAD_BLOCK = "bad_block"  # a prefix that is none; `block`
    NOT_IN_PLAN = "not_in_plan"  # a block with numbers that do not exist; `block`, `number`
    TOO_MANY_REPLICATES = "too_many_replicates"  # more than cases; `most`


class ImpossibleDraw(ValueError):
    """A sample that cannot be drawn: the fault, and the numbers and names that it is about."""

    def __init__(self, fault: DrawFault, **about: str | int | float) -> None:
        said = ", ".join(f"{name} {value}" for name, value in about.items())
        super().__init__(f"{fault}: {said}" if said else str(fault))
        self.fault, self.about = fault, about
