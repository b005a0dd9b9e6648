"""Compiles LimeSurvey's expressions and texts for one survey."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import Binary, Call, Expression, Literal, Name, Operator
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.rewrite import transform
from cityvoice.questionnaire.expressions.syntaxes.expression_manager import parse_condition, parse_value
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.expressions.values import number_text
from cityvoice.questionnaire.importers.limesurvey.conditions import condition_source
from cityvoice.questionnaire.importers.limesurvey.naming import Named
from cityvoice.questionnaire.importers.limesurvey.source import DEFAULT_LANGUAGE, Survey, Words
from cityvoice.questionnaire.importers.limesurvey.tailoring import Piece, tailored
from cityvoice.questionnaire.importers.limesurvey.variables import Variable, Variables
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.pipes import escape
from cityvoice.questionnaire.question import Text

_ALWAYS = frozenset({"", "1"})
_SEVERAL = re.compile(r"(?:self|that)\b[\w.]*", re.IGNORECASE)
_PART_OF_QUESTION = re.compile(r"(no)?sq_(\w+)", re.IGNORECASE)
_UNREADABLE = "…"  # stands in a text for what could not be compiled
_COMPARED = frozenset({Operator.EQUAL, Operator.NOT_EQUAL})


class Compiler:
    """Everything that is compiled is counted, what cannot be is told."""

    def __init__(
        self, survey: Survey, named: Mapping[str, Named], languages: Mapping[str, str], report: Report
    ) -> None:
        self.survey = survey
        self.variables = Variables(survey, named)
        self.language_names = languages  # LimeSurvey's code of each language: ours
        self.languages = tuple(languages.values())
        self.report = report

    # --- expressions

    def relevance(self, named: Named) -> str | None:
        """When a question is asked: its relevance equation, else its old conditions."""
        source = named.source.relevance.strip()
        if source in _ALWAYS and named.source.conditions:
            source = condition_source(named, self.survey, self.report)
        found = self.condition(source, Message("%(where)s, relevance", where=named.where), named)
        return None if found is None else render(found)

    def condition(self, source: str, where: str, named: Named | None) -> Expression | None:
        """A condition; None where it always holds or could not be compiled."""
        source = source.strip()
        if source in _ALWAYS:
            return None
        if source == "0":
            return Literal(False)
        return self._compiled(source, where, _Context(self, named), parse_condition)

    def expression(self, source: str, where: str, named: Named | None, key: str = "") -> Expression | None:
        """A value, or a condition where it is a validation; braces around the whole are taken off."""
        source = source.strip()
        if source.startswith("{") and source.endswith("}"):
            source = source[1:-1]
        return self._compiled(source, where, _Context(self, named, key), parse_value)

    def for_each(self, source: str, where: str, named: Named) -> Callable[[str], Expression | None]:
        """Compiles a validation once for each answer of a question; it counts as one expression."""
        found, compiled = self.report.n_found, self.report.n_compiled
        self.report.n_found += 1
        failed: list[bool] = []

        def compile_(key: str) -> Expression | None:
            node = self.expression(source, where, named, key)
            failed.extend([True] if node is None else [])
            self.report.n_found = found + 1
            self.report.n_compiled = compiled + (not failed)
            return node

        return compile_

    def _compiled(
        self,
        source: str,
        where: str,
        context: "_Context",
        read: Callable[..., Expression],
    ) -> Expression | None:
        self.report.n_found += 1
        try:
            node = read(source, context, where)
        except ExpressionError as error:
            self.report.lose(where, source, error.reason)
            return None
        self.report.n_compiled += 1
        return context.recoded(node)

    # --- texts

    def label(self, words: Words, where: str, fallback: str, named: Named | None = None) -> Text:
        """The words in every language; the first language always has some."""
        found = self._translations(words, where, named)
        base = self.languages[0]
        if not found.get(base):
            other = next((each for each in found.values() if each), None)
            if other is None:
                self.report.lose(
                    where,
                    Message("no words in any language"),
                    Message("%(fallback)r stands instead", fallback=fallback),
                )
            found = {base: other or escape(fallback), **{k: v for k, v in found.items() if k != base}}
        for language in self.languages:
            if language not in found:
                self.report.gap(language, where)
        return Text({each: found[each] for each in self.languages if each in found})

    def text(self, words: Words, where: str, named: Named | None = None) -> Text | None:
        """The words in every language; None where there are none in any."""
        if not any(self._is_said(each) for each in words.values()):
            return None
        return self.label(words, where, where, named)

    def template(self, words: Words, where: str, named: Named) -> str | None:
        """An expression that gives what a text with expressions says: of an equation or a default."""
        written = {text.strip() for text in words.values() if text.strip()}
        if not written:
            return None
        if len(written) > 1:
            self.report.lose(
                where, Message("its translations"), Message("it is computed the same in every language")
            )
        base = next((words[each] for each in self.language_names if words.get(each, "").strip()), "")
        parts: list[Expression] = []
        for part in tailored(base or next(iter(written))).parts:
            if isinstance(part, str):
                parts.append(Literal(part))
            elif (node := self.expression(part.source, where, named)) is not None:
                parts.append(node)
        if not parts:
            return None
        return render(parts[0] if len(parts) == 1 else Call("concat", tuple(parts)))

    def _is_said(self, text: str) -> bool:
        return not tailored(text).is_empty if text.strip() else False

    def _translations(self, words: Words, where: str, named: Named | None) -> dict[str, str]:
        if DEFAULT_LANGUAGE in words and len(words) == 1:
            words = dict.fromkeys(self.language_names, words[DEFAULT_LANGUAGE])
        found = {}
        for theirs, ours in self.language_names.items():
            if said := self._plain(words.get(theirs, ""), theirs, where, named):
                found[ours] = said
        return found

    def _plain(self, text: str, language: str, where: str, named: Named | None) -> str:
        if not text.strip():
            return ""
        content = tailored(text)
        for kind in content.dropped:
            self.report.lose(
                where,
                Message("%(kind)s in the text", kind=kind),
                Message("a text holds words, not programs or pictures"),
            )
        return "".join(
            escape(part) if isinstance(part, str) else self._piped(part, language, where, named)
            for part in content.parts
        ).strip()

    def _piped(self, piece: Piece, language: str, where: str, named: Named | None) -> str:
        if (said := self._keyword(piece.source, language, named)) is not None:
            return escape(said)
        shown = piece.source.startswith("INSERTANS:") and "." not in piece.source
        source = f"{piece.source}.shown" if shown else piece.source
        if _SEVERAL.fullmatch(source):
            source = f"implode(', ', {source})"
        node = self._compiled(source, where, _Context(self, named, language=language), parse_value)
        if node is None:
            return _UNREADABLE
        match node:
            case Literal(bool()):
                return "1" if node.value else ""
            case Literal(str(said)):
                return escape(said)
            case Literal():
                return number_text(float(node.value))
            case Call("label", (Name() as name,)):  # a code is shown as its label of itself
                return f"{{{name.name}}}"
            case Name() if self.is_coded(node.name):
                return f"{{text({node.name})}}"
            case _:
                return f"{{{render(node)}}}"

    def _keyword(self, source: str, language: str, named: Named | None) -> str | None:
        """What LimeSurvey fills in from the survey itself."""
        texts = self.survey.texts
        keywords = {
            "SURVEYNAME": texts.get("title", {}).get(language, ""),
            "SURVEYDESCRIPTION": texts.get("description", {}).get(language, ""),
            "SID": self.survey.id,
            "LANG": language,
            "ADMINNAME": self.survey.settings.get("admin", ""),
            "ADMINEMAIL": self.survey.settings.get("adminemail", ""),
            "NUMBEROFQUESTIONS": str(sum(1 for _ in self.survey.questions)),
        }
        if named is not None:
            group = self.variables.groups[named.source.id]
            keywords |= {"GID": group.id, "QID": named.source.id, "GROUPNAME": group.names.get(language, "")}
        found = keywords.get(source)
        if found is None:
            return None
        self.report.n_found += 1
        self.report.n_compiled += 1
        return "".join(part for part in tailored(found).parts if isinstance(part, str))

    def is_coded(self, key: str) -> bool:
        return key in self.variables.coded


class _Context:
    """What names mean where an expression stands: ``this`` and ``self`` are those of a question."""

    def __init__(self, compiler: Compiler, named: Named | None, key: str = "", *, language: str = "") -> None:
        self.variables = compiler.variables
        self.named = named
        self.key = key  # of the answer that a validation is applied to
        self.language = language  # of the text that the expression stands in

    def variable(self, name: str) -> Sequence[Expression] | None:
        head, _, rest = name.partition(".")
        match head.lower():
            case "this":
                return (Name(self.key),) if self.key else self._own(rest)
            case "self":
                return self._own(rest)
            case "that":
                code, _, rest = rest.partition(".")
                found = self.variables.find_question(code)
                return None if found is None else _values(found, rest)
        variable = self.variables.find(name)
        if variable is None:
            return None
        if variable.named.source.type == "I":
            if not self.language:
                raise Refusal(Message("the language of the page is no answer"))
            return (Literal(self.language),)
        return (variable.value,)

    def fact(self, name: str, attribute: str) -> str | None:
        own = name.lower() in {"this", "self"} and self.named
        variable = self.variables.first(own.source.id) if own else self.variables.find(name)
        if variable is None:
            return None
        if attribute == "question":
            return _question_words(variable, self.language)
        return self.variables.fact(variable, attribute)

    def _own(self, selection: str) -> Sequence[Expression] | None:
        if self.named is None:
            return None
        return _values(self.variables.of_question[self.named.source.id], selection)

    def recoded(self, node: Expression) -> Expression:
        """The tree with our codes where LimeSurvey's have another name in ours."""

        def change(part: Expression) -> Expression:
            match part:
                case Binary(operator, left, right) if operator in _COMPARED:
                    return replace(part, left=self._code(left, right), right=self._code(right, left))
                case Call("count_if", (wanted, *rest)) if rest:
                    return replace(part, arguments=(self._code(wanted, rest[0]), *rest))
            return part

        return transform(node, change)

    def _code(self, node: Expression, other: Expression) -> Expression:
        if not isinstance(node, Literal) or not isinstance(other, Name):
            return node
        codes = self.variables.recoded.get(other.name, {})
        return replace(node, value=codes.get(str(node.value), node.value))


def _question_words(variable: Variable, language: str) -> str:
    """A question's words, without what stands in them for answers."""
    words = variable.named.source.words
    said = words.get(language) or next(iter(words.values()), "")
    return "".join(part for part in tailored(said).parts if isinstance(part, str))


def _values(variables: Sequence[Variable], selection: str) -> Sequence[Expression] | None:
    """Of ``self.comments``, ``self.nocomments``, ``self.sq_X``, and parts of them joined by points."""
    for word in filter(None, selection.split(".")):
        match word.lower():
            case "comments":
                variables = [each for each in variables if each.is_comment]
            case "nocomments":
                variables = [each for each in variables if not each.is_comment]
            case _ if match := _PART_OF_QUESTION.fullmatch(word):
                chosen = [each for each in variables if match[2] in each.parts]
                chosen = chosen or [each for each in variables if match[2] in each.suffix]
                variables = [each for each in variables if each not in chosen] if match[1] else chosen
            case _:
                return None
    return tuple(each.value for each in variables)
