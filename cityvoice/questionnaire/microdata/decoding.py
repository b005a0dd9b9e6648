"""Turns the cells of a data file into answers, one decoder per column."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cityvoice.questionnaire.errors import ImportCode
from cityvoice.questionnaire.kinds import Mode
from cityvoice.questionnaire.variables import Variable, VariableKind

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?")
_TRUE = frozenset({"1", "true", "yes", "y", "x", "tak", "t"})
_FALSE = frozenset({"0", "false", "no", "n", "nie"})
_SHOWN_CODES = 15

MODES: Mapping[str, Mode] = {
    **{mode.value.casefold(): mode for mode in Mode},
    **dict.fromkeys(("web", "online", "internet", "www"), Mode.CAWI),
    **dict.fromkeys(("phone", "telephone", "telefon"), Mode.CATI),
    **dict.fromkeys(("face to face", "face-to-face", "f2f", "tablet"), Mode.CAPI),
    **dict.fromkeys(("mail", "post", "paper", "papier", "poczta"), Mode.PAPI),
}


class UnknownCodes(StrEnum):
    """What to do with a code that the column's scale does not have."""

    KNOWN_MISSING = "known_missing"  # a missing code of another scale of the codebook is accepted as missing
    MISSING = "missing"  # every such code is accepted as missing
    ERROR = "error"


@dataclass(frozen=True)
class Refused:
    """A cell that cannot be decoded."""

    code: ImportCode
    expected: str


@dataclass(frozen=True)
class Undeclared:
    """A code that the scale does not have and that is accepted as missing."""

    code: str


Decoded = str | float | bool | Refused | Undeclared | None  # None: not asked
Decoder = Callable[[str], Decoded]


@dataclass(frozen=True)
class Rules:
    """What holds for every column of one data file."""

    not_asked: frozenset[str]
    unknown_codes: UnknownCodes
    missing_codes: frozenset[str]

    def decoder(self, variable: Variable) -> Decoder:
        """The decoder of `variable`'s column; it remembers every cell it has seen."""
        decode = _DECODERS[variable.kind](variable)
        may_judge = variable.kind is not VariableKind.FLAG
        memory: dict[str, Decoded] = {}

        def remembering(cell: str) -> Decoded:
            if cell not in memory:
                value = cell.strip()
                decoded = None if value in self.not_asked else decode(value)
                memory[cell] = self._judged(decoded, value) if may_judge else decoded
            return memory[cell]

        return remembering

    def _judged(self, decoded: Decoded, value: str) -> Decoded:
        if not isinstance(decoded, Refused) or len(value) > 100 or not value.isprintable():
            return decoded
        known = self.unknown_codes is UnknownCodes.KNOWN_MISSING and value in self.missing_codes
        return Undeclared(value) if known or self.unknown_codes is UnknownCodes.MISSING else decoded


def read_number(value: str) -> float | None:
    """A number with a decimal point or comma; None when it is none."""
    if not _NUMBER.fullmatch(value):
        return None
    number = float(value.replace(",", "."))
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _choice(variable: Variable) -> Decoder:
    """Codes, also as other programs write them (``4.0``), and labels where they are unambiguous."""
    codes = [option.code for option in variable.options]
    labels: dict[str, str] = {}
    for option in variable.options:
        for label in option.label.translations.values():
            labels[label] = option.code if labels.get(label, option.code) == option.code else ""
    accepted = {label: code for label, code in labels.items() if code} | {code: code for code in codes}
    refused = Refused(ImportCode.UNKNOWN_CODE, _one_of(codes))

    def decode(value: str) -> Decoded:
        return accepted.get(value) or accepted.get(value.removesuffix(".0")) or refused

    return decode


def _flag(variable: Variable) -> Decoder:
    missing = {option.code for option in variable.options}
    refused = Refused(ImportCode.UNKNOWN_CODE, _one_of(["1", "0", *missing]))

    def decode(value: str) -> Decoded:
        if value in missing:
            return value
        word = value.removesuffix(".0").casefold()
        return word in _TRUE if word in _TRUE | _FALSE else refused

    return decode


def _number(variable: Variable) -> Decoder:
    missing = {option.code for option in variable.options}
    refused = Refused(ImportCode.NOT_A_NUMBER, "a number")

    def decode(value: str) -> Decoded:
        if value in missing:
            return value
        number = read_number(value)
        return refused if number is None else number

    return decode


def _text(variable: Variable) -> Decoder:
    return lambda value: value


_DECODERS: Mapping[VariableKind, Callable[[Variable], Decoder]] = {
    VariableKind.NOMINAL: _choice,
    VariableKind.ORDINAL: _choice,
    VariableKind.NUMERIC: _number,
    VariableKind.TEXT: _text,
    VariableKind.FLAG: _flag,
}


def _one_of(codes: Iterable[str]) -> str:
    listed = list(codes)
    more = f" or {len(listed) - _SHOWN_CODES} others" if len(listed) > _SHOWN_CODES else ""
    return f"one of {', '.join(listed[:_SHOWN_CODES])}{more}"
