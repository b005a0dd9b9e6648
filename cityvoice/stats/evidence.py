"""From rows to means with variances: what is summed once, and the way a variance is made of it."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from cityvoice.stats.collapse import (
    Batch,
    CellSums,
    CollapsedDesign,
    is_collapsible,
    linearised_batch,
    means,
    sum_cells,
)
from cityvoice.stats.design import LonelyPsu, SurveyDesign
from cityvoice.stats.domains import Domains
from cityvoice.stats.encoding import FloatArray, IntArray
from cityvoice.stats.items import Item
from cityvoice.stats.pairs import Pairs, pair_up
from cityvoice.stats.replicated import ReplicatedSums, ReplicatePlan, plan_replicates, sum_replicates
from cityvoice.stats.sums import Bases, TermSums, count_bases, sum_terms
from cityvoice.stats.variance import score_variances

Variance = Literal["jackknife", "linearised"]


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that one batch of items in one set of domains says.

    Parameters
    ----------
    pairs, sums
        By domain and PSU; by domain and row on the row-by-row path.
    cells : tuple of CellSums
        Of the margins that weights were fitted to, for a linearised variance.
    replicated : ReplicatedSums, optional
    """

    pairs: Pairs
    sums: TermSums
    bases: Bases
    cells: tuple[CellSums, ...] = ()
    replicated: ReplicatedSums | None = None

    def without_domains(self) -> "Evidence":
        """The evidence of all domains together, with no further pass over the rows."""
        pairs, position = self.pairs.without_domains()
        return Evidence(
            pairs,
            self.sums.without_domains(position, pairs.n_pairs),
            self.bases.without_domains(),
            tuple(cell.without_domains() for cell in self.cells),
            self.replicated.without_domains() if self.replicated is not None else None,
        )


@dataclass(frozen=True, eq=False)
class VarianceMethod:
    """By replicates, on collapsed tables, or (with neither) row by row."""

    design: SurveyDesign
    collapsed: CollapsedDesign | None
    plan: ReplicatePlan | None

    @classmethod
    def choose(cls, design: SurveyDesign, asked: Variance | None) -> "VarianceMethod":
        """As asked; else replicates that came along, else a jackknife of the recipe, else linearised."""
        # rules that borrow a lonely PSU's variance from other strata have no jackknife
        borrowing = has_lonely_strata(design) and design.lonely_psu in (LonelyPsu.ADJUST, LonelyPsu.AVERAGE)
        repeatable = design.replicates is not None or (design.repeat is not None and not borrowing)
        by_replicates = asked == "jackknife" or (asked is None and repeatable)
        collapsed = CollapsedDesign(design) if is_collapsible(design) else None
        return cls(design, collapsed, plan_replicates(design) if by_replicates else None)

    @property
    def name(self) -> str:
        return "linearised" if self.plan is None else self.plan.name

    @property
    def sums_up(self) -> bool:
        """Whether evidence of domains adds up to that of the whole."""
        return self.plan is not None or self.collapsed is not None

    def n_rows_of_table(self, domains: Domains) -> int:
        """Rows of the largest table that `gather` makes, per term."""
        if self.plan is not None:
            return max(len(domains.present) * self.plan.weights.n_replicates, 1)
        _, n_units = self._units()
        return max(min(len(domains.present) * n_units, len(self.design)), 1)

    def gather(self, items: tuple[Item, ...], domains: Domains) -> Evidence:
        """One pass over the rows per item (two with margins)."""
        codes, n_domains, weights = domains.dense, len(domains.present), self.design.weights
        pairs = pair_up(codes, n_domains, *self._units())
        bases = count_bases(items, codes, n_domains, weights)
        evidence = Evidence(pairs, sum_terms(items, pairs, weights), bases)
        if self.plan is not None:
            return replace(evidence, replicated=sum_replicates(self.plan, items, codes, n_domains))
        if self.collapsed is not None:
            self.collapsed.check_lonely(pairs)
            return replace(evidence, cells=sum_cells(self.collapsed, items, codes, n_domains))
        return evidence

    def _units(self) -> tuple[IntArray, int]:
        if self.collapsed is not None:
            return self.collapsed.unit_of_row, self.collapsed.n_units
        if self.plan is not None:
            return self.design.stages[0].units, self.design.stages[0].n_units
        return np.arange(len(self.design)), len(self.design)

    def measure(self, evidence: Evidence) -> Batch:
        """Means with variances."""
        if evidence.replicated is not None and self.plan is not None:
            batch = means(evidence.sums, evidence.pairs)
            return replace(batch, variance=evidence.replicated.variance(self.plan, batch.value))
        if self.collapsed is not None:
            return linearised_batch(self.collapsed, evidence.sums, evidence.pairs, evidence.cells)
        return self._row_by_row(evidence)

    def _row_by_row(self, evidence: Evidence) -> Batch:
        """Scores of every row, for designs that the collapsed algebra does not cover."""
        pairs, sums = evidence.pairs, evidence.sums
        batch = means(sums, pairs)
        variance = np.empty_like(batch.value)
        for domain, (start, end) in enumerate(pairs.bounds):
            rows = pairs.unit[start:end]
            away = sums.values[start:end] - batch.value[domain] * sums.answered[start:end, sums.item_of]
            scores = np.zeros((len(self.design), away.shape[1]))
            with np.errstate(invalid="ignore", divide="ignore"):
                scores[rows] = np.nan_to_num(away / batch.denominator[domain])
            inside = np.zeros(len(self.design), dtype=bool)
            inside[rows] = True
            variance[domain] = score_variances(self.design.subset(inside), scores)
        return replace(batch, variance=np.where(np.isnan(batch.value), np.nan, variance))

    def degrees_of_freedom(self, pairs: Pairs) -> FloatArray:
        """PSUs less strata with respondents in each domain, within what the replicates carry, shape (D,)."""
        if self.plan is not None and np.isfinite(self.plan.df_limit):
            return np.full(pairs.n_domains, self.plan.df_limit)
        stage = self.design.stages[0]
        if self.collapsed is not None:
            unit = self.collapsed.unit_order[pairs.unit]
        else:
            unit = pairs.unit if self.plan is not None else stage.units[pairs.unit]
        df = _distinct(pairs.domain, unit, pairs.n_domains) - _distinct(
            pairs.domain, stage.unit_stratum[unit], pairs.n_domains
        )
        if self.plan is not None and self.plan.group_of_unit is not None:
            groups = _distinct(pairs.domain, self.plan.group_of_unit[unit], pairs.n_domains)
            df = np.minimum(df, groups - 1)
        return df.astype(float)


def has_lonely_strata(design: SurveyDesign) -> bool:
    """Whether a rule has to stand in for the variance of a stratum with one PSU."""
    stage = design.stages[0]
    return bool(((stage.n_sampled[stage.unit_stratum] == 1) & (stage.free_fraction > 1e-7)).any())


def _distinct(domain: IntArray, label: IntArray, n_domains: int) -> IntArray:
    """Number of distinct labels in each domain."""
    size = int(label.max(initial=0)) + 2
    keys = np.unique(domain * size + label + 1)
    return np.bincount(keys // size, minlength=n_domains)
