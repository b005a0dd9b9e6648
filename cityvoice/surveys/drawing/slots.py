"""Places in a drawing that depend on the respondent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from markupsafe import escape

from cityvoice.questionnaire.question import Text
from cityvoice.surveys.drawing.filling import GROUP, OPTION, Filling


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
        return "".join(join(block, filling) for block in shown)


def join(segments: Sequence[str | Slot], filling: Filling) -> str:
    return "".join([each if isinstance(each, str) else each.html(filling) for each in segments])


def _has_options(block: Sequence[str | Slot], filling: Filling) -> bool:
    order = filling.order.get(OPTION)
    runs = [each for each in block if isinstance(each, Run) and each.axis == OPTION]
    return order is None or any(key in run.blocks for run in runs for key in order)
