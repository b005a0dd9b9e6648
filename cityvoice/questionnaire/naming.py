"""Names of variables and the order of words, for texts from outside."""

import re
import unicodedata
from collections.abc import Container
from itertools import chain, count

LONGEST_SLUG = 80  # characters
_STROKES = str.maketrans("łŁ", "lL")  # the one Polish letter that Unicode does not take apart
_IN_POLISH = str.maketrans({marked: f"{bare}~" for marked, bare in zip("ąćęłńóśź", "acelnosz", strict=True)})


def plain_letters(words: str) -> str:
    """The words in ASCII: ``Łódzkie`` becomes ``Lodzkie``; letters of other alphabets are dropped."""
    return unicodedata.normalize("NFKD", words.translate(_STROKES)).encode("ascii", "ignore").decode()


def alphabetically(words: str) -> tuple[str, str]:
    """A key that sorts words as a Polish dictionary does: every letter with a mark after the one without."""
    return words.casefold().replace("ż", "z~~").translate(_IN_POLISH), words


def slug_of(words: str) -> str:
    """A part of an address: ``Jakość życia 2026`` becomes ``jakosc-zycia-2026``; a slug stays as it is."""
    return re.sub(r"[^a-z0-9]+", "-", plain_letters(words).lower()).strip("-")[:LONGEST_SLUG].rstrip("-")


def readable(name: str) -> str:
    """An identifier as a title: ``household_surveyB-2026-11`` becomes ``Household survey B 2026-11``."""
    apart = re.sub(r"(?<=[^\W\d_])(?=\d{4})|(?<=[a-ząćęłńóśźż])(?=[A-ZĄĆĘŁŃÓŚŹŻ])", " ", name)
    words = " ".join(re.split(r"[\s_.]+|(?<!\d)-+|-+(?!\d)", apart)).strip()
    return f"{words[:1].upper()}{words[1:]}" or name


def name_of(header: str, taken: Container[str]) -> str:
    """A variable's name for a column header: plain letters, digits and underscores, unlike those taken."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", plain_letters(header)).strip("_")[:56]
    if not name[:1].isalpha():
        name = f"v_{name}".rstrip("_")
    numbered = chain([name], (f"{name}_{number}" for number in count(2)))
    return next(each for each in numbered if each not in taken)
