"""Random choices that follow from the seed kept among the answers: the same answers give the same choices."""

from collections.abc import Mapping
from hashlib import sha256
from itertools import accumulate

from cityvoice.questionnaire.expressions.functions.signature import Function
from cityvoice.questionnaire.expressions.types import NUMERIC, TEXTUAL, ValueType
from cityvoice.questionnaire.expressions.values import Value, as_number, as_text
from cityvoice.questionnaire.model import SEED

_BITS = 53  # as many as a float holds exactly


def fraction(seed: str, name: str) -> float:
    """A number from 0 to below 1, independent for every name."""
    digest = sha256(f"{seed}\n{name}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / float(1 << _BITS)


def _random(seed: Value, name: Value) -> float | None:
    start, words = as_text(seed), as_text(name)
    return None if not start or words is None else fraction(start, words)


def _draw(seed: Value, name: Value, *shares: Value) -> int | None:
    """The number of one of the shares, each with its probability."""
    drawn = _random(seed, name)
    weights = [max(as_number(share) or 0.0, 0.0) for share in shares]
    ends = list(accumulate(weights))
    if drawn is None or not ends[-1]:
        return None
    return next((number for number, end in enumerate(ends, start=1) if drawn * ends[-1] < end), len(ends))


FUNCTIONS: Mapping[str, Function] = {
    "random": Function((TEXTUAL,), ValueType.NUMBER, _random, given=(SEED,)),
    "draw": Function((TEXTUAL, NUMERIC), ValueType.NUMBER, _draw, repeats=True, given=(SEED,)),
}
