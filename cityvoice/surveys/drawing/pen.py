"""What templates draw with."""

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from cityvoice.questionnaire.question import Text
from cityvoice.surveys.drawing.filling import COLUMN, GROUP, ITEM, OPTION
from cityvoice.surveys.drawing.slots import (
    Begin,
    Chosen,
    Described,
    Identity,
    Message,
    Off,
    Part,
    Piped,
    Slot,
    Value,
    Wrong,
)
from cityvoice.surveys.drawing.words import inline, paragraphs


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
