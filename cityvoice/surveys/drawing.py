"""Questions as HTML, fast: each is drawn once per version and language, and filled in for each respondent.

A template draws a question with a `Pen`. Where the HTML depends on a respondent, the pen leaves a mark and
notes what belongs there; `compile_drawing` cuts the HTML at the marks. Filling is joining strings: the words,
names and frames of a page never pass through a template again. The templates stay the only place of markup.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from markupsafe import Markup, escape

from cityvoice.questionnaire.model import Text

OPTION, ITEM, GROUP = "option", "item", "group"  # what may be left out or put in another order
COLUMN = "column:"  # followed by a column's name: the options of that column

_MARK = re.compile("\x02([0-9]+)\x03")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s*\n\s*")
_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,:;!?()\[\]]")


@dataclass
class Filling:
    """One respondent's page: everything that a drawing leaves open."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by form field: what stands in it
    errors: Mapping[str, str] = field(default_factory=dict)  # by form field: what is wrong with it
    order: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by axis: what is shown; none: all
    off: frozenset[tuple[str, str]] = (
        frozenset()
    )  # (axis, key): on the page, but hidden until script shows it
    is_off: bool = False  # the whole question, likewise
    pipe: Callable[[Text], str] = lambda text: text.in_("")  # a text with its {expressions} filled in
    parts: Mapping[str, str] = field(default_factory=dict)  # HTML by name, for a page's frame
    identified: set[str] = field(default_factory=set)  # fields whose id has been written

    def is_blank(self) -> bool:
        """Whether an unanswered question looks as it does to everybody."""
        return not (self.values or self.errors or self.order or self.off or self.is_off)


class Slot(Protocol):
    """A place in a drawing that depends on the respondent."""

    def html(self, filling: Filling) -> str: ...


@dataclass(frozen=True, slots=True)
class Chosen:
    field: str
    code: str
    word: str  # checked, selected

    def html(self, filling: Filling) -> str:
        return f" {self.word}" if self.code in filling.values.get(self.field, ()) else ""


@dataclass(frozen=True, slots=True)
class Value:
    field: str
    apart: tuple[str, ...]  # codes of "don't know" and its like, which stand in boxes of their own

    def html(self, filling: Filling) -> str:
        values = [value for value in filling.values.get(self.field, ()) if value not in self.apart]
        return str(escape(values[0])) if values else ""


@dataclass(frozen=True, slots=True)
class Identity:
    """The id of a field: on the first of its controls that is drawn, so that links to the field find it."""

    field: str

    def html(self, filling: Filling) -> str:
        if self.field in filling.identified:
            return ""
        filling.identified.add(self.field)
        return f' id="{self.field}"'


@dataclass(frozen=True, slots=True)
class Wrong:
    fields: tuple[str, ...]

    def html(self, filling: Filling) -> str:
        return " wrong" if any(name in filling.errors for name in self.fields) else ""


@dataclass(frozen=True, slots=True)
class Message:
    field: str

    def html(self, filling: Filling) -> str:
        message = filling.errors.get(self.field)
        return f'<p class="error" id="{self.field}-error"><bdi>{escape(message)}</bdi></p>' if message else ""


@dataclass(frozen=True, slots=True)
class Described:
    field: str
    ids: tuple[str, ...]
    is_control: bool  # one input, which may be called invalid; a group of radio buttons may not

    def html(self, filling: Filling) -> str:
        if self.field not in filling.errors:
            return f' aria-describedby="{" ".join(self.ids)}"' if self.ids else ""
        invalid = ' aria-invalid="true"' if self.is_control else ""
        return f' aria-describedby="{" ".join((*self.ids, f"{self.field}-error"))}"{invalid}'


@dataclass(frozen=True, slots=True)
class Off:
    """What the answers of this very page call for: there, hidden, so that a script can show it at once."""

    axis: str | None
    key: str
    words: str

    def html(self, filling: Filling) -> str:
        is_off = (self.axis, self.key) in filling.off if self.axis else filling.is_off
        return f" {self.words}" if is_off else ""


@dataclass(frozen=True, slots=True)
class Piped:
    text: Text
    render: Callable[[str], str]

    def html(self, filling: Filling) -> str:
        return self.render(filling.pipe(self.text))


@dataclass(frozen=True, slots=True)
class Part:
    """A named piece of a page's frame."""

    name: str

    def html(self, filling: Filling) -> str:
        return filling.parts[self.name]


