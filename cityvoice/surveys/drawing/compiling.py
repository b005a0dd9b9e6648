"""A drawing cut at its marks, to be filled for each respondent."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cityvoice.surveys.drawing.filling import Filling
from cityvoice.surveys.drawing.pen import Pen
from cityvoice.surveys.drawing.slots import Begin, Part, Piped, Run, Slot, join

_MARK = re.compile("\x02([0-9]+)\x03")
_SPACE = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Drawing:
    segments: tuple[str | Slot, ...]
    blank: str | None  # the HTML for somebody who has not answered; None when it is not the same for all

    def fill(self, filling: Filling) -> str:
        if self.blank is not None and filling.is_blank():
            return self.blank
        return join(self.segments, filling)


def compile_drawing(html: str, pen: Pen) -> Drawing:
    """Cut the HTML that a template drew with `pen` at its marks."""
    pieces = iter(_MARK.split(_SPACE.sub("\n", html)))
    segments = tuple(_read(pieces, pen.slots))
    try:
        blank = None if _is_personal(segments) else join(segments, Filling())
    except KeyError:  # a frame: always somebody's
        blank = None
    return Drawing(segments, blank)


def _read(pieces: Iterator[str], slots: Sequence[Slot | None]) -> list[str | Slot]:
    """The segments up to the end of the block that one is in, or of the drawing."""
    segments: list[str | Slot] = [text] if (text := next(pieces)) else []
    for number in pieces:
        slot = slots[int(number)]
        if slot is None:
            return segments
        if isinstance(slot, Begin):
            _add_block(segments, slot, tuple(_read(pieces, slots)))
        else:
            segments.append(slot)
        if text := next(pieces, ""):
            segments.append(text)
    return segments


def _add_block(segments: list[str | Slot], begin: Begin, block: tuple[str | Slot, ...]) -> None:
    if segments and isinstance(segments[-1], str) and not segments[-1].strip():
        segments.pop()
    last = segments[-1] if segments else None
    if isinstance(last, Run) and last.axis == begin.axis and begin.key not in last.blocks:
        segments[-1] = Run(last.axis, {**last.blocks, begin.key: block})
    else:
        segments.append(Run(begin.axis, {begin.key: block}))


def _is_personal(segments: Sequence[str | Slot]) -> bool:
    """Whether even an unanswered question differs between respondents: it quotes their answers."""
    for each in segments:
        if isinstance(each, Piped | Part):
            return True
        if isinstance(each, Run) and any(_is_personal(block) for block in each.blocks.values()):
            return True
    return False
