"""What a respondent's page says beyond what everybody sees."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cityvoice.questionnaire.question import Text

OPTION, ITEM, GROUP = "option", "item", "group"  # what may be left out or put in another order
COLUMN = "column:"  # followed by a column's name: the options of that column


@dataclass
class Filling:
    """One respondent's page: everything that a drawing leaves open."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by form field: what stands in it
    errors: Mapping[str, str] = field(default_factory=dict)  # by form field: what is wrong with it
    order: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by axis: what is shown; none: all
    off: frozenset[tuple[str, str]] = (
        frozenset()
    )  # (axis, key): on the page, but hidden until script shows it
    is_off: bool = False  # the whole question, likewise
    pipe: Callable[[Text], str] = lambda text: text.in_("")  # a text with its {expressions} filled in
    parts: Mapping[str, str] = field(default_factory=dict)  # HTML by name, for a page's frame
    identified: set[str] = field(default_factory=set)  # fields whose id has been written

    def is_blank(self) -> bool:
        """Whether an unanswered question looks as it does to everybody."""
        return not (self.values or self.errors or self.order or self.off or self.is_off)
