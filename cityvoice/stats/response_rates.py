"""AAPOR's outcome rates, each with its numerator and denominator.

With K = I + P + R + NC + O, U = UH + UR + UO and e the share of U taken as eligible:

- RR1 = I / (K + U), RR3 = I / (K + eU), RR5 = I / K; RR2, RR4 and RR6 count partials too, I + P on top;
- COOP1 = I / (I + P + R + O), COOP3 = I / (I + P + R); COOP2 and COOP4 have I + P on top;
- REF1 = R / (K + U), REF2 = R / (K + eU), REF3 = R / K;
- CON1 = (I + P + R + O) / (K + U), CON2 over K + eU, CON3 over K.

References
----------
AAPOR (2016), Standard Definitions, 9th edition; AAPOR (2023), 10th edition, in which code 3.20 counts as UR
and e may differ between UH, UR and UO.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cityvoice.stats.dispositions import Disposition, Dispositions, Edition
from cityvoice.stats.errors import EstimationError

COMPLETED = (Disposition.COMPLETE,)
INTERVIEWED = (*COMPLETED, Disposition.PARTIAL)
ASKED = (*INTERVIEWED, Disposition.REFUSAL)
CONTACTED = (*ASKED, Disposition.OTHER)
KNOWN = (*CONTACTED, Disposition.NON_CONTACT)
UNKNOWN = (Disposition.UNKNOWN_HOUSEHOLD, Disposition.UNKNOWN_RESPONDENT, Disposition.UNKNOWN_OTHER)

# name: (numerator, denominator without the unknown, how much of the unknown: none, all or e of it)
RATES: dict[str, tuple[tuple[Disposition, ...], tuple[Disposition, ...], str]] = {
    "RR1": (COMPLETED, KNOWN, "all"),
    "RR2": (INTERVIEWED, KNOWN, "all"),
    "RR3": (COMPLETED, KNOWN, "eligible"),
    "RR4": (INTERVIEWED, KNOWN, "eligible"),
    "RR5": (COMPLETED, KNOWN, "none"),
    "RR6": (INTERVIEWED, KNOWN, "none"),
    "COOP1": (COMPLETED, CONTACTED, "none"),
    "COOP2": (INTERVIEWED, CONTACTED, "none"),
    "COOP3": (COMPLETED, ASKED, "none"),
    "COOP4": (INTERVIEWED, ASKED, "none"),
    "REF1": ((Disposition.REFUSAL,), KNOWN, "all"),
    "REF2": ((Disposition.REFUSAL,), KNOWN, "eligible"),
    "REF3": ((Disposition.REFUSAL,), KNOWN, "none"),
    "CON1": (CONTACTED, KNOWN, "all"),
    "CON2": (CONTACTED, KNOWN, "eligible"),
    "CON3": (CONTACTED, KNOWN, "none"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """An outcome rate; NaN when no case is in its denominator."""

    name: str
    value: float
    numerator: float
    denominator: float


@dataclass(frozen=True, eq=False)
class ResponseRates:
    """All sixteen rates of one survey or mode.

    Parameters
    ----------
    eligibility : mapping of class to float
        e of each unknown class.
    e_is_estimated : bool
        Whether e is the proportional allocation K / (K + NE), which the report must say.
    """

    dispositions: Dispositions
    eligibility: Mapping[Disposition, float]
    e_is_estimated: bool
    rates: Mapping[str, Rate]

    @property
    def edition(self) -> Edition:
        return self.dispositions.edition

    def __getitem__(self, name: str) -> float:
        return self.rates[name].value

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame(
            [[rate.name, rate.value, rate.numerator, rate.denominator] for rate in self.rates.values()],
            columns=["rate", "value", "numerator", "denominator"],
        )


def response_rates(
    dispositions: Dispositions, *, e: float | Mapping[Disposition | str, float] | None = None
) -> ResponseRates:
    """All of AAPOR's rates.

    Parameters
    ----------
    e : float or mapping of class to float, optional
        Share of the unknown that is eligible; by class of unknown in the 10th edition only. Without it
        K / (K + NE), the share among cases whose eligibility is known.
    """
    eligibility = _eligibility(dispositions, e)
    unknown = {
        "none": 0.0,
        "all": dispositions.of(*UNKNOWN),
        "eligible": sum(eligibility[one] * dispositions.of(one) for one in UNKNOWN if dispositions.of(one)),
    }
    rates = {
        name: _rate(name, dispositions.of(*top), dispositions.of(*bottom) + unknown[kind])
        for name, (top, bottom, kind) in RATES.items()
    }
    return ResponseRates(dispositions, eligibility, e is None, rates)


def estimated_eligibility(dispositions: Dispositions) -> float:
    """Proportional allocation: K / (K + NE); NaN when eligibility is known of no case."""
    known = dispositions.of(*KNOWN)
    settled = known + dispositions.of(Disposition.NOT_ELIGIBLE)
    return known / settled if settled else math.nan


def _eligibility(
    dispositions: Dispositions, e: float | Mapping[Disposition | str, float] | None
) -> dict[Disposition, float]:
    if e is None:
        return dict.fromkeys(UNKNOWN, estimated_eligibility(dispositions))
    given = (
        {Disposition(key): value for key, value in e.items()}
        if isinstance(e, Mapping)
        else dict.fromkeys(UNKNOWN, e)
    )
    if isinstance(e, Mapping) and dispositions.edition is Edition.NINTH and len(set(given.values())) > 1:
        raise EstimationError(
            "rates-e",
            "e",
            "one value in the 9th edition",
            "several",
            "The 10th edition allows one per class.",
        )
    for one in UNKNOWN:
        share = given.get(one, math.nan)
        if dispositions.of(one) and not 0 <= share <= 1:
            raise EstimationError("rates-e", f"e of {one}", "a share from 0 to 1", f"{share:g}")
    return {one: float(given.get(one, math.nan)) for one in UNKNOWN}


def _rate(name: str, numerator: float, denominator: float) -> Rate:
    return Rate(name, numerator / denominator if denominator else math.nan, numerator, denominator)
