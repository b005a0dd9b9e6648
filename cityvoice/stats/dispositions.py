"""Final disposition codes of the AAPOR Standard Definitions and the classes that rates are made of.

References
----------
AAPOR (2016), Standard Definitions, 9th edition; AAPOR (2023), 10th edition.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cityvoice.stats.errors import StatsError


class Disposition(StrEnum):
    """Class of a case at the end of fieldwork."""

    COMPLETE = "I"
    PARTIAL = "P"
    REFUSAL = "R"  # and break-off
    NON_CONTACT = "NC"
    OTHER = "O"
    UNKNOWN_HOUSEHOLD = "UH"
    UNKNOWN_RESPONDENT = "UR"  # 10th edition: a household, but is anybody eligible?
    UNKNOWN_OTHER = "UO"
    NOT_ELIGIBLE = "NE"


class Edition(StrEnum):
    NINTH = "9"
    TENTH = "10"


D = Disposition
# the first two figures decide in every mode; finer figures only say why
CLASSES = {
    "1.1": D.COMPLETE, "1.2": D.PARTIAL,
    "2.1": D.REFUSAL, "2.2": D.NON_CONTACT, "2.3": D.OTHER, "2.9": D.OTHER,
    "3.1": D.UNKNOWN_HOUSEHOLD, "3.2": D.UNKNOWN_RESPONDENT, "3.3": D.UNKNOWN_OTHER,
    "3.4": D.UNKNOWN_OTHER, "3.5": D.UNKNOWN_OTHER, "3.9": D.UNKNOWN_OTHER,
    "4.1": D.NOT_ELIGIBLE, "4.2": D.NOT_ELIGIBLE, "4.3": D.NOT_ELIGIBLE, "4.4": D.NOT_ELIGIBLE,
    "4.5": D.NOT_ELIGIBLE, "4.6": D.NOT_ELIGIBLE, "4.7": D.NOT_ELIGIBLE, "4.8": D.NOT_ELIGIBLE,
    "4.9": D.NOT_ELIGIBLE,
}  # fmt: skip
CODE = re.compile(r"[1-4]\.\d{1,5}")


def disposition_of(code: str, *, edition: Edition | str = Edition.TENTH) -> Disposition:
    """Class of a final code such as ``"2.112"``; codes are text, as 2.1 and 2.10 are one code.

    Raises
    ------
    StatsError
        A code that is no final disposition, such as 3.0 or 2.5.
    """
    text = str(code)
    found = CLASSES.get(text[:3]) if CODE.fullmatch(text) else None
    if found is None:
        raise StatsError(
            "disposition-unknown",
            f"code {text!r}",
            f"a final code that begins with one of {', '.join(CLASSES)}",
            text,
            "An interim code (a callback, an appointment) is not final: derive the final one first.",
        )
    if found is D.UNKNOWN_RESPONDENT and Edition(edition) is Edition.NINTH:
        return D.UNKNOWN_OTHER
    return found


@dataclass(frozen=True, eq=False)
class Dispositions:
    """Cases by class; numbers of cases, or sums of base weights for weighted rates."""

    counts: Mapping[Disposition, float]
    edition: Edition = Edition.TENTH

    def __post_init__(self) -> None:
        counts = {D(key): float(value) for key, value in self.counts.items()}
        edition = Edition(self.edition)
        for key, value in counts.items():
            if not 0 <= value < float("inf"):
                raise StatsError("disposition-count", f"class {key}", "a count of at least 0", f"{value:g}")
        if edition is Edition.NINTH and counts.get(D.UNKNOWN_RESPONDENT):
            counts[D.UNKNOWN_OTHER] = counts.get(D.UNKNOWN_OTHER, 0.0) + counts.pop(D.UNKNOWN_RESPONDENT)
        object.__setattr__(self, "counts", counts)
        object.__setattr__(self, "edition", edition)

    @classmethod
    def from_codes(
        cls,
        codes: Iterable[str],
        *,
        weights: Iterable[float] | None = None,
        edition: Edition | str = Edition.TENTH,
    ) -> "Dispositions":
        """Count final codes, one per case."""
        classes = [disposition_of(code, edition=edition) for code in codes]
        sizes = [1.0] * len(classes) if weights is None else list(weights)
        if len(sizes) != len(classes):
            raise StatsError("disposition-length", "weights", f"{len(classes)} weights", str(len(sizes)))
        totals: Counter[Disposition] = Counter()
        for one, size in zip(classes, sizes, strict=True):
            totals[one] += size  # type: ignore[assignment]  # sums of weights
        return cls(totals, Edition(edition))

    def of(self, *classes: Disposition) -> float:
        """Cases in any of the classes."""
        return sum(self.counts.get(one, 0.0) for one in classes)
