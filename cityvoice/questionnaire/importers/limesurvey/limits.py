"""What an answer must be: limits, sums, numbers of answers, patterns and validation equations."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Call,
    Expression,
    Literal,
    Name,
    Operator,
    Unary,
)
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.rewrite import all_of, any_of
from cityvoice.questionnaire.importers.limesurvey.compiling import Compiler
from cityvoice.questionnaire.importers.limesurvey.naming import Named
from cityvoice.questionnaire.importers.limesurvey.patterns import PatternRefused, python_pattern
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.kinds import ColumnKind, Display, QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import Column, Question, Rule

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:[.,][0-9]{0,10})?|[.,][0-9]{1,10})")
_NUMERIC = frozenset({QuestionKind.NUMBER, QuestionKind.NUMBERS})
_MULTIPLE_FLEXIBLE = (1.0, 10.0)  # LimeSurvey's own range of an array of numbers


def plain_number(text: str) -> float | None:
    """The number that a text is, with a point or a comma; None when it is none."""
    text = text.strip().strip("{}").strip()
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text.replace(",", "."))
    return int(number) if number.is_integer() else number


class Limits:
    """Puts LimeSurvey's limits on a question of ours: as its fields, or else as rules."""

    def __init__(self, compiler: Compiler, named: Named, report: Report) -> None:
        self.compiler = compiler
        self.named = named
        self.source = named.source
        self.report = report
        self.rules: list[Rule] = []

    def applied(self, question: Question) -> Question:
        changes: dict[str, Any] = {}
        if question.kind in _NUMERIC:
            changes |= self._numbers(question)
        if question.kind in {QuestionKind.MULTIPLE, QuestionKind.RANKING}:
            changes |= self._answers(question)
        else:
            self._count_rules(question)
        if question.kind is QuestionKind.TABLE and self.source.type == ":":
            changes["columns"] = tuple(self._column(each, question) for each in question.columns)
        if question.kind is QuestionKind.DATE:
            changes |= {"earliest": self._day("min"), "latest": self._day("max")}
        changes |= self._pattern(question)
        self._sums(question)
        self._words(question)
        self._validations(question)
        return replace(question, **changes, rules=tuple(self.rules))

    # --- fields, or rules where the limit is computed

    def _limit(self, name: str) -> float | None:
        """A limit that is a number; one that is computed becomes a rule elsewhere."""
        return plain_number(self.source.attribute(name))

    def _numbers(self, question: Question) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        if self.source.on("slider_layout") and question.kind is QuestionKind.NUMBERS:
            low, high = self._limit("slider_min"), self._limit("slider_max")
            changes = {"display": Display.SLIDER, "low": low or 0, "high": 100 if high is None else high}
            changes["step"] = self._limit("slider_accuracy") or 1
        for field, name in (("low", "min_num_value_n"), ("high", "max_num_value_n")):
            if (limit := self._limit(name)) is not None:
                changes[field] = limit
            else:
                self._each(question, name, field)
        if self.source.on("num_value_int_only"):
            changes["step"] = 1
        digits = self.source.attribute("maximum_chars")
        if re.fullmatch("[1-9]|1[0-4]", digits) and "high" not in changes:
            changes["high"] = 10 ** int(digits) - 1
        if question.kind is QuestionKind.NUMBERS:
            changes["total"] = self._limit("equals_num_value")
        return changes

    def _answers(self, question: Question) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        chosen: Expression = Call("count", tuple(map(Name, question.main_fields)))
        for field in ("min_answers", "max_answers"):
            limit = self._limit(field)
            if field == "max_answers" and question.kind is QuestionKind.RANKING and limit is None:
                limit = self._limit("max_subquestions")
            if limit is not None and limit == int(limit) and limit > 0:
                changes[field] = min(int(limit), len(question.options))
            elif limit is None:
                operator = Operator.GREATER_OR_EQUAL if field == "min_answers" else Operator.LESS_OR_EQUAL
                self._compare(chosen, operator, field)
        return changes

    def _column(self, column: Column, question: Question) -> Column:
        if column.kind is ColumnKind.FLAG:
            return column
        low, high = self._limit("multiflexible_min"), self._limit("multiflexible_max")
        step = self._limit("multiflexible_step")
        if column is question.columns[0]:
            self._each(question, "multiflexible_min", "low")
            self._each(question, "multiflexible_max", "high")
        if not self.source.on("input_boxes"):
            low = (
                _MULTIPLE_FLEXIBLE[0]
                if low is None and not self.source.attribute("multiflexible_min")
                else low
            )
            high = (
                _MULTIPLE_FLEXIBLE[1]
                if high is None and not self.source.attribute("multiflexible_max")
                else high
            )
            step = step or 1
        return replace(column, low=low, high=high, step=step if step and step > 0 else None)

    def _day(self, end: str) -> str | None:
        """A day as 2026-11-23, or an expression; LimeSurvey takes years, days and words such as now."""
        name = f"date_{end}"
        text = self.source.attribute(name) or self.source.attribute(f"dropdown_dates_year_{end}")
        if not text:
            return None
        bare = text.strip("\"'{}() ")
        if year := re.fullmatch(r"([0-9]{4})(-[0-9]{2}-[0-9]{2})?(?: [0-9:]+)?", bare):
            return f"{year[1]}{year[2] or ('-01-01' if end == 'min' else '-12-31')}"
        if bare.lower() in {"now", "today"}:
            return "today()"
        compiled = self.compiler.expression(text, f"{self.named.where}, {name}", self.named)
        return None if compiled is None else render(compiled)

    def _pattern(self, question: Question) -> dict[str, Any]:
        if not self.source.pattern:
            return {}
        where = Message("%(where)s, validation", where=self.named.where)
        try:
            pattern, whole = python_pattern(self.source.pattern)
        except PatternRefused as refusal:
            self.report.lose(where, self.source.pattern, refusal.message)
            return {}
        if question.kind is QuestionKind.TEXT:
            return {"pattern": whole}
        fields = question.main_fields if question.kind not in {QuestionKind.MULTIPLE} else ()
        tests = [
            any_of([_not(_answered(key)), Call("matches", (Call("text", (Name(key),)), Literal(pattern)))])
            for key in fields
        ]
        self._rule(all_of(filter(None, tests)))
        return {}

    # --- rules

    def _rule(self, expression: Expression | None, tip: str | None = None, *, counted: bool = False) -> None:
        if expression is not None:
            words = self.source.attributes.get(tip, {}) if tip else {}
            message = self.compiler.text(words, f"{self.named.where}, {tip}", self.named)
            source = render(expression)
            if not counted:
                self.report.derived.add(source)
            self.rules.append(Rule(source, message))

    def _compare(self, left: Expression, operator: Operator, attribute: str) -> None:
        """A rule that compares with a limit that is computed."""
        text = self.source.attribute(attribute)
        if not text:
            return
        number = plain_number(text)
        limit: Expression | None = Literal(number) if number is not None else None
        if limit is None:
            limit = self.compiler.expression(text, f"{self.named.where}, {attribute}", self.named)
        if limit is not None:
            unknown = _not(Call("known", (limit,))) if number is None else None
            self._rule(any_of(filter(None, (unknown, Binary(operator, left, limit)))), counted=number is None)

    def _each(self, question: Question, attribute: str, end: str) -> None:
        """A computed limit of every number that is given."""
        text = self.source.attribute(attribute)
        if not text or plain_number(text) is not None:
            return
        limit = self.compiler.expression(text, f"{self.named.where}, {attribute}", self.named)
        if limit is None:
            return
        operator = Operator.GREATER_OR_EQUAL if end == "low" else Operator.LESS_OR_EQUAL
        fits = all_of(
            any_of((_not(_answered(key)), Binary(operator, Name(key), limit))) or limit
            for key in question.main_fields
        )
        unknown = _not(Call("known", (limit,)))
        self._rule(any_of(filter(None, (unknown, fits))), counted=True)

    def _count_rules(self, question: Question) -> None:
        if not question.main_fields or question.kind in _NUMERIC - {QuestionKind.NUMBERS}:
            return
        given: Expression = Call("count", tuple(map(Name, question.main_fields)))
        self._compare(given, Operator.GREATER_OR_EQUAL, "min_answers")
        self._compare(given, Operator.LESS_OR_EQUAL, "max_answers")

    def _sums(self, question: Question) -> None:
        if question.kind is not QuestionKind.NUMBERS:
            return
        total: Expression = Call("sum", tuple(map(Name, question.main_fields)))
        self._compare(total, Operator.GREATER_OR_EQUAL, "min_num_value")
        self._compare(total, Operator.LESS_OR_EQUAL, "max_num_value")
        if self._limit("equals_num_value") is None:
            self._compare(total, Operator.EQUAL, "equals_num_value")

    def _words(self, question: Question) -> None:
        """Rules of the "other" text: that it is given, that it is a number."""
        for key, option in question.word_fields.items():
            if self.source.on("other_numbers_only") and option.code == self.named.other:
                self._rule(any_of((_not(_answered(key)), Call("is_number", (Name(key),)))))
            if self.source.on("other_comment_mandatory"):
                chosen = Call("holds", (Call("selected", (Name(question.name), Literal(option.code))),))
                self._rule(any_of((_not(chosen), _answered(key))))

    def _validations(self, question: Question) -> None:
        where = self.named.where
        for name in ("em_validation_q", "em_validation_sq"):
            text = self.source.attribute(name)
            if not text:
                continue
            if name == "em_validation_sq" or re.search(r"\bthis\b", text):
                whole = all_of(list(self._for_each(question, text, f"{where}, {name}")))
            else:
                whole = self.compiler.condition(text, f"{where}, {name}", self.named)
            self._rule(whole, f"{name}_tip", counted=True)

    def _for_each(self, question: Question, text: str, where: str) -> Iterator[Expression]:
        compile_: Callable[[str], Expression | None] = self.compiler.for_each(text, where, self.named)
        for key in question.main_fields:
            if (test := compile_(key)) is not None:
                yield any_of((_not(_answered(key)), test)) or test


def _not(node: Expression) -> Expression:
    return Unary(Operator.NOT, node)


def _answered(key: str) -> Expression:
    return Call("answered", (Name(key),))
