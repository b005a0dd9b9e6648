"""The few words that figures and their tables use by themselves, in any language."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    item: str
    group: str
    answer: str
    share: str
    interval: str
    n: str
    n_eff: str
    suppressed: str
    withheld: str  # the same, in a table's cell
    flagged: str
    withheld_note: str
    key: str
    population: str
    before: str
    after: str
    difference: str


def words_in(gettext: Callable[[str], str]) -> Words:
    """The words in the language that `gettext` speaks; the message ids are English."""
    return Words(
        item=gettext("Item"),
        group=gettext("Group"),
        answer=gettext("Answer"),
        share="%",
        interval=gettext("95% CI"),
        n="n",
        n_eff=gettext("effective n"),
        suppressed=gettext("too few answers"),
        withheld="..",
        flagged=gettext("* fewer than 30 answers or a wide interval: read with care"),
        withheld_note=gettext(".. too few answers to publish"),
        key=gettext("Scale"),
        population=gettext("Population"),
        before=gettext("Sample before weighting"),
        after=gettext("Sample after weighting"),
        difference=gettext("After − population"),
    )


ENGLISH = words_in(str)
