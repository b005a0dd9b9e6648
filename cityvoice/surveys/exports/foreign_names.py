"""Names of columns as SPSS and Stata take them.

Sources: IBM SPSS Statistics, "Variable names"; Stata, ``help varname`` and ``help reserved``.
"""

import re
from collections.abc import Callable, Sequence
from itertools import chain, count

STATA_LONGEST = 27  # five less than Stata takes: its value labels are named by column and number
SPSS_LONGEST = 64
SPSS_RESERVED = {"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"}
STATA_RESERVED = {"alias", "byte", "double", "float", "if", "in", "int", "long", "strL", "using", "with"}
STATA_TEXT = re.compile(r"str[0-9]+")


def spss_names(names: Sequence[str]) -> dict[str, str]:
    """Letters, digits, underscores and dots, at most 64, apart from each other in any case of letters."""
    reserved = SPSS_RESERVED.__contains__
    return _names(names, r"[^A-Za-z0-9_.]", SPSS_LONGEST, lambda name: reserved(name.upper()))


def stata_names(names: Sequence[str]) -> dict[str, str]:
    """Letters, digits and underscores, at most 27."""
    return _names(
        names,
        r"[^A-Za-z0-9_]",
        STATA_LONGEST,
        lambda name: name in STATA_RESERVED or bool(STATA_TEXT.fullmatch(name)),
    )


def _names(
    names: Sequence[str], illegal: str, longest: int, is_reserved: Callable[[str], bool]
) -> dict[str, str]:
    """A name for each; one that is good as it is keeps it, the others are told apart by a number."""
    plain = {name: _plain(re.sub(illegal, "_", name), is_reserved)[:longest] for name in names}
    taken: set[str] = set()
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda each: plain[each] != each):
        numbered = (f"{plain[name][: longest - len(str(n)) - 1]}_{n}" for n in count(2))
        found[name] = next(each for each in chain([plain[name]], numbered) if each.upper() not in taken)
        taken.add(found[name].upper())
    return {name: found[name] for name in names}


def _plain(name: str, is_reserved: Callable[[str], bool]) -> str:
    if name.startswith("_"):  # what is about the response; SPSS takes no such name
        return f"cv{name}"
    return f"v_{name}" if is_reserved(name) else name
