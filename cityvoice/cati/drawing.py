"""How an interviewer's questions are drawn: texts that follow answers are marked, and options have keys."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cityvoice.questionnaire.kinds import MissingKind
from cityvoice.questionnaire.question import Question, ResponseOption, Text
from cityvoice.surveys.drawing.pen import Pen
from cityvoice.surveys.drawing.words import paragraphs

USUAL = {MissingKind.REFUSED: "9", MissingKind.DONT_KNOW: "8", MissingKind.NOT_APPLICABLE: "7"}
ONE_DIGIT, TWO_DIGITS = range(10), range(100)


class ConsolePen(Pen):
    """A pen that numbers the texts that quote answers, so that the script keeps them up to date."""

    def __init__(self, language: str, *, pipes: Mapping[str, int], **more: Any) -> None:
        super().__init__(language, **more)
        self.pipes = pipes  # number of the text, by its words

    def _text(self, text: Text, render: Callable[[str], str]) -> Markup:
        drawn = super()._text(text, render)
        number = self.pipes.get(text.in_(self.language))
        if number is None or render is paragraphs:
            return drawn
        return Markup('<span class="piped" data-pipe="{}">{}</span>').format(number, drawn)


def keys_of(options: Sequence[ResponseOption], points: Sequence[str] = ()) -> dict[str, str]:
    """The key of each option, by code: what the interviewer types to choose it.

    Codes that are numbers are their own keys. Else options count from 1, and what is not read aloud has the
    keys that interviewers know: 8 "don't know", 9 "refused", 98 and 99 where there are more than ten options.
    """
    codes = [*points, *(option.code for option in options)]
    longest = 1 if len(codes) <= len(ONE_DIGIT) and all(len(point) == 1 for point in points) else 2
    if all(_is_key(code, 2) for code in codes):
        return {code: code for code in codes}
    keys = {point: point for point in points}
    free = [str(number) for number in range(1, 100) if str(number) not in keys]
    for option in options:
        if not option.missing:
            keys[option.code] = free.pop(0)
    for option in options:
        if option.missing:
            keys[option.code] = _apart(option.missing, set(keys.values()), longest)
    return keys


def _is_key(code: str, longest: int) -> bool:
    return code.isascii() and code.isdigit() and len(code) <= longest and (code == "0" or code[0] != "0")


def _apart(missing: MissingKind, taken: set[str], longest: int) -> str:
    usual = USUAL.get(missing, "6")
    wanted = usual if longest == 1 else f"9{usual}"
    candidates = [wanted, *(str(number) for number in reversed(ONE_DIGIT if longest == 1 else TWO_DIGITS))]
    return next(key for key in candidates if key not in taken)


def keys_of_question(question: Question) -> dict[str, str]:
    return keys_of(question.options, question.points)
