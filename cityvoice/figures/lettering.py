"""How wide a text is, and where its lines break."""

import re

from cityvoice.figures.theme import Theme

# Advance widths of Source Sans Pro Regular in thousandths of an em, rounded up to 25; a test compares them.
_ADVANCES = {
    200: " ",
    225: "\u00a0",
    250: "',.:;ij|·ʼії’",
    275: "IlłІЇ",
    300: "!f",
    325: "()-[]{}",
    350: "/\\rt°",
    375: "²",
    425: "*?szśźżгґ",
    450: '"x«»х“”„',
    475: "cvyćзстуэє",
    500: "#$+0123456789<=>FJLY^_ek~§±×ęŁГекьҐ–€−≤≥",
    525: "VXagąУХавчя",
    550: "AESTZ`hnouóĄĘńŚŹŻАЕТбдло",
    575: "CPRbdpqĆЄЗРСЭийнпрц",
    600: "BKБВКЧЬЯъ",
    625: "&DG",
    650: "NUŃДЛПЦм",
    675: "HOQÓИЙНОы",
    700: "ж",
    725: "wЪ",
    750: "M©МФфшю",
    775: "щ",
    800: "WЫ—",
    825: "%Ж",
    850: "@m",
    875: "ШЩ",
    925: "Ю",
    950: "…",
}
WIDTHS = {character: width / 1000 for width, characters in _ADVANCES.items() for character in characters}
_ONE_LETTER_WORD = re.compile(r"(?<!\S)(\w) ")
UNKNOWN = 0.7  # a letter of a script that is not listed
SEMIBOLD = 1.05


def text_width(text: str, size: float, theme: Theme, *, bold: bool = False) -> float:
    """Width in the units of `size`, never less than it will be when drawn."""
    ems = sum(WIDTHS.get(character, UNKNOWN) for character in text)
    return ems * size * theme.stretch * (SEMIBOLD if bold else 1)


def wrap(text: str, width: float, size: float, theme: Theme, *, bold: bool = False) -> tuple[str, ...]:
    """Lines of at most `width`, broken at spaces; a longer word is broken where it must be.

    A word of one letter stays with the next: no line of Polish or Ukrainian ends with it.
    """
    lines: list[str] = []
    glued = _ONE_LETTER_WORD.sub("\\1\u00a0", re.sub(r"[ \t\n]+", " ", text).strip())
    for word in filter(None, glued.split(" ")):
        candidate = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(candidate, size, theme, bold=bold) <= width:
            lines[-1] = candidate
        else:
            lines.extend(_pieces(word, width, size, theme, bold=bold))
    return tuple(lines) or ("",)


def _pieces(word: str, width: float, size: float, theme: Theme, *, bold: bool) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and text_width(pieces[-1] + character, size, theme, bold=bold) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
