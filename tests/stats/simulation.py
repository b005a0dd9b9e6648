"""Coverage of intervals by simulation: ``python -m tests.stats.simulation --samples 2000``.

Draws stratified two-stage samples with unequal chances and non-response from one population, rakes them,
and counts how often the 95 % interval of each district holds the population's value.
"""

import argparse
import sys
from dataclasses import dataclass, field

import numpy as np

from cityvoice.stats.items import CategoricalItem, Item, NumericItem
from cityvoice.stats.tables import tabulate
from cityvoice.stats.weighting.recipe import apply_recipe
from tests.stats.cities import OUTCOMES, City, CitySample, draw_sample, make_city

METHODS = ("jackknife", "linearised")


@dataclass
class Coverage:
    """Hits and standard errors of one method."""

    hits: list[np.ndarray] = field(default_factory=list)
    errors: list[np.ndarray] = field(default_factory=list)
    values: list[np.ndarray] = field(default_factory=list)

    @property
    def by_outcome(self) -> np.ndarray:
        """Share of intervals that hold the truth, shape (outcomes,)."""
        return np.mean(self.hits, axis=(0, 2))

    @property
    def by_district(self) -> np.ndarray:
        """The same over all outcomes, shape (districts,)."""
        return np.mean(self.hits, axis=(0, 1))

    @property
    def ratio(self) -> np.ndarray:
        """Mean standard error over the spread of the estimates, shape (outcomes,)."""
        spread = np.std(self.values, axis=0)
        return (np.mean(self.errors, axis=0) / spread).mean(axis=1)


def items_of(sample: CitySample) -> tuple[Item, ...]:
    shares = [
        CategoricalItem(name, sample.frame[name].to_numpy(np.int8), ("no", "yes")) for name in OUTCOMES[:2]
    ]
    return (*shares, NumericItem(OUTCOMES[2], sample.frame[OUTCOMES[2]].to_numpy()))


def simulate(
    city: City, n_samples: int, *, seed: int = 7, methods: tuple[str, ...] = METHODS
) -> dict[str, Coverage]:
    """Coverage of each method over samples of one city."""
    rng = np.random.default_rng(seed)
    truth = city.truth().to_numpy().T
    found = {method: Coverage() for method in methods}
    for _ in range(n_samples):
        sample = draw_sample(city, rng)
        weighting = apply_recipe(city.recipe, sample.columns, sample.design.weights)
        design = weighting.design(sample.design)
        for method, coverage in found.items():
            table = tabulate(
                design,
                items_of(sample),
                {"district": sample.columns["district"]},
                variance=method,
                overall=False,
            )
            kept = (table.columns["term"] == "yes") | (table.columns["term"] == "mean")
            value, se, low, high = (
                table.columns[name][kept].astype(float).reshape(truth.shape)
                for name in ("value", "se", "low", "high")
            )
            coverage.hits.append((low <= truth) & (truth <= high))
            coverage.errors.append(se)
            coverage.values.append(value)
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.stats.simulation", description=__doc__)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(arguments)
    found = simulate(make_city(), chosen.samples, seed=chosen.seed)
    lines = [
        f"{chosen.samples} samples, 8 districts, 95 % intervals",
        f"{'method':12} {'outcome':10} covers  se/sd",
    ]
    for method, coverage in found.items():
        for outcome, covers, ratio in zip(OUTCOMES, coverage.by_outcome, coverage.ratio, strict=True):
            lines.append(f"{method:12} {outcome:10} {100 * covers:5.1f}%  {ratio:.3f}")
        every = 100 * coverage.by_district
        lines.append(
            f"{method:12} {'all':10} {every.mean():5.1f}%  {coverage.ratio.mean():.3f}"
            f"  (districts {every.min():.1f} to {every.max():.1f}%)"
        )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
