"""From rows to means with variances: what is summed once, and the way a variance is made of it."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from cityvoice.stats.collapse import Batch, count_distinct, means
from cityvoice.stats.collapsed_rows import CollapsedRows, is_collapsible
from cityvoice.stats.design import LonelyPsu, SurveyDesign
from cityvoice.stats.domains import Domains
from cityvoice.stats.encoding import FloatArray, IntArray
from cityvoice.stats.evidence import Evidence, Measured, measure_linearised
from cityvoice.stats.items import Item
from cityvoice.stats.jackknife import MAX_REPLICATES
from cityvoice.stats.pairs import Pairs, pair_up
from cityvoice.stats.replicated import ReplicatePlan, plan_replicates, sum_replicates
from cityvoice.stats.row_variance import row_variances
from cityvoice.stats.sums import count_bases, sum_terms
from cityvoice.stats.variance import score_variances

Variance = Literal["jackknife", "linearised"]


@dataclass(frozen=True, eq=False)
class VarianceMethod:
    """By replicates, on collapsed tables, or (with neither) row by row."""

    design: SurveyDesign
    rows: CollapsedRows | None
    plan: ReplicatePlan | None

    @classmethod
    def choose(
        cls, design: SurveyDesign, asked: Variance | None, max_replicates: int = MAX_REPLICATES
    ) -> "VarianceMethod":
        """As asked; else replicates that came along, else a jackknife of the recipe, else linearised."""
        # rules that borrow a lonely PSU's variance from other strata have no jackknife
        borrowing = has_lonely_strata(design) and design.lonely_psu in (LonelyPsu.ADJUST, LonelyPsu.AVERAGE)
        repeatable = design.replicates is not None or (design.repeat is not None and not borrowing)
        by_replicates = asked == "jackknife" or (asked is None and repeatable)
        rows = CollapsedRows(design) if is_collapsible(design) else None
        return cls(design, rows, plan_replicates(design, max_replicates) if by_replicates else None)

    @property
    def name(self) -> str:
        return "linearised" if self.plan is None else self.plan.name

    @property
    def sums_up(self) -> bool:
        """Whether evidence of domains adds up to that of the whole."""
        return self.plan is not None or (self.rows is not None and not self._by_levels)

    @property
    def _by_levels(self) -> bool:
        """Whether rows are units that were fitted to nothing, so that counts of levels are enough."""
        return self.plan is None and self.rows is not None and self.rows.are_units

    def n_rows_of_table(self, domains: Domains) -> int:
        """Rows of the largest table that `gather` makes, per term."""
        if self.plan is not None:
            return max(domains.n_present * self.plan.weights.n_replicates, 1)
        n_units = self.design.stages[0].n_strata if self._by_levels else self._units()[1]
        return max(min(domains.n_present * n_units, len(self.design)), 1)

    def gather(self, items: tuple[Item, ...], domains: Domains) -> Evidence:
        """One pass over the rows per table and a few items."""
        if self.rows is not None and self._by_levels:
            return self._gather_levels(self.rows, items, domains)
        codes, n_domains, weights = domains.dense, domains.n_present, self.design.weights
        pairs, of_row = pair_up(codes, n_domains, *self._units())
        evidence = Evidence(
            pairs,
            sum_terms(items, pairs, of_row, weights),
            count_bases(items, codes, n_domains, weights),
        )
        if self.plan is not None:
            return replace(evidence, replicated=sum_replicates(self.plan, items, codes, n_domains))
        return evidence if self.rows is None else replace(evidence, cells=self.rows.sum_cells(items, domains))

    def _gather_levels(self, rows: CollapsedRows, items: tuple[Item, ...], domains: Domains) -> Evidence:
        codes, n_domains, weights = domains.dense, domains.n_present, self.design.weights
        pairs, of_row = pair_up(codes, n_domains, rows.stratum_of_row, self.design.stages[0].n_strata)
        sums = sum_terms(items, pairs, of_row, weights)
        variances = row_variances(rows.collapsed, items, pairs, of_row, weights, sums)
        return Evidence(pairs, sums, count_bases(items, codes, n_domains, weights), of_rows=variances)

    def _units(self) -> tuple[IntArray, int]:
        if self.rows is not None:
            return self.rows.of_row, self.design.stages[0].n_units
        if self.plan is not None:
            return self.design.stages[0].units, self.design.stages[0].n_units
        return np.arange(len(self.design)), len(self.design)

    def measure(self, evidence: Evidence) -> Measured:
        """Means with variances."""
        if evidence.of_rows is not None:
            batch = replace(means(evidence.sums, evidence.pairs), variance=evidence.of_rows.variance)
            return Measured(evidence, batch, evidence.of_rows.df, self.name, has_lonely_strata(self.design))
        if self.plan is None and self.rows is not None:
            return measure_linearised(self.rows.collapsed, evidence)
        if self.plan is not None and evidence.replicated is not None:
            batch = means(evidence.sums, evidence.pairs)
            batch = replace(batch, variance=evidence.replicated.variance(self.plan, batch.value))
        else:
            batch = self._row_by_row(evidence)
        df = self._degrees_of_freedom(evidence.pairs)
        return Measured(evidence, batch, df, self.name, has_lonely_strata(self.design))

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

    def _degrees_of_freedom(self, pairs: Pairs) -> FloatArray:
        """PSUs less strata with respondents in each domain, within what the replicates carry, shape (D,)."""
        if self.plan is not None and np.isfinite(self.plan.df_limit):
            return np.full(pairs.n_domains, self.plan.df_limit)
        stage = self.design.stages[0]
        unit = self._unit_numbers(pairs)
        df = count_distinct(pairs.domain, unit, pairs.n_domains) - count_distinct(
            pairs.domain, stage.unit_stratum[unit], pairs.n_domains
        )
        if self.plan is not None and self.plan.group_of_unit is not None:
            groups = count_distinct(pairs.domain, self.plan.group_of_unit[unit], pairs.n_domains)
            df = np.minimum(df, groups - 1)
        return df.astype(float)

    def _unit_numbers(self, pairs: Pairs) -> IntArray:
        """Units of the pairs as the design numbers them."""
        if self.rows is not None:
            return self.rows.unit_order[pairs.unit]
        return pairs.unit if self.plan is not None else self.design.stages[0].units[pairs.unit]


def has_lonely_strata(design: SurveyDesign) -> bool:
    """Whether a rule has to stand in for the variance of a stratum with one PSU."""
    stage = design.stages[0]
    return bool(((stage.n_sampled[stage.unit_stratum] == 1) & (stage.free_fraction > 1e-7)).any())
