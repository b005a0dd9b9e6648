"""Makes the model's objects of a document's mappings, noting every problem with its path."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from cityvoice.questionnaire.errors import DocumentError, Problem
from cityvoice.questionnaire.model import (
    Item,
    MissingKind,
    Question,
    QuestionKind,
    Questionnaire,
    ResponseOption,
    Section,
    Text,
)

MAX_NUMBER = 1e15  # as many digits as a float keeps
MAX_RECORDS = 100_000  # objects in one document: far beyond any questionnaire, and an end to alias bombs


class Loader:
    """Reads objects and notes problems; after a problem the object it returns is not used."""

    def __init__(self, document: Any) -> None:
        self.problems: list[Problem] = []
        self.records = 0
        self.default_language = _default_language(document)
        self.readers: Mapping[type, Mapping[str, Callable[[Any, str], Any]]] = {
            Questionnaire: {
                "title": self.text,
                "languages": self.strings,
                "sections": self.records_of(Section),
                "consent": self.text,
                "thanks": self.text,
            },
            Section: {
                "name": self.string,
                "title": self.text,
                "questions": self.records_of(Question),
                "when": self.string,
            },
            Question: {
                "name": self.string,
                "kind": self.one_of(QuestionKind),
                "text": self.text,
                "label": self.text,
                "hint": self.text,
                "options": self.records_of(ResponseOption),
                "items": self.records_of(Item),
                "required": self.flag,
                "ordered": self.flag,
                "low": self.number,
                "high": self.number,
                "step": self.number,
                "low_label": self.text,
                "high_label": self.text,
                "max_length": self.integer,
                "max_answers": self.integer,
                "when": self.string,
                "favourable": self.strings,
            },
            ResponseOption: {
                "code": self.string,
                "label": self.text,
                "missing": self.one_of(MissingKind),
                "exclusive": self.flag,
            },
            Item: {"name": self.string, "label": self.text, "variable": self.string},
        }

    def problem(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))

    def record(self, cls: type, value: Any, path: str) -> Any:
        """One object of the model; a missing or null key leaves the field's default."""
        self.records += 1
        if self.records > MAX_RECORDS:
            raise DocumentError([Problem(path, f"more than {MAX_RECORDS} objects in one document")])
        if not isinstance(value, Mapping):
            self.problem(path, f"expected a mapping, found {_found(value)}")
            return None
        readers = self.readers[cls]
        for key in (key for key in value if key not in readers):
            close = get_close_matches(str(key)[:64], readers, n=1)
            expected = f"did you mean {close[0]!r}?" if close else f"expected one of {', '.join(readers)}"
            self.problem(_join(path, str(key)), f"unknown key; {expected}")
        present = {key: value[key] for key in readers if value.get(key) is not None}
        read = {key: readers[key](each, _join(path, key)) for key, each in present.items()}
        for field in fields(cls):
            if field.default is MISSING and field.name not in read:
                if (cls, field.name) in _NULLABLE:
                    read[field.name] = None
                else:
                    self.problem(_join(path, field.name), "is missing")
        return None if self.problems else cls(**read)

    def records_of(self, cls: type) -> Callable[[Any, str], Any]:
        def records(value: Any, path: str) -> Any:
            return tuple(self.record(cls, each, where) for each, where in self.listed(value, path))

        return records

    def listed(self, value: Any, path: str) -> list[tuple[Any, str]]:
        if not isinstance(value, list | tuple):
            self.problem(path, f"expected a list, found {_found(value)}")
            return []
        return [(each, f"{path}[{place}]") for place, each in enumerate(value)]

    def strings(self, value: Any, path: str) -> tuple[str, ...]:
        return tuple(self.string(each, where) for each, where in self.listed(value, path))

    def string(self, value: Any, path: str) -> str:
        """Text; whole numbers are taken as they are written, because codes look like them."""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            hint = ": put it in quotes" if isinstance(value, bool | float) else ""
            self.problem(path, f"expected text, found {_found(value)}{hint}")
            return ""
        return value

    def text(self, value: Any, path: str) -> Text:
        if not isinstance(value, Mapping):
            return Text({self.default_language: self.string(value, path)})
        words = {
            self.string(key, path): self.string(each, _join(path, str(key))) for key, each in value.items()
        }
        first = {key: words[key] for key in words if key == self.default_language}
        return Text(first | words)

    def flag(self, value: Any, path: str) -> bool:
        if not isinstance(value, bool):
            self.problem(path, f"expected true or false, found {_found(value)}")
        return bool(value)

    def number(self, value: Any, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_NUMBER:
            self.problem(path, f"expected a number of at most 15 digits, found {_found(value)}")
            return 0
        return value

    def integer(self, value: Any, path: str) -> int:
        number = self.number(value, path)
        if number != int(number):
            self.problem(path, f"expected a whole number, found {_found(value)}")
        return int(number)

    def one_of(self, cls: type[StrEnum]) -> Callable[[Any, str], Any]:
        def one(value: Any, path: str) -> Any:
            if isinstance(value, str) and value in set(cls):
                return cls(value)
            self.problem(path, f"expected one of {', '.join(cls)}, found {_found(value)}")
            return None

        return one


_NULLABLE = {(Section, "title")}  # has no default in the model, and may still be left out


def _default_language(document: Any) -> str:
    languages = document.get("languages") if isinstance(document, Mapping) else None
    first = languages[0] if isinstance(languages, list | tuple) and languages else ""
    return first if isinstance(first, str) else ""


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _found(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, Mapping | list | tuple):
        return "a mapping" if isinstance(value, Mapping) else "a list"
    shown = repr(value)
    return shown if len(shown) <= 40 else f"{shown[:40]}..."
