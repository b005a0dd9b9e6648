"""Follows all ways through a regular expression at the same time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cityvoice.questionnaire.expressions.patterns.characters import is_word
from cityvoice.questionnaire.expressions.patterns.errors import PatternError
from cityvoice.questionnaire.expressions.patterns.nodes import (
    Assertion,
    Character,
    Choice,
    Node,
    Place,
    Repetition,
    Sequence,
    Test,
)
from cityvoice.questionnaire.expressions.patterns.reading import Reader
from cityvoice.questionnaire.message import Message

MAX_LENGTH = 1000  # characters of a pattern
MAX_STEPS = 2000  # of the program that it becomes: {1,1000} counts a thousand times


@dataclass(frozen=True, slots=True)
class _Split:
    """Goes on at several steps."""

    ways: tuple[int, ...]


_Step = Test | Place | _Split | None  # None: the end, a match
_Around = frozenset[Place]  # what holds at a place of the text


@lru_cache(maxsize=512)
def pattern(text: str) -> "Pattern":
    """The pattern ready to match; `PatternError` when it cannot be read."""
    if len(text) > MAX_LENGTH:
        raise PatternError(Message("longer than %(n)s characters", n=MAX_LENGTH), text[:40], MAX_LENGTH + 1)
    return Pattern(text)


class Pattern:
    """A regular expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._steps: list[_Step] = []
        self._write(Reader(text).read())
        self._steps.append(None)
        self._reached: dict[tuple[int, _Around], frozenset[int]] = {}

    def search(self, text: str) -> bool:
        """Whether any part of `text` matches."""
        return self._follow(text, anywhere=True, whole=False)

    def fullmatch(self, text: str) -> bool:
        """Whether the whole of `text` matches."""
        return self._follow(text, anywhere=False, whole=True)

    def _follow(self, text: str, *, anywhere: bool, whole: bool) -> bool:
        waiting = {0}
        end = len(self._steps) - 1
        for place, around in enumerate(_surroundings(text)):
            at = frozenset[int]().union(*(self._reach(step, around) for step in waiting))
            if end in at and (not whole or place == len(text)):
                return True
            if place == len(text):
                break
            waiting = {step + 1 for step in at if self._passes(step, text[place])}
            if anywhere:
                waiting.add(0)
            elif not waiting:
                break
        return False

    def _passes(self, step: int, character: str) -> bool:
        test = self._steps[step]
        return callable(test) and test(character)

    def _reach(self, step: int, around: _Around) -> frozenset[int]:
        """The steps that read a character, or match, and are reached from `step` without reading one."""
        key = (step, around)
        if key not in self._reached:
            self._reached[key] = frozenset(self._walk(step, around))
        return self._reached[key]

    def _walk(self, start: int, around: _Around) -> Iterator[int]:
        seen: set[int] = set()
        waiting = [start]
        while waiting:
            number = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            match self._steps[number]:
                case _Split(ways=ways):
                    waiting += ways
                case Place() as wanted:
                    waiting += [number + 1] if wanted in around else []
                case _:
                    yield number

    def _write(self, node: Node) -> None:
        """Append the steps of `node`; what follows them comes next."""
        if len(self._steps) > MAX_STEPS:
            raise PatternError(Message("too many repetitions"), self._text, len(self._text))
        match node:
            case Character():
                self._steps.append(node.test)
            case Assertion():
                self._steps.append(node.place)
            case Sequence():
                for part in node.nodes:
                    self._write(part)
            case Choice():
                self._write_choice(node.nodes)
            case Repetition():
                self._write_repetition(node)

    def _write_choice(self, nodes: tuple[Node, ...]) -> None:
        fork = self._reserve()
        starts, exits = [], []
        for node in nodes:
            starts.append(len(self._steps))
            self._write(node)
            exits.append(self._reserve())
        self._steps[fork] = _Split(tuple(starts))
        for exit_ in exits:
            self._steps[exit_] = _Split((len(self._steps),))

    def _write_repetition(self, node: Repetition) -> None:
        for _ in range(node.least):
            self._write(node.node)
        if node.most is None:
            fork = self._reserve()
            self._write(node.node)
            self._steps.append(_Split((fork,)))
            self._steps[fork] = _Split((fork + 1, len(self._steps)))
            return
        forks = []
        for _ in range(node.most - node.least):
            forks.append(self._reserve())
            self._write(node.node)
        for fork in forks:
            self._steps[fork] = _Split((fork + 1, len(self._steps)))

    def _reserve(self) -> int:
        self._steps.append(None)
        return len(self._steps) - 1


def _surroundings(text: str) -> Iterator[_Around]:
    """What holds before each character, and after the last one."""
    before = False
    for place in range(len(text) + 1):
        after = place < len(text) and is_word(text[place])
        edges = {Place.BOUNDARY if before != after else Place.WITHIN}
        edges |= {Place.START} if place == 0 else set()
        yield frozenset(edges | {Place.END} if place == len(text) else edges)
        before = after
