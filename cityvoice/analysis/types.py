"""What analysis hands to pages, exports and reports."""

from collections.abc import Mapping
from dataclasses import dataclass

from cityvoice.questionnaire.variables import Variable
from cityvoice.stats.results import Estimate


@dataclass(frozen=True, slots=True)
class OptionResult:
    """One answer of a closed question."""

    code: str
    label: str
    n: int  # respondents who gave it
    unweighted: float  # share of the unweighted base, 0 to 1
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Box:
    """Favourable answers counted together, such as "satisfied"."""

    codes: tuple[str, ...]
    label: str
    unweighted: float
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class VariableResult:
    """One variable over the whole sample."""

    variable: Variable
    label: str
    wording: str
    n: int  # valid answers: the base
    n_eff: float
    deff: float  # Kish's
    n_not_asked: int
    n_missing: Mapping[str, int]  # by label of the missing option: "don't know" apart from "refused"
    options: tuple[OptionResult, ...] = ()
    box: Box | None = None
    mean: Estimate | None = None
    unweighted_mean: float | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A variable whose categories are the columns of cross-tabulations."""

    variable: Variable
    label: str
    categories: tuple[tuple[str, str], ...]  # code, label


@dataclass(frozen=True, slots=True)
class CrossTabulation:
    """One statistic of one variable in every category of a breakdown."""

    variable: Variable
    label: str
    statistic: str  # the box's label, or "mean"
    breakdown: Breakdown
    estimates: tuple[Estimate, ...]  # in the order of the breakdown's categories


@dataclass(frozen=True, slots=True)
class Facts:
    """The numbers above every page of results."""

    n: int
    n_eff: float
    deff: float
    largest_half_width: float  # of a share estimated from the whole sample, at 50 %, 95 % confidence
    by_mode: Mapping[str, int]
    is_weighted: bool
    is_raked: bool  # to control totals, beside weights that came with the data
    has_converged: bool
