"""Do control totals and a sample fit together? Every misfit is told at once, before anything is computed."""

from collections.abc import Iterator, Mapping

import pandas as pd

from cityvoice.analysis.errors import MarginProblem, Misfit
from cityvoice.analysis.frames import valid, valid_codes
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.variables import Variable, VariableKind, variables

Totals = Mapping[str, Mapping[str, float]]
CHOICES = (VariableKind.NOMINAL, VariableKind.ORDINAL)
MOST_CATEGORIES = 60  # a margin of more categories than this is a mistake, not a district


def margin_candidates(questionnaire: Questionnaire) -> list[Variable]:
    """Variables that control totals can be declared for."""
    return [
        variable
        for variable in variables(questionnaire)
        if variable.kind in CHOICES and 2 <= len(valid_codes(variable)) <= MOST_CATEGORIES
    ]


def find_misfits(
    questionnaire: Questionnaire, frame: pd.DataFrame, totals: Totals, *, keep_untargeted: bool
) -> list[MarginProblem]:
    known = {variable.name: variable for variable in margin_candidates(questionnaire)}
    problems: list[MarginProblem] = []
    for name, targets in totals.items():
        if name not in known:
            problems.append(MarginProblem(Misfit.NO_SUCH_VARIABLE, name))
        else:
            problems += _misfits(known[name], frame, targets, questionnaire.language, keep_untargeted)
    return problems


def _misfits(
    variable: Variable, frame: pd.DataFrame, targets: Mapping[str, float], language: str, keep: bool
) -> Iterator[MarginProblem]:
    labels = {option.code: option.label.in_(language) for option in variable.options}
    column = valid(frame, variable)
    counts = {str(code): int(n) for code, n in column.value_counts().items()}
    present = [code for code in targets if counts.get(code)]
    if not present:
        yield MarginProblem(Misfit.MARGIN_WITHOUT_RESPONDENTS, variable.name)
    for code in targets:
        if code not in labels:
            yield MarginProblem(Misfit.NO_SUCH_CODE, variable.name, code)
        elif present and code not in present:
            nearest = min(
                present, key=lambda other: abs(list(labels).index(other) - list(labels).index(code))
            )
            yield MarginProblem(
                Misfit.CODE_WITHOUT_RESPONDENTS,
                variable.name,
                code,
                labels[code],
                collapse_with=f"{nearest} ({labels[nearest]})",
            )
    if keep:
        return
    for code in valid_codes(variable):
        if counts.get(code) and code not in targets:
            yield MarginProblem(Misfit.CODE_WITHOUT_TARGET, variable.name, code, labels[code], counts[code])
    if n_missing := int(column.isna().sum()):
        yield MarginProblem(Misfit.MISSING_VALUES, variable.name, n=n_missing)