@dataclass(frozen=True, slots=True)
class Begin:
    axis: str
    key: str

    def html(self, filling: Filling) -> str:
        raise AssertionError("blocks are taken out when a drawing is compiled")


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring blocks of one axis, of which a respondent sees some, in an order of their own."""

    axis: str
    blocks: Mapping[str, tuple["str | Slot", ...]]

    def html(self, filling: Filling) -> str:
        order = filling.order.get(self.axis)
        shown = (
            self.blocks.values()
            if order is None
            else [self.blocks[key] for key in order if key in self.blocks]
        )
        if self.axis == GROUP:
            shown = [block for block in shown if _has_options(block, filling)]
        return "".join(_join(block, filling) for block in shown)


@dataclass(frozen=True)
class Drawing:
    segments: tuple[str | Slot, ...]
    blank: str | None  # the HTML for somebody who has not answered; None when it is not the same for all

    def fill(self, filling: Filling) -> str:
        if self.blank is not None and filling.is_blank():
            return self.blank
        return _join(self.segments, filling)


class Pen:
    """What templates draw with: each method gives HTML, or a mark where it depends on the respondent."""

    def __init__(
        self,
        language: str,
        *,
        is_piped: Callable[[Text], bool] = lambda _text: False,
        instant: frozenset[tuple[str, str]] = frozenset(),
        is_instant: bool = False,
    ) -> None:
        self.language = language
        self.slots: list[Slot | None] = []
        self.is_instant = is_instant  # shown or hidden by the answers of its own page
        self._instant = instant
        self._is_piped = is_piped

    def words(self, text: Text) -> Markup:
        """A text inside a line: escaped, its links made links, its lines kept."""
        return self._text(text, inline)

    def paragraphs(self, text: Text) -> Markup:
        return self._text(text, paragraphs)

    def plain(self, text: Text) -> Markup:
        """A text for an attribute."""
        return self._text(text, lambda words: str(escape(" ".join(words.split()))))

    def checked(self, name: str, code: str) -> Markup:
        return self._mark(Chosen(name, code, "checked"))

    def selected(self, name: str, code: str) -> Markup:
        return self._mark(Chosen(name, code, "selected"))

    def value(self, name: str, apart: Sequence[str] = ()) -> Markup:
        return self._mark(Value(name, tuple(apart)))

    def id(self, name: str) -> Markup:
        return self._mark(Identity(name))

    def wrong(self, *names: str) -> Markup:
        return self._mark(Wrong(names))

    def error(self, name: str) -> Markup:
        return self._mark(Message(name))

    def described(self, name: str, *ids: str) -> Markup:
        """Says of a group what else describes it: its hint, its error."""
        return self._mark(Described(name, tuple(filter(None, ids)), is_control=False))

    def about(self, name: str, *ids: str) -> Markup:
        """The same of a single control, which is invalid when it has an error."""
        return self._mark(Described(name, tuple(filter(None, ids)), is_control=True))

    def off(self, axis: str, key: str, words: str = "hidden") -> Markup:
        return self._mark(Off(axis, key, words)) if (axis, key) in self._instant else Markup("")

    def off_question(self) -> Markup:
        return self._mark(Off(None, "", "hidden disabled"))

    def part(self, name: str) -> Markup:
        return self._mark(Part(name))

    def option(self, code: str) -> Markup:
        return self._mark(Begin(OPTION, code))

    def column_option(self, column: str, code: str) -> Markup:
        return self._mark(Begin(COLUMN + column, code))

    def item(self, name: str) -> Markup:
        return self._mark(Begin(ITEM, name))

    def group(self, name: str) -> Markup:
        return self._mark(Begin(GROUP, name))

    def end(self) -> Markup:
        return self._mark(None)

    def _text(self, text: Text, render: Callable[[str], str]) -> Markup:
        if self._is_piped(text):
            return self._mark(Piped(text, render))
        return Markup(render(text.in_(self.language)))  # noqa: S704 - `render` escapes

    def _mark(self, slot: Slot | None) -> Markup:
        self.slots.append(slot)
        return Markup(f"\x02{len(self.slots) - 1}\x03")  # noqa: S704 - a number between two marks


def compile_drawing(html: str, pen: Pen) -> Drawing:
    """Cut the HTML that a template drew with `pen` at its marks."""
    pieces = iter(_MARK.split(_SPACE.sub("\n", html)))
    segments = tuple(_read(pieces, pen.slots))
    try:
        blank = None if _is_personal(segments) else _join(segments, Filling())
    except KeyError:  # a frame: always somebody's
        blank = None
    return Drawing(segments, blank)


def inline(words: str) -> str:
    """Words as HTML inside a line."""
    return "<br>".join(_linked(line) for line in clean(words).strip().splitlines())


def paragraphs(words: str) -> str:
    lines = [line for line in clean(words).splitlines() if line.strip()]
    return "".join(f"<p>{_linked(line)}</p>" for line in lines)


def clean(words: str) -> str:
    return _CONTROL.sub("", words)


def _linked(line: str) -> str:
    """Addresses become links; they open beside the questionnaire, so that no answer is lost."""
    written, place = [], 0
    for match in _LINK.finditer(line):
        address = escape(match.group())
        written.append(str(escape(line[place : match.start()])))
        written.append(f'<a href="{address}" target="_blank" rel="noopener noreferrer">{address}</a>')
        place = match.end()
    return "".join((*written, str(escape(line[place:]))))


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


def _join(segments: Sequence[str | Slot], filling: Filling) -> str:
    return "".join([each if isinstance(each, str) else each.html(filling) for each in segments])


def _is_personal(segments: Sequence[str | Slot]) -> bool:
    """Whether even an unanswered question differs between respondents: it quotes their answers."""
    for each in segments:
        if isinstance(each, Piped | Part):
            return True
        if isinstance(each, Run) and any(_is_personal(block) for block in each.blocks.values()):
            return True
    return False


def _has_options(block: Sequence[str | Slot], filling: Filling) -> bool:
    order = filling.order.get(OPTION)
    runs = [each for each in block if isinstance(each, Run) and each.axis == OPTION]
    return order is None or any(key in run.blocks for run in runs for key in order)
