"""Leaves out of an imported questionnaire what would keep it from being published, and tells what.

The check tells the path of every problem. Where a part can be missing it is left out: a condition, a rule, a
limit, an expression in a text; where it cannot, the question that has it goes, and with the last question its
section.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.document import dump_document
from cityvoice.questionnaire.errors import DocumentError, Problem
from cityvoice.questionnaire.importers.report import Report, listed
from cityvoice.questionnaire.loading import Loader
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.pipes import Pipe, escape, parts

MOST_ROUNDS = 12
_STEP = re.compile(r"([A-Za-z_]+)((?:\[[0-9]+\])*)")
_EXPRESSIONS = frozenset({"when", "value", "default", "earliest", "latest", "option_filter"})
_OPTIONAL = _EXPRESSIONS | frozenset(
    """
    low high step low_label high_label unit total max_length format pattern min_answers max_answers
    comment accept display shuffle favourable ordered required hint instruction label exclusive specify
    group attributes missing rules rotation geometry repeat
    """.split()  # noqa: SIM905 - a list of words
)
_LOST = "\u2026"

Path = tuple[str | int, ...]


def repaired(questionnaire: Questionnaire, report: Report) -> Questionnaire:
    """The questionnaire that passes `check`.

    Expressions that are left out no longer count as compiled.

    Raises
    ------
    DocumentError
        When nothing is left, or problems remain that nobody foresaw.
    """
    problems = check(questionnaire)
    if not problems:
        return questionnaire
    document = dump_document(questionnaire)
    for _ in range(MOST_ROUNDS):
        _Repair(document, report).apply(problems)
        questionnaire = _loaded(document)
        problems = check(questionnaire)
        if not problems:
            return questionnaire
    raise DocumentError(problems)


def _loaded(document: dict[str, Any]) -> Questionnaire:
    loader = Loader(document)
    questionnaire: Questionnaire = loader.record(Questionnaire, document, "")
    if loader.problems:
        raise DocumentError(loader.problems)
    return questionnaire


class _Repair:
    """Applies one round: marks what goes, then takes it out, so that the paths of the round stay right."""

    def __init__(self, document: dict[str, Any], report: Report) -> None:
        self.document = document
        self.report = report
        self.gone: set[Path] = set()

    def apply(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self._mend(problem, _path(problem.path))
        for path in sorted(self.gone, key=_later_first):
            self._take_out(path)
        self._prune(self.document)

    def _mend(self, problem: Problem, path: Path) -> None:
        if not path or any(path[: len(gone)] == gone for gone in self.gone):
            return
        if self._is_text(self._at(path)):
            self._fill_text(path, problem)
            return
        target = next((n for n, step in enumerate(path) if step in _OPTIONAL), None)
        if self._is_text(self._at(path[:-1])):
            self._mend_text(path, problem)
        elif target is not None:
            self._leave_out(path[: target + 2 if path[target] == "rules" else target + 1], problem)
        else:
            self._leave_out(self._holder(path), problem)

    def _leave_out(self, path: Path, problem: Problem) -> None:
        if path in self.gone or not path:
            return
        self.gone.add(path)
        what = self._shown(path)
        value = self._at(path)
        source = value["expression"] if path[-2:-1] == ("rules",) else value
        is_expression = path[-1] in _EXPRESSIONS or path[-2:-1] == ("rules",)
        if is_expression and source not in self.report.derived:
            self.report.n_compiled -= 1
        self.report.lose(self._where(path), what, problem.message)

    def _shown(self, path: Path) -> str:
        value = self._at(path)
        if path[-2:-1] == ("rules",):
            return Message("rule %(expression)s", expression=value["expression"])
        if isinstance(value, dict):
            kind = str(path[-2] if isinstance(path[-1], int) else path[-1])
            return _named(kind, value.get("name") or value.get("code") or "")
        name = next(step for step in reversed(path) if isinstance(step, str))
        return f"{name} = {value}"

    def _holder(self, path: Path) -> Path:
        """The question, group, section or quota that a problem belongs to."""
        last = max(
            (n for n, step in enumerate(path) if isinstance(step, int) and path[n - 1] in _LISTS), default=-1
        )
        return path[: last + 1]

    def _is_text(self, value: Any) -> bool:
        languages = set(self.document["languages"])
        return isinstance(value, dict) and bool(set(value) & languages) and set(value) <= languages | {""}

    def _fill_text(self, path: Path, problem: Problem) -> None:
        """Words in the first language from another one."""
        text = self._at(path)
        words = next((each for each in text.values() if each.strip()), _LOST)
        text.setdefault(self.document["languages"][0], words)
        self.report.lose(self._where(path), Message("text"), problem.message)

    def _mend_text(self, path: Path, problem: Problem) -> None:
        """Take the expressions out of a text that cannot be read or name what there is not."""
        holder, language = self._at(path[:-1]), path[-1]
        found = parts(holder[language])
        broken = [part.expression for part in found if isinstance(part, Pipe)]
        wrong = [each for each in broken if repr(each) in problem.message] or broken
        self.report.n_compiled -= len(wrong)
        for each in wrong:
            self.report.lose(self._where(path), f"{{{each}}}", problem.message)
        holder[language] = "".join(
            escape(part)
            if isinstance(part, str)
            else _LOST
            if part.expression in wrong
            else f"{{{part.expression}}}"
            for part in found
        )

    def _where(self, path: Path) -> str:
        """A place in words: ``question Q1, options[2]``."""
        names: list[str] = []
        node: Any = self.document
        for place, step in enumerate(path[:-1] if isinstance(path[-1], str) else path):
            node = node[step]
            if isinstance(node, dict) and isinstance(step, int):
                names.append(_named(str(path[place - 1]), node.get("name") or node.get("code") or str(step)))
        return listed(names[1:] if len(names) > 1 else names) or Message("questionnaire")

    def _at(self, path: Path) -> Any:
        node: Any = self.document
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                return None
        return node

    def _take_out(self, path: Path) -> None:
        holder = self._at(path[:-1])
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
        elif isinstance(holder, list) and isinstance(path[-1], int) and path[-1] < len(holder):
            del holder[path[-1]]

    def _prune(self, document: dict[str, Any]) -> None:
        document["sections"] = [each for each in document["sections"] if _has_question(each)]


_KINDS: Mapping[str, Callable[[str], str]] = {
    "sections": lambda name: Message("section %(name)s", name=name),
    "questions": lambda name: Message("question %(name)s", name=name),
    "options": lambda name: Message("option %(name)s", name=name),
    "items": lambda name: Message("item %(name)s", name=name),
    "columns": lambda name: Message("column %(name)s", name=name),
    "rules": lambda name: Message("rule %(name)s", name=name),
    "quotas": lambda name: Message("quota %(name)s", name=name),
    "splits": lambda name: Message("split %(name)s", name=name),
    "arms": lambda name: Message("arm %(name)s", name=name),
}


def _named(key: str, name: str) -> str:
    """A part of a document in words: ``question Q1``."""
    return _KINDS[key](name) if key in _KINDS else f"{key} {name}".strip()


_LISTS = frozenset({"questions", "sections", "quotas", "splits", "columns"})


def _has_question(holder: dict[str, Any]) -> bool:
    """Whether a section or group holds a question; groups that hold none are taken out."""
    kept = [each for each in holder.get("questions", ()) if "questions" not in each or _has_question(each)]
    holder["questions"] = kept
    return bool(kept)


def _path(text: str) -> Path:
    """``sections[0].questions[2].when`` as steps."""
    steps: list[str | int] = []
    for part in filter(None, text.split(".")):
        match = _STEP.fullmatch(part)
        if match is None:
            steps.append(part)  # a language such as de-informal
            continue
        steps.append(match[1])
        steps += [int(number) for number in re.findall(r"[0-9]+", match[2])]
    return tuple(steps)


def _later_first(path: Path) -> tuple[Any, ...]:
    return tuple((-step, "") if isinstance(step, int) else (0, step) for step in path)
