"""From the text of a formula to its terms.

``a + b`` adds, ``a:b`` is an interaction, ``a * b`` stands for ``a + b + a:b``, ``(a + b)^2`` for all terms
up to pairs, ``- a`` takes a term out, ``0`` or ``- 1`` the intercept (Wilkinson and Rogers 1973,
doi:10.2307/2346786). A call such as ``log(x)``, ``factor(x)`` or ``I(x > 3)`` is a variable by itself.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cityvoice.stats.errors import StatsError

Term = tuple[str, ...]  # variables of an interaction; () is the intercept

TOKEN = re.compile(r"\s*(?:(?P<number>\d+)|(?P<name>`[^`]+`|[^\W\d][\w.]*)|(?P<operator>[-+*:^()]))")


@dataclass(frozen=True)
class Formula:
    """A formula taken apart.

    Parameters
    ----------
    response : str
        Expression left of the tilde; empty for a one-sided formula.
    terms : tuple of tuple of str
        Variables of each term, lower orders first; without the intercept.
    offset : str
        Expression inside ``offset(...)``; empty without one.
    """

    response: str
    terms: tuple[Term, ...]
    has_intercept: bool = True
    offset: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables of the terms, each once."""
        return tuple(dict.fromkeys(variable for term in self.terms for variable in term))

    def without(self, labels: Sequence[str]) -> "Formula":
        """The same formula less some terms, given by label (``a:b``)."""
        dropped = {frozenset(term_of(label)) for label in labels}
        kept = tuple(term for term in self.terms if frozenset(term) not in dropped)
        return Formula(self.response, kept, self.has_intercept, self.offset)


def term_of(label: str) -> Term:
    """The variables of a label such as ``a:b`` or ``I(x > 3)``."""
    terms = parse_formula(f"~ {label}").terms
    if len(terms) != 1:
        raise StatsError("formula-term", f"term {label}", "a single term", f"{len(terms)} terms")
    return terms[0]


def parse_formula(text: str) -> Formula:
    """Read a formula.

    Raises
    ------
    StatsError
        ``formula-syntax``, with the place where reading stopped.
    """
    response, tilde, right = text.rpartition("~")
    if not tilde:
        raise StatsError("formula-syntax", f"formula {text}", "a tilde, as in y ~ x", "none")
    found = _Parser(right).parse()
    offsets = [term[0] for term in found if len(term) == 1 and term[0].startswith("offset(")]
    kept = [term for term in found if term and not (len(term) == 1 and term[0] in offsets)]
    if len(offsets) > 1:
        raise StatsError("formula-offset", f"formula {text}", "one offset", f"{len(offsets)}")
    offset = offsets[0][len("offset(") : -1].strip() if offsets else ""
    return Formula(response.strip(), tuple(sorted(kept, key=len)), () in found, offset)


def _distinct(terms: Sequence[Term]) -> list[Term]:
    """Each set of variables once, written as it came first."""
    first: dict[frozenset[str], Term] = {}
    for term in terms:
        first.setdefault(frozenset(term), tuple(dict.fromkeys(term)))
    return list(first.values())


class _Parser:
    """Recursive descent: sums of crossings of interactions of powers."""

    def __init__(self, text: str) -> None:
        self.text, self.position = text, 0

    def parse(self) -> list[Term]:
        terms = self._sum([()])
        if self._peek():
            self._fail("the end or an operator")
        return terms

    def _fail(self, expected: str) -> None:
        rest = self.text[self.position :].strip() or "the end"
        raise StatsError("formula-syntax", f"formula {self.text.strip()}", expected, rest)

    def _peek(self) -> str:
        rest = self.text[self.position :]
        if not rest.strip():
            return ""
        found = TOKEN.match(rest)
        if found is None:
            self._fail("a variable, a number or one of + - * : ^ ( )")
            return ""
        return found.group().strip()

    def _take(self) -> str:
        token = self._peek()
        if token:
            self.position = self.text.index(token, self.position) + len(token)
        return token

    def _sum(self, terms: list[Term]) -> list[Term]:
        sign = self._take() if self._peek() in ("+", "-") else "+"
        while True:
            part = self._crossing()
            removes_intercept = (sign == "-" and part == [()]) or part == [("0",)]
            gone = {frozenset(term) for term in part} if sign == "-" else set()
            if removes_intercept:
                terms = [term for term in terms if term]
            elif sign == "-":
                terms = [term for term in terms if frozenset(term) not in gone]
            else:
                terms = _distinct(terms + part)
            if self._peek() not in ("+", "-"):
                return terms
            sign = self._take()

    def _crossing(self) -> list[Term]:
        return self._binary("*", self._interaction, lambda a, b: a + b + _products(a, b))

    def _interaction(self) -> list[Term]:
        return self._binary(":", self._power, _products)

    def _binary(
        self,
        operator: str,
        inner: Callable[[], list[Term]],
        join: Callable[[list[Term], list[Term]], list[Term]],
    ) -> list[Term]:
        terms = inner()
        while self._peek() == operator:
            self._take()
            terms = _distinct(join(terms, inner()))
        return terms

    def _power(self) -> list[Term]:
        base = self._atom()
        if self._peek() != "^":
            return base
        self._take()
        if not self._peek().isdigit():
            self._fail("a whole number after ^")
        terms = base
        for _ in range(int(self._take()) - 1):
            terms = _distinct(terms + _products(terms, base))
        return terms

    def _atom(self) -> list[Term]:
        first = self._take()
        if first == "(":
            terms = self._sum([])
            if self._take() != ")":
                self._fail("a closing parenthesis")
            return terms
        if first == "1":
            return [()]
        if first == "0":
            return [("0",)]
        if not first or not (first[0].isalpha() or first[0] in "_`"):
            self._fail("a variable")
        return [(self._call(first) if self._peek() == "(" else first.strip("`"),)]

    def _call(self, name: str) -> str:
        """The whole text of a function call, with spaces as they are written."""
        start, depth = self.text.index("(", self.position), 0
        for place in range(start, len(self.text)):
            depth += {"(": 1, ")": -1}.get(self.text[place], 0)
            if depth == 0:
                self.position = place + 1
                return name + self.text[start : place + 1]
        self._fail("a closing parenthesis")
        return name


def _products(left: list[Term], right: list[Term]) -> list[Term]:
    return _distinct([a + b for a in left for b in right])
