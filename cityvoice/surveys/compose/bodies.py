"""What a respondent marks and fills in, for each kind of question."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from cityvoice.questionnaire.kinds import ColumnKind, Display, QuestionKind
from cityvoice.questionnaire.question import Column, Item, Question, ResponseOption, Text
from cityvoice.surveys.compose.conditions import Gettext, Teller
from cityvoice.surveys.document import (
    Body,
    Box,
    Choices,
    Field,
    Fields,
    Figures,
    Grid,
    GridRow,
    Head,
    Lines,
    Scale,
    Words,
)

K = QuestionKind
MOST_BOXES = 60  # options; of more the answer is written down
MOST_POINTS = 11  # of a scale; of more a number is written down
SHORT = 30  # characters of a label that may stand beside another
LONG_LIST = 6  # short options that stand in two columns
FIGURES = 4  # boxes for a number without limits


class Bodies:
    def __init__(self, words: Callable[[Text | None], str], teller: Teller, gettext: Gettext) -> None:
        self.words = words
        self.teller = teller
        self.gettext = gettext

    def of(self, question: Question) -> Iterator[Body]:
        """The bodies of a question, the line for a remark last."""
        if question.kind in _MAKERS:
            yield from _MAKERS[question.kind](self, question)
        if question.comment:
            yield Lines(1, self.words(question.comment))

    def manner(self, question: Question) -> str:
        """How to answer, where the boxes alone do not say it."""
        _ = self.gettext
        most = question.max_answers
        match question.kind:
            case K.MULTIPLE if most:
                return _("Tick at most %(n)s.") % {"n": most}
            case K.MULTIPLE:
                return _("Tick all that apply.")
            case K.SINGLE:
                return _("Tick one.")
            case K.SCALE if len(question.points) <= MOST_POINTS:
                return _("Tick one.")
            case K.MATRIX:
                return _("Tick one in each row.")
            case K.RANKING if most and most < len(question.options):
                return _("Write 1 beside the first, 2 beside the second, up to %(n)s.") % {"n": most}
            case K.RANKING:
                return _("Write 1 beside the first, 2 beside the second, and so on.")
            case K.BEST_WORST:
                return _("Tick one in each column.")
            case _:
                return self._limits(question)

    def _limits(self, question: Question) -> str:
        _ = self.gettext
        low, high = question.low, question.high
        if question.kind not in {K.NUMBER, K.NUMBERS, K.SCALE} or low is None or high is None:
            return ""
        return _("From %(low)s to %(high)s.") % {"low": f"{low:.15g}", "high": f"{high:.15g}"}

    # --- choices

    def choices(self, question: Question) -> Iterator[Body]:
        shape = "square" if question.kind is K.MULTIPLE else "circle"
        yield from self._boxes(question.options, shape)

    def ranking(self, question: Question) -> Iterator[Body]:
        yield from self._boxes(question.options, "rank")

    def _boxes(self, options: Sequence[ResponseOption], shape: str) -> Iterator[Body]:
        if len(options) > MOST_BOXES:
            yield Lines(1)
            return
        boxes = tuple(self._with_headings(options))
        labels = [box for box in boxes if not box.is_apart]
        is_plain = all(len(box.label) <= SHORT and not box.line and not box.heading for box in boxes)
        yield Choices(boxes, shape, 2 if is_plain and len(labels) >= LONG_LIST else 1)

    def _with_headings(self, options: Sequence[ResponseOption]) -> Iterator[Box]:
        before = ""
        for option in options:
            heading = self.words(option.group)
            yield self._box(option, heading if heading != before else "")
            before = heading

    def _box(self, option: ResponseOption, heading: str = "") -> Box:
        label = self.words(option.label)
        return Box(label, option.code, option.specify, option.missing is not None, heading)

    def best_worst(self, question: Question) -> Iterator[Body]:
        heads = (Head(self.gettext("best"), ""), Head(self.gettext("worst"), ""))
        yield Grid(heads, tuple(GridRow(self.words(option.label)) for option in question.options))

    # --- rows

    def matrix(self, question: Question) -> Iterator[Body]:
        yield self._grid(question.options, question.items)

    def _grid(self, options: Sequence[ResponseOption], items: Sequence[Item], title: str = "") -> Grid:
        heads = (Head(self.words(each.label), each.code, each.missing is not None) for each in options)
        return Grid(tuple(heads), tuple(map(self._row, items)), title)

    def _row(self, item: Item) -> GridRow:
        opposite = self.words(item.opposite)
        return GridRow(self.words(item.label), opposite, self.teller.only_if(item.when))

    def table(self, question: Question) -> Iterator[Body]:
        """Columns of choices stand one below the other, the others together."""
        written = [column for column in question.columns if column.kind is not ColumnKind.SINGLE]
        for column in question.columns:
            if column.kind is ColumnKind.SINGLE:
                yield self._grid(column.options, question.items, self.words(column.label))
        if written:
            rows = ((self.words(item.label), tuple(map(_cell, written))) for item in question.items)
            yield Fields(tuple(rows), tuple(self.words(column.label) for column in written))

    # --- numbers, words and the rest

    def scale(self, question: Question) -> Iterator[Body]:
        boxes = tuple(map(self._box, question.options))
        if len(question.points) > MOST_POINTS:
            yield Field(_number(question.high), boxes)
            return
        yield Scale(question.points, self.words(question.low_label), self.words(question.high_label), boxes)

    def number(self, question: Question) -> Iterator[Body]:
        figures = _number(question.high, self.words(question.unit))
        yield Field(figures, tuple(map(self._box, question.options)))

    def numbers(self, question: Question) -> Iterator[Body]:
        unit = self.words(question.unit)
        most = question.total if question.high is None else question.high
        rows = ((self.words(item.label), (_number(most, unit),)) for item in question.items)
        total = ""
        if question.total is not None:
            total = self.gettext("Together %(total)s") % {"total": f"{question.total:.15g} {unit}".strip()}
        yield Fields(tuple(rows), total=total)

    def text(self, question: Question) -> Iterator[Body]:
        is_short = question.display is Display.LINE or question.format is not None
        yield Lines(1 if is_short else 4)

    def texts(self, question: Question) -> Iterator[Body]:
        yield Fields(tuple((self.words(item.label), (_LINE,)) for item in question.items))

    def date(self, question: Question) -> Iterator[Body]:
        _ = self.gettext
        parts = ((2, _("day")), (2, _("month")), (4, _("year")))
        yield Field(Figures(parts, "."), tuple(map(self._box, question.options)))

    def time(self, question: Question) -> Iterator[Body]:
        parts = ((2, self.gettext("hour")), (2, self.gettext("minute")))
        yield Field(Figures(parts, ":"), tuple(map(self._box, question.options)))

    def file(self, question: Question) -> Iterator[Body]:
        yield Words(self.gettext("Files can be sent only with the questionnaire on the web."))

    def place(self, question: Question) -> Iterator[Body]:
        yield Lines(2, self.gettext("Streets, a crossing, or what is near:"))

    def consent(self, question: Question) -> Iterator[Body]:
        label = self.words(question.label) or self.gettext("I agree")
        yield Choices((Box(label, "1"),), "square")


_LINE = Figures(((0, ""),))


def _number(high: float | None, unit: str = "") -> Figures:
    digits = len(str(int(high))) if high is not None and 0 < high < 10**8 else FIGURES
    return Figures(((digits, ""),), unit=unit)


def _cell(column: Column) -> Figures:
    if column.kind is ColumnKind.NUMBER:
        return _number(column.high)
    return Figures(((-1, ""),)) if column.kind is ColumnKind.FLAG else _LINE


_MAKERS: Mapping[QuestionKind, Callable[[Bodies, Question], Iterator[Body]]] = {
    K.SINGLE: Bodies.choices,
    K.MULTIPLE: Bodies.choices,
    K.RANKING: Bodies.ranking,
    K.BEST_WORST: Bodies.best_worst,
    K.MATRIX: Bodies.matrix,
    K.TABLE: Bodies.table,
    K.SCALE: Bodies.scale,
    K.NUMBER: Bodies.number,
    K.NUMBERS: Bodies.numbers,
    K.TEXT: Bodies.text,
    K.TEXTS: Bodies.texts,
    K.DATE: Bodies.date,
    K.TIME: Bodies.time,
    K.FILE: Bodies.file,
    K.PLACE: Bodies.place,
    K.CONSENT: Bodies.consent,
}
