"""Makes the model's objects of a document's mappings, noting every problem with its path."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from cityvoice.questionnaire.errors import DocumentError, Problem
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Group, Section
from cityvoice.questionnaire.question import Question, Text

MAX_NUMBER = 1e15  # as many digits as a float keeps
MAX_GROUPS = 20  # one inside the other
MAX_RECORDS = 100_000  # objects in one document: far beyond any questionnaire, and an end to alias bombs


class Loader:
    """Reads objects and notes problems; after a problem the object it returns is not used."""

    def __init__(self, document: Any) -> None:
        self.problems: list[Problem] = []
        self.records = 0
        self.default_language = _default_language(document)

    def problem(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))

    def record(self, cls: type, value: Any, path: str) -> Any:
        """One object of the model; a missing or null key leaves the field's default."""
        self.records += 1
        if self.records > MAX_RECORDS:
            message = Message("more than %(most)s objects in one document", most=MAX_RECORDS)
            raise DocumentError([Problem(path, message)])
        if not isinstance(value, Mapping):
            self.problem(path, Message("expected a mapping, found %(found)s", found=_found(value)))
            return None
        readers = {key_of(name): self.reader(annotation) for name, annotation in _annotations(cls).items()}
        for key in (key for key in value if key not in readers):
            close = get_close_matches(str(key)[:64], readers, n=1)
            expected = (
                Message("did you mean %(name)r?", name=close[0])
                if close
                else Message("expected one of %(names)s", names=", ".join(readers))
            )
            self.problem(_join(path, str(key)), Message("unknown key; %(expected)s", expected=expected))
        present = {key: value[key] for key in readers if value.get(key) is not None}
        read = {_field_of(key): readers[key](each, _join(path, key)) for key, each in present.items()}
        for field in fields(cls):
            if field.default is MISSING and field.name not in read:
                if (cls, field.name) in _NULLABLE:
                    read[field.name] = None
                else:
                    self.problem(_join(path, key_of(field.name)), Message("is missing"))
        return None if self.problems else cls(**read)

    def reader(self, annotation: Any) -> Callable[[Any, str], Any]:
        """What reads a value of a model's field, by the field's type."""
        if annotation in self._simple:
            return self._simple[annotation]
        if get_origin(annotation) in {Union, types.UnionType}:
            kinds = [each for each in get_args(annotation) if each is not type(None)]
            return self.reader(kinds[0]) if len(kinds) == 1 else self.element
        if get_origin(annotation) is tuple:
            return self.each(self.reader(get_args(annotation)[0]))
        if isinstance(annotation, type) and is_dataclass(annotation):
            return lambda value, path: self.record(annotation, value, path)
        return self.one_of(annotation)

    @property
    def _simple(self) -> Mapping[Any, Callable[[Any, str], Any]]:
        return {
            Text: self.text,
            str: self.string,
            bool: self.flag,
            int: self.integer,
            float: self.number,
            Mapping[str, str]: self.mapping,
        }

    def element(self, value: Any, path: str) -> Any:
        """A question, or a group: what has questions of its own."""
        if path.count(".questions[") > MAX_GROUPS + 1:
            outermost = ".".join(path.split(".")[:2])
            message = Message("groups nested deeper than %(most)s", most=MAX_GROUPS)
            raise DocumentError([Problem(outermost, message)])
        return self.record(
            Group if isinstance(value, Mapping) and "questions" in value else Question, value, path
        )

    def each(self, reader: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
        return lambda value, path: tuple(reader(one, where) for one, where in self.listed(value, path))

    def mapping(self, value: Any, path: str) -> dict[str, str]:
        if not isinstance(value, Mapping):
            self.problem(path, Message("expected a mapping, found %(found)s", found=_found(value)))
            return {}
        return {
            self.string(key, path): self.string(each, _join(path, str(key))) for key, each in value.items()
        }

    def listed(self, value: Any, path: str) -> list[tuple[Any, str]]:
        if not isinstance(value, list | tuple):
            self.problem(path, Message("expected a list, found %(found)s", found=_found(value)))
            return []
        return [(each, f"{path}[{place}]") for place, each in enumerate(value)]

    def string(self, value: Any, path: str) -> str:
        """Text; whole numbers are taken as they are written, because codes look like them."""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            found = _found(value)
            unquoted = isinstance(value, bool | float)
            self.problem(
                path,
                Message("expected text, found %(found)s: put it in quotes", found=found)
                if unquoted
                else Message("expected text, found %(found)s", found=found),
            )
            return ""
        return value

    def text(self, value: Any, path: str) -> Text:
        if not isinstance(value, Mapping):
            return Text({self.default_language: self.string(value, path)})
        words = self.mapping(value, path)
        first = {key: words[key] for key in words if key == self.default_language}
        return Text(first | words)

    def flag(self, value: Any, path: str) -> bool:
        if not isinstance(value, bool):
            self.problem(path, Message("expected true or false, found %(found)s", found=_found(value)))
        return bool(value)

    def number(self, value: Any, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_NUMBER:
            self.problem(
                path, Message("expected a number of at most 15 digits, found %(found)s", found=_found(value))
            )
            return 0
        return value

    def integer(self, value: Any, path: str) -> int:
        number = self.number(value, path)
        if number != int(number):
            self.problem(path, Message("expected a whole number, found %(found)s", found=_found(value)))
        return int(number)

    def one_of(self, cls: type[StrEnum]) -> Callable[[Any, str], Any]:
        def one(value: Any, path: str) -> Any:
            if isinstance(value, str) and value in set(cls):
                return cls(value)
            self.problem(
                path,
                Message(
                    "expected one of %(names)s, found %(found)s", names=", ".join(cls), found=_found(value)
                ),
            )
            return None

        return one


_NULLABLE = {(Section, "title"), (Group, "title")}  # have no default in the model, and may still be left out


_KEYS = {"elements": "questions"}  # fields whose key in documents is another word


def key_of(field: str) -> str:
    """The key of a model's field in documents."""
    return _KEYS.get(field, field)


def _field_of(key: str) -> str:
    return next((field for field, word in _KEYS.items() if word == key), key)


@cache
def _annotations(cls: type) -> Mapping[str, Any]:
    return get_type_hints(cls)


def _default_language(document: Any) -> str:
    languages = document.get("languages") if isinstance(document, Mapping) else None
    first = languages[0] if isinstance(languages, list | tuple) and languages else ""
    return first if isinstance(first, str) else ""


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _found(value: Any) -> str:
    if value is None or value == "":
        return Message("nothing")
    if isinstance(value, Mapping | list | tuple):
        return Message("a mapping") if isinstance(value, Mapping) else Message("a list")
    shown = repr(value)
    return shown if len(shown) <= 40 else f"{shown[:40]}..."
