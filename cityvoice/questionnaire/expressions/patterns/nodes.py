"""What a regular expression consists of."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Test = Callable[[str], bool]  # of one character


class Place(StrEnum):
    START = "start"
    END = "end"
    BOUNDARY = "boundary"  # of a word
    WITHIN = "within"  # not at a word's boundary


@dataclass(frozen=True, slots=True)
class Character:
    test: Test


@dataclass(frozen=True, slots=True)
class Assertion:
    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    node: "Node"
    least: int
    most: int | None  # None: any number


Node = Character | Assertion | Sequence | Choice | Repetition
