"""The settings that a question of each kind has beside its texts, options and items."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cityvoice.questionnaire.kinds import Display, Geometry, QuestionKind, TextFormat
from cityvoice.questionnaire.question import Question, Text

K = QuestionKind


class SettingType(StrEnum):
    FLAG = "flag"
    NUMBER = "number"
    INTEGER = "integer"
    WORDS = "words"  # a text in the questionnaire's first language
    LINE = "line"  # an expression or another single line
    ONE_OF = "one_of"


@dataclass(frozen=True)
class Setting:
    """One field of `Question`, by its name."""

    name: str
    type: SettingType
    kinds: frozenset[QuestionKind]
    choices: tuple[StrEnum, ...] = ()

    def written(self, question: Question, language: str) -> str:
        """The value as it stands in the form."""
        value = getattr(question, self.name)
        match value:
            case None | False:
                return ""
            case True:
                return "1"
            case Text():
                return value.translations.get(language, "")
            case float() | int():
                return f"{value:.10g}"
            case tuple():
                return ", ".join(value)
            case _:
                return str(value)


ALL = frozenset(K)
ASKED = ALL - {K.INFO, K.HIDDEN}
CHOICES = frozenset({K.SINGLE, K.MULTIPLE, K.MATRIX, K.RANKING, K.BEST_WORST})
WITH_ITEMS = frozenset({K.MATRIX, K.TABLE, K.NUMBERS, K.TEXTS})
WITH_OPTIONS = CHOICES | {K.SCALE, K.NUMBER}
MEASURED = frozenset({K.SCALE, K.NUMBER, K.NUMBERS})
DISPLAYS: Mapping[QuestionKind, tuple[Display, ...]] = {
    K.SINGLE: (Display.LIST, Display.DROPDOWN, Display.BUTTONS),
    K.NUMBER: (Display.SLIDER,),
    K.TEXT: (Display.LINE,),
}

SETTINGS = (
    Setting("required", SettingType.FLAG, ASKED),
    Setting("ordered", SettingType.FLAG, frozenset({K.SINGLE, K.MATRIX})),
    Setting("shuffle", SettingType.FLAG, CHOICES | WITH_ITEMS),
    Setting("low", SettingType.NUMBER, MEASURED),
    Setting("high", SettingType.NUMBER, MEASURED),
    Setting("step", SettingType.NUMBER, MEASURED),
    Setting("low_label", SettingType.WORDS, frozenset({K.SCALE})),
    Setting("high_label", SettingType.WORDS, frozenset({K.SCALE})),
    Setting("unit", SettingType.WORDS, frozenset({K.NUMBER, K.NUMBERS})),
    Setting("total", SettingType.NUMBER, frozenset({K.NUMBERS})),
    Setting("min_answers", SettingType.INTEGER, frozenset({K.MULTIPLE, K.RANKING})),
    Setting("max_answers", SettingType.INTEGER, frozenset({K.MULTIPLE, K.RANKING})),
    Setting("max_length", SettingType.INTEGER, frozenset({K.TEXT, K.TEXTS})),
    Setting("format", SettingType.ONE_OF, frozenset({K.TEXT}), tuple(TextFormat)),
    Setting("earliest", SettingType.LINE, frozenset({K.DATE, K.TIME})),
    Setting("latest", SettingType.LINE, frozenset({K.DATE, K.TIME})),
    Setting("geometry", SettingType.ONE_OF, frozenset({K.PLACE}), tuple(Geometry)),
    Setting("display", SettingType.ONE_OF, frozenset(DISPLAYS), tuple(Display)),
    Setting("comment", SettingType.WORDS, frozenset({K.SINGLE, K.MULTIPLE})),
    Setting("value", SettingType.LINE, frozenset({K.HIDDEN})),
    Setting("when", SettingType.LINE, ALL),
)


def settings_of(kind: QuestionKind) -> tuple[Setting, ...]:
    return tuple(setting for setting in SETTINGS if kind in setting.kinds)


def choices_of(setting: Setting, kind: QuestionKind) -> tuple[StrEnum, ...]:
    return DISPLAYS.get(kind, ()) if setting.name == "display" else setting.choices


def reworded(text: Text | None, words: str, language: str) -> Text | None:
    """The text with other words in one language; its translations stay. None when nothing is left."""
    others = {code: each for code, each in (text.translations if text else {}).items() if code != language}
    return Text({language: words} | others) if words else (Text(others) if others else None)


class Refused(Exception):
    """A value that cannot be kept; the argument is the code of what is wrong."""


def read_setting(setting: Setting, written: str, question: Question, language: str) -> Any:
    """The value that was typed; `Refused` with a code when it is none."""
    return _READERS[setting.type](setting, written.strip(), question, language)


def _number(setting: Setting, written: str, question: Question, language: str) -> float | None:
    if not written:
        return None
    try:
        number = float(written.replace(" ", "").replace("\u00a0", "").replace(",", "."))
    except ValueError:
        raise Refused("not_a_number") from None
    if not abs(number) < 1e15:
        raise Refused("not_a_number")
    return int(number) if number.is_integer() else number


def _integer(setting: Setting, written: str, question: Question, language: str) -> int | None:
    number = _number(setting, written, question, language)
    if isinstance(number, float):
        raise Refused("not_whole")
    return number


def _one_of(setting: Setting, written: str, question: Question, language: str) -> StrEnum | None:
    if not written:
        return Geometry.POINT if setting.name == "geometry" else None
    found = next((choice for choice in choices_of(setting, question.kind) if choice == written), None)
    if found is None:
        raise Refused("not_an_option")
    return found


def _words(setting: Setting, written: str, question: Question, language: str) -> Text | None:
    return reworded(getattr(question, setting.name), written, language)


_READERS: Mapping[SettingType, Callable[[Setting, str, Question, str], Any]] = {
    SettingType.FLAG: lambda setting, written, question, language: bool(written),
    SettingType.NUMBER: _number,
    SettingType.INTEGER: _integer,
    SettingType.ONE_OF: _one_of,
    SettingType.WORDS: _words,
    SettingType.LINE: lambda setting, written, question, language: written or None,
}
