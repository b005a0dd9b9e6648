"""Chance that comes out alike everywhere.

Python promises that `random.Random.random` gives the same numbers for the same seed in every version and on
every machine, and promises it of no other method. So this uses no other.
"""

import random
from bisect import bisect
from collections.abc import Mapping
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


class Dice:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable is what is wanted, not secret

    def uniform(self) -> float:
        """A number from 0 to below 1."""
        return self._random.random()

    def normal(self) -> float:
        """A number around 0 with variance 1, bell-shaped: twelve uniform ones added up, less their mean."""
        return sum(self.uniform() for _ in range(12)) - 6

    def chance(self, probability: float) -> bool:
        return self.uniform() < probability

    def pick(self, weights: Mapping[T, float]) -> T:
        """One of the keys, as often as its weight says."""
        bounds = list(accumulate(weights.values()))
        return list(weights)[bisect(bounds, self.uniform() * bounds[-1])]

    def choose(self, choices: tuple[T, ...]) -> T:
        """One of `choices`, each as likely."""
        return choices[int(self.uniform() * len(choices))]
