"""Reads a regular expression by recursive descent."""

import re
from collections.abc import Mapping

from cityvoice.questionnaire.expressions.patterns import characters
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
from cityvoice.questionnaire.message import Message

MAX_GROUPS = 40  # one inside the other
_COUNTS = re.compile(r"\{(\d{1,4})(?:(,)(\d{1,4})?)?\}")
_SYMBOLS: Mapping[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_PLACES: Mapping[str, Place] = {
    "A": Place.START,
    "Z": Place.END,
    "z": Place.END,
    "b": Place.BOUNDARY,
    "B": Place.WITHIN,
}
_NAMED_GROUP = re.compile(r"\?P?<[A-Za-z_]\w*>")
_FLAGS = re.compile(r"\?([imsu]*)([:)])")
_HEXADECIMAL = re.compile(r"x([0-9A-Fa-f]{2})|[xu]\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})")
_CATEGORY = re.compile(r"[pP](?:\{([A-Z][a-z]?)\}|([LMNPSZC]))")
_POSIX = re.compile(r"\[:(\^?)([a-z]+):\]")


class Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.place = 0
        self.depth = 0
        self.any_case = False

    def read(self) -> Node:
        node = self._choice()
        if self.place < len(self.pattern):
            raise self._error(Message("a closing bracket without its opening one"))
        return node

    @property
    def _next(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def _error(self, reason: Message) -> PatternError:
        return PatternError(reason, self.pattern, self.place + 1)

    def _take(self) -> str:
        character = self._next
        if not character:
            raise self._error(Message("the pattern ends too early"))
        self.place += 1
        return character

    def _accept(self, text: str) -> bool:
        found = self.pattern.startswith(text, self.place)
        self.place += len(text) if found else 0
        return found

    def _match(self, form: re.Pattern[str]) -> re.Match[str] | None:
        match = form.match(self.pattern, self.place)
        self.place = match.end() if match else self.place
        return match

    def _choice(self) -> Node:
        ways = [self._sequence()]
        while self._accept("|"):
            ways.append(self._sequence())
        return Choice(tuple(ways)) if len(ways) > 1 else ways[0]

    def _sequence(self) -> Node:
        nodes: list[Node] = []
        while self._next not in {"", "|", ")"}:
            nodes.append(self._repeated(self._one()))
        return Sequence(tuple(nodes))

    def _repeated(self, node: Node) -> Node:
        while (counts := self._counts()) is not None:
            least, most = counts
            if most is not None and most < least:
                raise self._error(Message("the counts in braces are the wrong way round"))
            if self._accept("+"):
                raise self._error(Message("possessive repetition is not supported"))
            self._accept("?")  # as few as possible: the same texts match
            node = Repetition(node, least, most)
        return node

    def _counts(self) -> tuple[int, int | None] | None:
        if self._next in _SYMBOLS:
            return _SYMBOLS[self._take()]
        if match := self._match(_COUNTS):
            return int(match[1]), int(match[3] or match[1]) if match[3] or not match[2] else None
        return None

    def _one(self) -> Node:
        character = self._take()
        match character:
            case "(":
                return self._group()
            case "[":
                return self._character(self._class())
            case "^":
                return Assertion(Place.START)
            case "$":
                return Assertion(Place.END)
            case ".":
                return Character(characters.not_a_line_end)
            case "\\" if self._next in _PLACES:
                return Assertion(_PLACES[self._take()])
            case "\\":
                return self._character(self._escape())
            case "*" | "+" | "?":
                self.place -= 1
                raise self._error(Message("nothing to repeat before %(character)r", character=character))
        return self._character(character)

    def _character(self, found: str | Test) -> Node:
        test = characters.exactly(found) if isinstance(found, str) else found
        return Character(characters.in_either_case(test) if self.any_case else test)

    def _group(self) -> Node:
        before = self.any_case
        if (flags := self._match(_FLAGS)) is not None:
            self.any_case = before or "i" in flags[1]
            if flags[2] == ")":  # for all that follows
                return Sequence(())
        elif self._next == "?" and not self._match(_NAMED_GROUP):
            raise self._error(Message("looking ahead or behind is not supported"))
        self.depth += 1
        if self.depth > MAX_GROUPS:
            raise self._error(Message("groups nested deeper than %(n)s", n=MAX_GROUPS))
        node = self._choice()
        if not self._accept(")"):
            raise self._error(Message("a group without its closing bracket"))
        self.depth -= 1
        self.any_case = before
        return node

    def _escape(self) -> str | Test:
        """The one character that stands behind a backslash, or the test of a class of characters."""
        if match := self._match(_HEXADECIMAL):
            return chr(min(int(match[1] or match[2] or match[3], 16), 0x10FFFF))
        if match := self._match(_CATEGORY):
            test = characters.of_category(match[1] or match[2])
            return characters.negated(test) if match[0][0] == "P" else test
        character = self._take()
        if character in characters.CLASSES:
            return characters.CLASSES[character]
        if character in characters.CONTROLS:
            return characters.CONTROLS[character]
        if character.isalnum():
            self.place -= 1
            if character.isdecimal():
                raise self._error(Message("back references are not supported"))
            raise self._error(Message("%(part)s is not supported", part=f"\\{character}"))
        return character

    def _class(self) -> Test:
        negated = self._accept("^")
        tests = [self._class_part()]
        while not self._accept("]"):
            tests.append(self._class_part())
        test = characters.any_of(tuple(tests))
        return characters.negated(test) if negated else test

    def _class_part(self) -> Test:
        if match := self._match(_POSIX):
            if match[2] not in characters.NAMED:
                raise self._error(Message("%(name)r is no class of characters", name=match[2]))
            test = characters.NAMED[match[2]]
            return characters.negated(test) if match[1] else test
        first = self._bound()
        if not isinstance(first, str):
            return first
        if self._next != "-" or self.pattern[self.place + 1 : self.place + 2] in {"]", ""}:
            return characters.exactly(first)
        self.place += 1
        last = self._bound()
        if not isinstance(last, str):  # [a-\d]: the hyphen stands for itself
            return characters.any_of((characters.exactly(first), characters.exactly("-"), last))
        if last < first:
            raise self._error(Message("a range whose ends are the wrong way round"))
        return characters.between(first, last)

    def _bound(self) -> str | Test:
        """One character of a class, or the test of several."""
        if self._accept("\\b"):
            return "\b"
        return self._escape() if self._accept("\\") else self._take()
