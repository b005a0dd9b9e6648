"""Every text of a questionnaire by its path, for translating side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cityvoice.questionnaire.loading import key_of
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.question import Text


@dataclass(frozen=True)
class Phrase:
    """One text. `path` is that of the document form, such as ``sections[0].questions[2].text``."""

    path: str
    text: Text


def phrases(questionnaire: Questionnaire) -> tuple[Phrase, ...]:
    """Every text, in the order of the document."""
    return tuple(_found(questionnaire, ""))


def count_missing(questionnaire: Questionnaire, language: str) -> int:
    """How many texts have no words in `language`."""
    return sum(not each.text.translations.get(language, "").strip() for each in phrases(questionnaire))


def translate(questionnaire: Questionnaire, words: Mapping[str, str], language: str) -> Questionnaire:
    """The questionnaire with other words in `language`, by path; empty words take a translation away.

    Paths that there are not are left aside: another tab may have removed the question meanwhile.
    """
    translated: Questionnaire = _translated(questionnaire, "", words, language)
    return translated


def with_languages(questionnaire: Questionnaire, languages: tuple[str, ...]) -> Questionnaire:
    """The questionnaire in these languages, the first being the default; words in others are dropped."""
    kept: Questionnaire = _in_languages(replace(questionnaire, languages=languages), languages)
    return kept


def _found(node: Any, path: str) -> Iterator[Phrase]:
    if isinstance(node, Text):
        yield Phrase(path, node)
        return
    for where, each in _children(node, path):
        yield from _found(each, where)


def _children(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, tuple):
        yield from ((f"{path}[{place}]", each) for place, each in enumerate(node))
    elif hasattr(node, "__dataclass_fields__"):
        for name in node.__dataclass_fields__:
            key = key_of(name)
            yield f"{path}.{key}" if path else key, getattr(node, name)


def _translated(node: Any, path: str, words: Mapping[str, str], language: str) -> Any:
    if isinstance(node, Text):
        return _reworded(node, words[path].strip(), language) if path in words else node
    parts = [_translated(each, where, words, language) for where, each in _children(node, path)]
    return _rebuilt(node, parts)


def _reworded(text: Text, words: str, language: str) -> Text:
    reworded = {**text.translations, language: words}
    return Text({known: each for known, each in reworded.items() if each})


def _in_languages(node: Any, languages: tuple[str, ...]) -> Any:
    if isinstance(node, Text):
        known = node.translations
        return Text({language: known[language] for language in languages if language in known})
    return _rebuilt(node, [_in_languages(each, languages) for _, each in _children(node, "")])


def _rebuilt(node: Any, parts: list[Any]) -> Any:
    """`node` with other children; itself when they are the same."""
    if isinstance(node, tuple):
        return tuple(parts)
    if not hasattr(node, "__dataclass_fields__") or isinstance(node, Text):
        return node
    named = dict(zip(node.__dataclass_fields__, parts, strict=True))
    changed = {name: each for name, each in named.items() if each is not getattr(node, name)}
    return replace(node, **changed) if changed else node
