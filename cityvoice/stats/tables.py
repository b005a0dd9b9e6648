"""All items by all domains in one call."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.domains import Domains
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.items import Item
from cityvoice.stats.jackknife import MAX_REPLICATES
from cityvoice.stats.results import EstimateTable
from cityvoice.stats.table_columns import Columns, table_columns
from cityvoice.stats.variance_method import Variance, VarianceMethod

BATCH_NUMBERS = 4_000_000  # entries of a table of scores held at once


def tabulate(
    design: SurveyDesign,
    items: Iterable[Item],
    by: Mapping[str, Any] | None = None,
    *,
    level: float = 0.95,
    missing: Literal["error", "drop"] = "error",
    variance: Variance | None = None,
    overall: bool = True,
    max_replicates: int = MAX_REPLICATES,
) -> EstimateTable:
    """Shares of every level and set of levels, and means, of all items in all domains.

    Parameters
    ----------
    design : SurveyDesign
        Weights and how the sample was drawn; residuals of its calibration are credited.
    items : iterable of CategoricalItem and NumericItem
    by : mapping of variable name to array (or `Codes`), shape (n,)
        Each variable makes one set of domains; cross two with ``Frame.crossed`` beforehand.
        Rows without a level are in no domain of that variable.
    level : float
        Confidence level.
    missing : {"error", "drop"}
        Rows without an answer: refuse, or leave them out of the item's base (its n says how many are left).
    variance : {"jackknife", "linearised"}, optional
        ``jackknife`` deletes PSUs (or groups of them) and repeats the weighting recipe each time;
        ``linearised`` credits the residuals of its margins. Default: replicates that came with the design,
        else the jackknife where the weights came from a recipe, else linearised.
    overall : bool
        Also estimate for the whole sample (or the design's domain).
    max_replicates : int
        Of a jackknife: with more PSUs than that, groups of them are deleted.

    Returns
    -------
    EstimateTable
        In the order: whole sample first, then variables of `by`; inside, item, term, domain.

    Raises
    ------
    MissingValuesError
        Answers are missing and ``missing="error"``.
    EstimationError
        Items or domains of another length than the design.

    Notes
    -----
    Shares have Wilson's interval with the effective base p(1-p)/se^2 and t with the design's df, means
    a symmetric t interval. df counts PSUs less strata that have respondents in the domain, and is at most
    the number of groups less one in a delete-a-group jackknife.
    """
    chosen = tuple(items)
    _check_items(design, chosen, missing)
    method = VarianceMethod.choose(design, variance, max_replicates)
    sets = [Domains.of(design, name, values) for name, values in (by or {}).items()]
    whole = Domains.whole(design)
    # the whole is the sum of domains that leave no row out: no second pass over the rows
    parts = next((found for found in sets if overall and method.sums_up and found.covers(whole)), None)
    first: list[Columns] = []
    rest: list[Columns] = []
    if overall and parts is None:
        first, _ = _estimate_set(method, chosen, whole, level, None)
    for domains in sets:
        own, summed = _estimate_set(method, chosen, domains, level, whole if domains is parts else None)
        rest += own
        first += summed
    return joined(first + rest)


def _estimate_set(
    method: VarianceMethod, items: tuple[Item, ...], domains: Domains, level: float, whole: Domains | None
) -> tuple[list[Columns], list[Columns]]:
    """Columns for a set of domains, and for the whole where the domains add up to it."""
    own: list[Columns] = []
    summed: list[Columns] = []
    for batch in _batches(items, method.n_rows_of_table(domains)):
        terms = [(item.name, *term) for item in batch for term in item.terms]
        evidence = method.gather(batch, domains)
        own.append(table_columns(method.measure(evidence), terms, domains.described, level))
        if whole is not None:
            together = method.measure(evidence.without_domains())
            summed.append(table_columns(together, terms, whole.described, level))
    return own, summed


def _batches(items: tuple[Item, ...], n_rows: int) -> list[tuple[Item, ...]]:
    """Split items so that a table of scores stays in memory."""
    groups: list[list[Item]] = []
    room = 0
    for item in items:
        width = len(item.terms) * n_rows
        if not groups or room < width:
            groups.append([])
            room = BATCH_NUMBERS
        groups[-1].append(item)
        room -= width
    return [tuple(group) for group in groups]


def _check_items(design: SurveyDesign, items: Sequence[Item], missing: str) -> None:
    for item in items:
        if len(item) != len(design):
            raise EstimationError(
                "item-length", f"item {item.name}", f"{len(design)} rows as in the design", str(len(item))
            )
        if missing == "drop":
            continue
        absent = np.flatnonzero(item.is_missing & design.active)
        if absent.size:
            raise MissingValuesError(
                "item-missing",
                f"item {item.name}, row {int(absent[0])}",
                "an answer in every row",
                f"{absent.size} rows without one",
                'Pass missing="drop" to estimate among those who answered.',
            )


def joined(blocks: list[Columns]) -> EstimateTable:
    """One table of blocks of columns, in their order."""
    if not blocks:
        return EstimateTable.from_estimates(())
    return EstimateTable({name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]})
