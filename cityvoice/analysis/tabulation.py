"""Every variable of a survey at once, weighted and unweighted, for the whole sample and by groups."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import pandas as pd

from cityvoice.analysis.errors import UnknownVariable
from cityvoice.analysis.frames import CHOSEN, NOT_CHOSEN, valid, valid_codes
from cityvoice.analysis.services import SurveyData
from cityvoice.analysis.types import Box, Breakdown, CrossTabulation, Facts, OptionResult, VariableResult
from cityvoice.questionnaire.variables import Variable, VariableKind, variables
from cityvoice.stats.items import CategoricalItem, Item, NumericItem
from cityvoice.stats.results import Estimate, EstimateTable
from cityvoice.stats.tables import tabulate
from cityvoice.stats.weight_diagnostics import kish
from cityvoice.surveys.published import data_digest

BOX = "favourable"
Z_95 = 1.959963984540054
MOST_MADE = 8  # tables of a whole survey that are kept in memory

_made: dict[tuple[str, ...], list[VariableResult]] = {}


class Tabulation:
    """The tables of one survey in one language. Estimates of all variables are made in one call."""

    def __init__(self, data: SurveyData, language: str) -> None:
        self.data = data
        self.language = language
        self.design = data.weighting.design()

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """Those that can be tabulated and that somebody answered."""
        return tuple(
            variable
            for variable in variables(self.data.questionnaire)
            if variable.kind is not VariableKind.TEXT and self._valid[variable.name].notna().any()
        )

    @cached_property
    def facts(self) -> Facts:
        weights = self.data.weighting.weights
        n_eff, deff = kish(weights)
        modes = self.data.frame["_mode"].value_counts(sort=False)
        return Facts(
            n=len(weights),
            n_eff=n_eff,
            deff=deff,
            largest_half_width=Z_95 * 0.5 / n_eff**0.5,
            by_mode={str(mode): int(n) for mode, n in modes.items() if n},
            is_weighted=self.data.is_weighted,
            is_raked=bool(self.data.weighting.records),
            has_converged=all(record.converged for record in self.data.weighting.records),
        )

    def results(self, names: Sequence[str] | None = None) -> list[VariableResult]:
        """Results of the variables called `names`, or of all.

        Raises
        ------
        UnknownVariable
            naming what there is.
        """
        return self._all_results if names is None else self._results(self._choose(names))

    @property
    def _all_results(self) -> list[VariableResult]:
        """Made once in a process for the same answers, weights and language."""
        key = (self.data.sha256, data_digest(self.data.survey), self.data.weights_sha256, self.language)
        if key not in _made:
            for oldest in list(_made)[: 1 - MOST_MADE]:
                _made.pop(oldest, None)
            _made[key] = self._results(self.variables)
        return _made[key]

    def _results(self, chosen: Sequence[Variable]) -> list[VariableResult]:
        table = tabulate(self.design, [self._item(variable) for variable in chosen], missing="drop")
        return [self._result(variable, table.select(item=variable.name)) for variable in chosen]

    def cross(self, breakdowns: Sequence[Breakdown]) -> list[CrossTabulation]:
        """The favourable share, or the mean, of every variable that has one, in every group."""
        chosen = [v for v in self.variables if v.favourable or v.kind is VariableKind.NUMERIC]
        groups = {each.variable.name: self._valid[each.variable.name] for each in breakdowns}
        items = [self._item(variable) for variable in chosen]
        if not items or not groups:
            return []
        table = tabulate(self.design, items, by=groups, missing="drop", overall=False)
        found = {(e.item, e.domain): e for e in table if e.term in (BOX, "mean")}
        return [
            CrossTabulation(
                variable=variable,
                label=variable.label.in_(self.language),
                statistic=self._statistic(variable),
                breakdown=breakdown,
                estimates=tuple(
                    found[variable.name, ((breakdown.variable.name, code),)]
                    for code, _ in breakdown.categories
                ),
            )
            for variable in chosen
            for breakdown in breakdowns
            if variable.name != breakdown.variable.name
        ]

    def breakdown(self, name: str) -> Breakdown:
        (variable,) = self._choose([name])
        labels = {option.code: option.label.in_(self.language) for option in variable.options}
        present = [str(code) for code, n in self._valid[name].value_counts(sort=False).items() if n]
        categories = tuple((code, labels[code]) for code in valid_codes(variable) if code in present)
        return Breakdown(variable, variable.label.in_(self.language), categories)

    @cached_property
    def _valid(self) -> Mapping[str, pd.Series]:
        return {v.name: valid(self.data.frame, v) for v in variables(self.data.questionnaire)}

    def _choose(self, names: Sequence[str]) -> list[Variable]:
        known = {variable.name: variable for variable in self.variables}
        for name in names:
            if name not in known:
                raise UnknownVariable(name, list(known))
        return [known[name] for name in names]

    def _item(self, variable: Variable) -> Item:
        column = self._valid[variable.name]
        if variable.kind is VariableKind.NUMERIC:
            return NumericItem(variable.name, column.to_numpy(dtype=float))
        levels = [NOT_CHOSEN, CHOSEN] if variable.kind is VariableKind.FLAG else valid_codes(variable)
        boxes = {BOX: tuple(variable.favourable)} if variable.favourable else {}
        return CategoricalItem.from_values(variable.name, column, levels=levels, boxes=boxes)

    def _result(self, variable: Variable, table: EstimateTable) -> VariableResult:
        # A respondent of weight zero answered too: counted in the base, though no estimate feels it.
        answered = self._valid[variable.name].notna().to_numpy()
        values = self._valid[variable.name][answered]
        n, (n_eff, _) = len(values), kish(self.design.weights[answered])
        deff = n / n_eff if n_eff else math.nan
        estimates = {estimate.term: replace(estimate, n=n, kish_deff=deff) for estimate in table}
        return VariableResult(
            variable=variable,
            label=variable.label.in_(self.language),
            wording=variable.wording.in_(self.language),
            n=n,
            n_eff=n_eff,
            deff=deff,
            n_not_asked=int(self._not_asked(variable)),
            n_missing=self._missing(variable),
            options=self._options(variable, values, estimates),
            box=self._box(variable, values, estimates),
            mean=estimates.get("mean"),
            unweighted_mean=float(values.mean()) if variable.kind is VariableKind.NUMERIC else None,
        )

    def _options(
        self, variable: Variable, values: pd.Series, estimates: Mapping[str, Estimate]
    ) -> tuple[OptionResult, ...]:
        if variable.kind is VariableKind.NUMERIC:
            return ()
        counts = {str(code): int(n) for code, n in values.value_counts().items()}
        labels = {option.code: option.label.in_(self.language) for option in variable.options}
        if variable.kind is VariableKind.FLAG:
            labels[CHOSEN] = variable.label.in_(self.language)
        return tuple(
            OptionResult(
                code, labels[code], counts.get(code, 0), counts.get(code, 0) / len(values), estimates[code]
            )
            for code in valid_codes(variable)
        )

    def _box(self, variable: Variable, values: pd.Series, estimates: Mapping[str, Estimate]) -> Box | None:
        if not variable.favourable:
            return None
        unweighted = float(values.isin(variable.favourable).mean())
        return Box(variable.favourable, self._statistic(variable), unweighted, estimates[BOX])

    def _statistic(self, variable: Variable) -> str:
        """What is counted, in the questionnaire's own words: the labels of the favourable answers."""
        if not variable.favourable:
            return "mean"
        labels = {option.code: option.label.in_(self.language) for option in variable.options}
        if len(variable.favourable) > 3:
            return f"{variable.favourable[0]}–{variable.favourable[-1]}"
        return " + ".join(labels[code] for code in variable.favourable)

    def _not_asked(self, variable: Variable) -> int:
        frame = self.data.frame
        absent = frame[variable.name].isna()
        if f"{variable.name}.missing" in frame:
            absent &= frame[f"{variable.name}.missing"].isna()
        return int(absent.sum())

    def _missing(self, variable: Variable) -> dict[str, int]:
        name = f"{variable.name}.missing"
        column = self.data.frame[name if name in self.data.frame else variable.name]
        counts = column.value_counts()
        found = {option: int(counts.get(option.code, 0)) for option in variable.options if option.missing}
        return {option.label.in_(self.language): n for option, n in found.items() if n}
