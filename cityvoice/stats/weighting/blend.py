"""Blending: an opt-in web sample gets weights by inverse propensity and joins a probability sample.

Both samples lie in one file. The propensity to opt in is fitted to the opt-in records against the weighted
probability sample (`blending.propensity`); each sample then stands for the whole population, and the two are
mixed. Means by mass imputation and doubly robust means have no weights: see `blending.estimators`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from cityvoice.stats.blending.propensity import Propensity, fit_propensity_to_opt_in
from cityvoice.stats.blending.reference import ProbabilitySample
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import BoolArray, Codes, FloatArray, weighted_counts
from cityvoice.stats.errors import WeightingError
from cityvoice.stats.formula.auxiliaries import formula_of
from cityvoice.stats.frame import Frame
from cityvoice.stats.weight_diagnostics import LevelFit, kish, record_step
from cityvoice.stats.weighting.sample import Sample
from cityvoice.stats.weighting.steps import StepOutcome


@dataclass(frozen=True)
class BlendOptIn:
    """Weight opt-in records by inverse propensity and mix them with the probability sample.

    Parameters
    ----------
    source : str
        Column with 1 for opt-in records, whose base weight is 1, and 0 for the probability sample, whose base
        weights add to the population.
    terms : tuple of str
        Of the propensity, measured alike in both samples: ``("sex", "age", "edu")``.
    share : float, optional
        Of the population that the opt-in records stand for; by default their share of the effective sizes.
    link : {"logit", "probit", "cloglog"}
    method : {"pseudo-likelihood", "calibration", "moment"}

    Notes
    -----
    The jackknife repeats the fit in every replicate, so that the propensity's error is in the variance; make
    each opt-in record a PSU, in a stratum of the web sample. The linearised variance leaves it out.

    References
    ----------
    Chen, Li and Wu (2020), doi:10.1080/01621459.2019.1677241.
    """

    source: str
    terms: tuple[str, ...]
    share: float | None = None
    link: str = "logit"
    method: str = "pseudo-likelihood"
    kind: ClassVar[str] = "blend_opt_in"

    @property
    def label(self) -> str:
        return f"blend opt-in records ({self.source}) by propensity from " + ", ".join(self.terms)

    def apply(self, sample: Sample) -> StepOutcome:
        optin, weights = self._opted_in(sample), sample.weights
        rows, others = np.flatnonzero(optin & (weights != 0)), np.flatnonzero(~optin & (weights != 0))
        if not rows.size or not others.size:
            raise WeightingError(
                "blend-source", f"column {self.source}", "records of both samples", "records of one"
            )
        fit = fit_propensity_to_opt_in(
            self._part(sample.frame, rows),
            ProbabilitySample(SurveyDesign(weights=weights[others]), self._part(sample.frame, others)),
            self.terms, link=self.link, method=self.method, cases=weights[rows],
        )  # fmt: skip
        share = self._share(fit, weights[others])
        after = np.zeros_like(weights)
        after[rows] = share * fit.weights * (fit.joined.population / fit.weights.sum())
        after[others] = (1 - share) * weights[others]
        record = record_step(
            self.kind,
            self.label,
            weights,
            after,
            iterations=fit.iterations,
            levels=tuple(self._levels(sample, optin, after)),
            counts={
                "opt_in_records": float(rows.size),
                "opt_in_share": share,
                "opt_in_n_eff": kish(fit.weights)[0],
                "smallest_propensity": float(fit.values.min()),
                "population": fit.joined.population,
            },
        )
        return StepOutcome(after, record)

    def _opted_in(self, sample: Sample) -> BoolArray:
        values = sample.frame.numbers(self.source)
        if not np.isin(values, (0.0, 1.0)).all():
            raise WeightingError("blend-source", f"column {self.source}", "0 or 1 in every row", "others")
        return np.asarray(values == 1)

    def _part(self, frame: Frame, rows: Any) -> dict[str, Any]:
        """Some rows of the columns that the terms name."""
        part: dict[str, Any] = {}
        for name in _columns(frame, self.terms):
            codes = None if frame.is_numeric(name) else frame.codes(name)
            part[name] = Codes(codes.codes[rows], codes.levels) if codes else frame.numbers(name)[rows]
        return part

    def _share(self, fit: Propensity, weights: FloatArray) -> float:
        if self.share is not None:
            if not 0 <= self.share <= 1:
                raise WeightingError("blend-share", "share", "a number from 0 to 1", f"{self.share:g}")
            return self.share
        ours, theirs = kish(fit.weights)[0], kish(weights)[0]
        return ours / (ours + theirs)

    def _levels(self, sample: Sample, optin: BoolArray, after: FloatArray) -> list[LevelFit]:
        """Opt-in records against the probability sample, level by level."""
        found = []
        for name in _columns(sample.frame, self.terms):
            if sample.frame.is_numeric(name):
                continue
            codes = sample.codes(name)
            size = len(codes.levels)
            chosen = (sample.weights * ~optin, sample.weights * optin, after * optin)
            target, before, now = (weighted_counts(codes.codes + 1, w, size + 1)[1:] for w in chosen)
            n = np.bincount(codes.codes[optin & (sample.weights != 0)] + 1, minlength=size + 1)[1:]
            for k, level in enumerate(codes.levels):
                totals = (float(target[k]), float(before[k]), float(now[k]))
                wholes = (target.sum(), before.sum(), now.sum())
                shares = (float(t / w) if w else np.nan for t, w in zip(totals, wholes, strict=True))
                found.append(LevelFit(name, level, int(n[k]), *totals, *shares))
        return found

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "source": self.source,
            "terms": list(self.terms),
            "share": self.share,
            "link": self.link,
            "method": self.method,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "BlendOptIn":
        rest = {key: value for key, value in plain.items() if key not in ("kind", "terms")}
        return cls(terms=tuple(plain["terms"]), **rest)


def _columns(frame: Frame, terms: tuple[str, ...]) -> tuple[str, ...]:
    """Columns behind the terms' variables; an expression is no column."""
    return tuple(name for name in formula_of(terms, frame).variables if name in frame.columns)
