"""Which characters a class or an escape stands for."""

import unicodedata
from collections.abc import Mapping
from string import punctuation

from cityvoice.questionnaire.expressions.patterns.nodes import Test


def is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def negated(test: Test) -> Test:
    return lambda character: not test(character)


def exactly(wanted: str) -> Test:
    return lambda character: character == wanted


def between(first: str, last: str) -> Test:
    return lambda character: first <= character <= last


def any_of(tests: tuple[Test, ...]) -> Test:
    return lambda character: any(test(character) for test in tests)


def in_either_case(test: Test) -> Test:
    return lambda character: test(character) or test(character.lower()) or test(character.upper())


def of_category(category: str) -> Test:
    """The characters of a Unicode category: ``L`` letters, ``Lu`` capital letters, ``N`` numbers."""
    return lambda character: unicodedata.category(character).startswith(category)


def not_a_line_end(character: str) -> bool:
    return character not in "\r\n"


CLASSES: Mapping[str, Test] = {
    "d": str.isdecimal,
    "w": is_word,
    "s": str.isspace,
    "D": negated(str.isdecimal),
    "W": negated(is_word),
    "S": negated(str.isspace),
}
CONTROLS: Mapping[str, str] = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0"}
NAMED: Mapping[str, Test] = {
    "alpha": str.isalpha,
    "digit": str.isdecimal,
    "alnum": str.isalnum,
    "upper": str.isupper,
    "lower": str.islower,
    "space": str.isspace,
    "punct": punctuation.__contains__,
    "word": is_word,
    "xdigit": "0123456789abcdefABCDEF".__contains__,
    "blank": " \t".__contains__,
}
