"""What an expression can be, as `check` sees it before any answer is there."""

from dataclasses import dataclass
from enum import StrEnum


class ValueType(StrEnum):
    TRUTH = "true or false"
    NUMBER = "a number"
    TEXT = "text"
    CODE = "a response option"
    CODES = "several response options"
    DATE = "a date"  # of a day, or of a moment in it
    TIME = "a time of day"


ANY = frozenset(ValueType)
TRUTH = frozenset({ValueType.TRUTH})
NUMERIC = frozenset({ValueType.NUMBER, ValueType.CODE})
TEXTUAL = frozenset({ValueType.TEXT, ValueType.CODE})
WORDS = ANY - {ValueType.TRUTH, ValueType.CODES}  # what can be read as one text
CHOICE = frozenset({ValueType.CODE, ValueType.CODES})
TEMPORAL = frozenset({ValueType.DATE, ValueType.TIME})
DATED = frozenset({ValueType.DATE, ValueType.TEXT})
TIMED = DATED | {ValueType.TIME}


@dataclass(frozen=True)
class NameType:
    """What a name stands for: its type and, for response options, the codes."""

    type: ValueType
    codes: frozenset[str] = frozenset()
    missing_codes: frozenset[str] = frozenset()
