"""All that sums say of a batch of items in a set of domains, and what is measured from them. No rows here."""

from dataclasses import dataclass

from cityvoice.stats.collapse import Batch, CellSums, CollapsedDesign, linearised_batch
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.pairs import Pairs
from cityvoice.stats.replicated import ReplicatedSums
from cityvoice.stats.row_variance import RowVariance
from cityvoice.stats.sums import Bases, TermSums


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
    of_rows : RowVariance, optional
        Where rows are units: then pairs and sums are by domain and stratum.
    """

    pairs: Pairs
    sums: TermSums
    bases: Bases
    cells: tuple[CellSums, ...] = ()
    replicated: ReplicatedSums | None = None
    of_rows: RowVariance | None = None

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
class Measured:
    """Means with variances, ready for `table_columns`.

    Parameters
    ----------
    df : float array, shape (D,)
    variance : str
        How the variances were made, e.g. ``linearised``.
    has_lonely : bool
        A rule stood in for the variance of a stratum with one PSU.
    """

    evidence: Evidence
    batch: Batch
    df: FloatArray
    variance: str
    has_lonely: bool


def measure_linearised(collapsed: CollapsedDesign, evidence: Evidence) -> Measured:
    """Linearised variances from collapsed tables alone, wherever they were summed.

    Parameters
    ----------
    collapsed : CollapsedDesign
        Units in the order of strata.
    evidence : Evidence
        `pairs` and `sums` by domain and unit (numbered as in `collapsed`), `cells` one for each of its fits.

    Raises
    ------
    LonelyPsuError
        A stratum with one unit under the rule "fail".
    """
    collapsed.check_lonely(evidence.pairs)
    batch = linearised_batch(collapsed, evidence.sums, evidence.pairs, evidence.cells)
    df = collapsed.degrees_of_freedom(evidence.pairs)
    return Measured(evidence, batch, df, "linearised", bool(collapsed.lonely.any()))
