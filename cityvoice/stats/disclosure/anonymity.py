"""Whether a file of answers may be opened: k-anonymity and l-diversity.

Rows alike on all quasi-identifiers (what a neighbour may know: age, sex, district) form a class. Everybody
in it hides among k people (Sweeney 2002, doi:10.1142/S0218488502001648); a class in which all gave the same
sensitive answer tells it all the same (Machanavajjhala et al. 2007, doi:10.1145/1217299.1217302).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cityvoice.stats.encoding import IntArray, cross
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.frame import Frame


@dataclass(frozen=True, eq=False)
class Diversity:
    """Spread of a sensitive answer inside classes.

    Parameters
    ----------
    distinct : int
        Fewest distinct answers in a class; a missing one does not count.
    entropy : float
        Least exp(entropy): how many equally common answers the worst class is worth.
    rows : int array
        Rows in classes with fewer than the wanted number of distinct answers.
    """

    distinct: int
    entropy: float
    rows: IntArray


@dataclass(frozen=True, eq=False)
class Anonymity:
    """What a file gives away.

    Parameters
    ----------
    k : int
        Size of the smallest class; 0 for an empty file.
    n_classes, n_unique : int
        Classes, and those of a single row.
    rows : int array
        Rows in classes smaller than the wanted k.
    """

    k: int
    n_classes: int
    n_unique: int
    rows: IntArray
    diversity: Mapping[str, Diversity]

    @property
    def is_safe(self) -> bool:
        """No row breaks the wanted k or l."""
        return not self.rows.size and not any(one.rows.size for one in self.diversity.values())

    @property
    def unsafe_rows(self) -> IntArray:
        """Rows to coarsen or to leave out, in order."""
        parts = [self.rows, *(one.rows for one in self.diversity.values())]
        return np.unique(np.concatenate(parts))


def anonymity(
    data: Any,
    quasi_identifiers: Sequence[str],
    sensitive: Sequence[str] = (),
    *,
    k: int = 5,
    l: int = 2,  # noqa: E741 - the literature's name
) -> Anonymity:
    """Measure a file.

    Parameters
    ----------
    data : DataFrame or mapping of arrays, n rows
    quasi_identifiers : sequence of str
        A missing value counts as a value of its own.
    sensitive : sequence of str
        Columns whose answers must differ within each class.
    k, l : int
        Wanted class size and number of distinct answers.
    """
    if not quasi_identifiers or k < 1 or l < 1:
        raise EstimationError(
            "anonymity-options", "anonymity", "quasi-identifiers, k and l of at least 1",
            f"{list(quasi_identifiers)}, k={k}, l={l}",
        )  # fmt: skip
    frame = Frame(data)
    classes, n_classes = cross([frame.codes(name).codes for name in quasi_identifiers])
    sizes = np.bincount(classes, minlength=n_classes)
    small = np.flatnonzero(sizes[classes] < k)
    spread = {name: _diversity(classes, n_classes, frame.codes(name).codes, l) for name in sensitive}
    smallest = int(sizes.min()) if classes.size else 0
    return Anonymity(smallest, n_classes, int((sizes == 1).sum()), small, spread)


def _diversity(classes: IntArray, n_classes: int, answers: IntArray, wanted: int) -> Diversity:
    given = answers >= 0
    counts = np.zeros((n_classes, int(answers.max(initial=0)) + 1))
    np.add.at(counts, (classes[given], answers[given]), 1.0)
    distinct = (counts > 0).sum(axis=1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    entropy = np.exp(-(shares * logs).sum(axis=1))
    rows = np.flatnonzero(distinct[classes] < wanted)
    if not n_classes:
        return Diversity(0, 0.0, rows)
    return Diversity(int(distinct.min()), float(entropy.min()), rows)
