"""Random digit dialling: numbers invented inside blocks of the numbering plan.

References
----------
Waksberg, J. (1978), Sampling methods for random digit dialing, Journal of the American Statistical
Association 73(361), 40-46. https://doi.org/10.1080/01621459.1978.10479995
UKE, national numbering plan of Poland: subscribers' numbers have nine digits; operators are given blocks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cityvoice.fieldwork.allocation import FloatArray
from cityvoice.fieldwork.draws import generator
from cityvoice.fieldwork.impossible import DrawFault, ImpossibleDraw
from cityvoice.fieldwork.phones import Phone, PhoneProblem, read_phone

DIGITS = 9  # of a Polish number
SHORTEST = 3  # digits of a prefix: what begins with fewer is no block of one operator
PREFIX = re.compile(rf"[1-9]\d{{{SHORTEST - 1},{DIGITS - 2}}}")


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """All numbers that begin alike; ``Block("223456")`` holds 22 345 60 00 to 22 345 69 99."""

    prefix: str

    @property
    def size(self) -> int:
        return int(10 ** (DIGITS - len(self.prefix)))

    def number(self, place: int) -> str:
        """The number at a place, from 0."""
        return f"{self.prefix}{place:0{DIGITS - len(self.prefix)}}"


@dataclass(frozen=True, eq=False)
class Numbers:
    """Generated numbers, all different, in random order.

    Parameters
    ----------
    phones : tuple of Phone, length n
    probability : float
        Of each number of the blocks: n / size.
    size : int
        Numbers in the blocks together.
    """

    phones: tuple[Phone, ...]
    probability: float
    size: int

    @property
    def weights(self) -> FloatArray:
        """Base weights of numbers: 1 / probability."""
        return np.full(len(self.phones), 1 / self.probability)


def read_blocks(prefixes: Sequence[str]) -> tuple[Block, ...]:
    """Blocks by their prefixes, sorted; a block inside another one counts once.

    Raises
    ------
    ImpossibleDraw
        No block at all, or a prefix that is none.
    """
    blocks: list[Block] = []
    for written in prefixes:
        prefix = re.sub(r"[\s-]", "", written).removeprefix("+48").removeprefix("0048")
        if not PREFIX.fullmatch(prefix):
            raise ImpossibleDraw(DrawFault.BAD_BLOCK, block=written)
        blocks.append(Block(prefix))
    if not blocks:
        raise ImpossibleDraw(DrawFault.NO_UNITS)
    apart: list[Block] = []
    for block in sorted(blocks):  # whatever holds a block stands before it
        if not apart or not block.prefix.startswith(apart[-1].prefix):
            apart.append(block)
    return tuple(apart)


def generate(blocks: Sequence[Block], n: int, *, seed: int) -> Numbers:
    """Draw n different numbers, each of the blocks' with the same probability n / size.

    Parameters
    ----------
    blocks
        From `read_blocks`, so that none lies inside another.

    Raises
    ------
    ImpossibleDraw
        More numbers than the blocks hold, or a block with numbers that the numbering plan does not have.
    """
    sizes = np.array([block.size for block in blocks], dtype=np.int64)
    total = int(sizes.sum())
    if n < 1:
        raise ImpossibleDraw(DrawFault.NONE_WANTED)
    if n > total:
        raise ImpossibleDraw(DrawFault.TOO_MANY, wanted=n, most=total)
    places = generator(seed).choice(total, size=n, replace=False, shuffle=True)
    ends = np.cumsum(sizes)
    of = np.searchsorted(ends, places, side="right")
    offsets = places - (ends - sizes)[of]
    chosen = zip(of.tolist(), offsets.tolist(), strict=True)
    phones = tuple(_phone(blocks[block], offset) for block, offset in chosen)
    return Numbers(phones, n / total, total)


def _phone(block: Block, place: int) -> Phone:
    number = block.number(place)
    try:
        return read_phone(number)
    except PhoneProblem:
        raise ImpossibleDraw(DrawFault.NOT_IN_PLAN, block=block.prefix, number=number) from None
