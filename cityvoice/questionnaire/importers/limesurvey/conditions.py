"""LimeSurvey's old conditions as one expression in its own language.

Rows of one scenario hold together; rows about the same answer with the same method are alternatives when they
compare for equality; any scenario is enough.
"""

import re

from cityvoice.questionnaire.importers.limesurvey.naming import Named
from cityvoice.questionnaire.importers.limesurvey.source import Condition, Survey
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.message import Message

_METHODS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_FIELD = re.compile(r"\+?([0-9]+X[0-9]+X[0-9]+[\w#]*)", re.ASCII)
_REFERENCE = re.compile(r"@([0-9]+X[0-9]+X[0-9]+[\w#]*)@", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def condition_source(named: Named, survey: Survey, report: Report) -> str:
    """The expression that all rows of a question make; empty when none could be read."""
    scenarios: dict[str, dict[tuple[str, str], list[str]]] = {}
    for row in named.source.conditions:
        test = _test(row, survey)
        if test is None:
            where = Message("%(where)s, condition (line %(line)s)", where=named.where, line=row.line)
            report.n_found += 1
            report.lose(
                where, f"{row.field} {row.method} {row.value}", Message("it names no answer of this survey")
            )
            continue
        group = scenarios.setdefault(row.scenario, {})
        alternatives = row.method == "=="
        group.setdefault((row.field if alternatives else f"{row.field} {row.value}", row.method), []).append(
            test
        )
    return " or ".join(f"({_all(group)})" for group in scenarios.values())


def _all(group: dict[tuple[str, str], list[str]]) -> str:
    return " and ".join(f"({' or '.join(tests)})" for tests in group.values())


def _test(row: Condition, survey: Survey) -> str | None:
    """One row: ``12X3X45.NAOK == "Y"``; a box of a multiple choice stands with a plus before its name."""
    field = _FIELD.fullmatch(row.field)
    if field is None:
        return None
    value, name = row.value, f"{field[1]}.NAOK"
    if row.method == "RX":
        return f"regexMatch({_quoted(value)}, {name})"
    if row.method not in _METHODS:
        return None
    if reference := _REFERENCE.fullmatch(value.strip()):
        return f"{name} {row.method} {reference[1]}.NAOK"
    if not value.strip():  # "no answer" was chosen
        return f"is_empty({name})" if row.method == "==" else f"!is_empty({name})"
    written = value if _NUMBER.fullmatch(value) and row.method not in {"==", "!="} else _quoted(value)
    return f"{name} {row.method} {written}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
