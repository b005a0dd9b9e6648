"""What an XLSForm calls our answers, and how it writes our texts and expressions."""

import re
from collections.abc import Mapping

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import Call, Expression, Literal, Name, children
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.rewrite import all_of
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.expressions.syntaxes.xpath import to_xpath
from cityvoice.questionnaire.expressions.types import ValueType
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.names import fields_of
from cityvoice.questionnaire.pipes import Pipe, parts
from cityvoice.questionnaire.places import elements_below
from cityvoice.questionnaire.question import Question, Text
from cityvoice.questionnaire.repeats import repeats

LANGUAGES: Mapping[str, str] = {
    "pl": "Polski",
    "en": "English",
    "uk": "Українська",
    "be": "Беларуская",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "cs": "Čeština",
    "sk": "Slovenčina",
    "lt": "Lietuvių",
    "ru": "Русский",
    "ar": "العربية",
    "he": "עברית",
    "vi": "Tiếng Việt",
}
_OF_REPEATED = frozenset({"sum", "count", "min", "max", "at"})
PIPED = "piped_"  # begins the names of calculations that only texts need
_NAMELESS = frozenset({QuestionKind.RANKING, QuestionKind.INFO})  # no row holds what our answer keys hold


def language_name(code: str) -> str:
    """``Polski (pl)``, as forms name their languages."""
    return f"{LANGUAGES.get(code.split('-')[0], code)} ({code})"


class Spelling:
    """Names for `to_xpath`: every answer key is a row of that name."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._fields = fields_of(questionnaire)
        self._repeats = {
            key: group.name
            for group in repeats(questionnaire)
            for place in elements_below(group, "")
            if isinstance(place.element, Question)
            for key in place.element.fields
        }
        self._splits = {split.name for split in questionnaire.splits}

    def reference(self, name: str) -> str | None:
        known = self._fields.get(name)
        if known is None:
            return name if name in self._splits else None
        is_place_in_words = known.is_words and known.question.kind is QuestionKind.PLACE
        return None if known.question.kind in _NAMELESS or is_place_in_words else name

    def repeat_of(self, name: str) -> str | None:
        return self._repeats.get(name)

    def is_multiple(self, name: str) -> bool:
        return name in self._fields and self._fields[name].type is ValueType.CODES

    def is_coded(self, name: str) -> bool:
        """Whether an answer is a code, which says something by its label."""
        known = self._fields.get(name)
        return known is not None and known.type is ValueType.CODE and bool(known.options)


class Translator:
    """Writes texts and expressions; what XLSForm cannot say is told."""

    def __init__(self, spelling: Spelling, report: Report) -> None:
        self.spelling = spelling
        self.report = report
        self.computed: list[tuple[str, str]] = []  # rows that texts need in front of them: name, calculation
        self.repeat: str | None = None  # in which the row at hand stands
        self._n_computed = 0
        self._names: dict[str, str] = {}  # of what was computed for the row at hand

    def expression(self, source: str | None, where: str, attributes: frozenset[str] = frozenset()) -> str:
        """An expression in XLSForm's language; empty where there is none or it cannot be said."""
        if source is None:
            return ""
        try:
            node = parse(source)
            self._keep_out_of_repeats(node)
            return to_xpath(node, self.spelling, attributes)
        except (ExpressionError, Refusal) as reason:
            self.report.lose(where, source, reason.message)
            return ""

    def _keep_out_of_repeats(self, node: Expression, function: str = "") -> None:
        """From outside a repeat its answers are named in functions that take them all."""
        if isinstance(node, Name):
            repeat = self.spelling.repeat_of(node.name)
            if repeat not in {None, self.repeat} and function not in _OF_REPEATED:
                raise Refusal(
                    Message(
                        "%(name)r is asked several times: only sums, counts and ends can name it",
                        name=node.name,
                    )
                )
        for child in children(node):
            self._keep_out_of_repeats(child, node.function if isinstance(node, Call) else "")

    def all_of(self, sources: list[str], where: str) -> str:
        """That all these conditions hold; one that cannot be said is left out."""
        kept: list[Expression] = []
        for source in sources:
            if self.expression(source, where):
                kept.append(parse(source))
        found = all_of(kept)
        return to_xpath(found, self.spelling) if found is not None else ""

    def literal(self, source: str) -> str | None:
        """A default that is no expression, as it is written in a cell."""
        try:
            node = parse(source)
        except ExpressionError:
            return source  # a day such as 2026-01-31
        if isinstance(node, Literal) and not isinstance(node.value, bool):
            return str(node.value)
        return None

    def words(self, text: Text | None, where: str) -> dict[str, str]:
        """A text in every language; what it pipes in beside plain answers becomes a calculation."""
        if text is None:
            return {}
        return {language: self._words(words, where) for language, words in text.translations.items()}

    def _words(self, words: str, where: str) -> str:
        return "".join(
            self._piped(part.expression, where) if isinstance(part, Pipe) else part for part in parts(words)
        )

    def _piped(self, source: str, where: str) -> str:
        is_name = re.fullmatch(r"[A-Za-z]\w*", source) is not None
        if is_name and not self.spelling.is_coded(source) and (name := self.spelling.reference(source)):
            return f"${{{name}}}"
        if source not in self._names:
            computed = f"label({source})" if is_name and self.spelling.is_coded(source) else source
            written = self.expression(computed, where)
            if not written:
                return "\u2026"
            self._n_computed += 1
            self._names[source] = f"{PIPED}{self._n_computed}"
            self.computed.append((self._names[source], written))
        return f"${{{self._names[source]}}}"

    def take_computed(self) -> list[tuple[str, str]]:
        """The calculations that have come up since this was last asked."""
        taken, self.computed = self.computed, []
        self._names.clear()
        return taken
