"""Our kinds of questions as rows of the survey sheet."""

from collections.abc import Callable, Iterator, Mapping

from cityvoice.questionnaire.exporters.xlsform.choice_rows import ChoiceRows
from cityvoice.questionnaire.exporters.xlsform.row import Row, Words, quoted, range_text
from cityvoice.questionnaire.kinds import ColumnKind, Display, Geometry, QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.moments import is_day, is_time
from cityvoice.questionnaire.question import Column, Question

K = QuestionKind
_SHAPES = {Geometry.POINT: "geopoint", Geometry.LINE: "geotrace", Geometry.POLYGON: "geoshape"}
_MEDIA = frozenset({"image", "audio", "video"})
_COLUMNS = {ColumnKind.NUMBER: "decimal", ColumnKind.TEXT: "text", ColumnKind.FLAG: "acknowledge"}


class RowMaker(ChoiceRows):
    """Makes the rows of a question."""

    def rows(self, question: Question) -> Iterator[Row]:
        """The rows of a question, in front of them the calculations that their texts need."""
        made = list(_MAKERS[question.kind](self, question))
        made[0].cells["relevant"] = self.expression(question.when, question)
        made += self._words(question)
        self._told(question)
        yield from self.computed()
        yield from made

    def computed(self) -> Iterator[Row]:
        for name, calculation in self.translator.take_computed():
            yield Row("calculate", name, {"calculation": calculation})

    def table(self, question: Question) -> Iterator[Row]:
        """For each item a group with a row for each column."""
        self.lose(question, "table", Message("it becomes a group for each of its rows"))
        yield self.opened(question)
        for item in question.items:
            label: dict[str, Words] = {"label": self.words(item.label, question)}
            group = Row("begin_group", f"{question.item_key(item)}_row", {}, label)
            group.cells["relevant"] = self.expression(item.when, question)
            yield group
            for column in question.columns:
                type_ = self._column_type(question, column)
                row = self.row(type_, question, question.cell_key(item, column), column.label)
                yield self._cell(row, question, column)
            yield Row("end_group")
        yield Row("end_group")

    def _column_type(self, question: Question, column: Column) -> str:
        if column.kind is not ColumnKind.SINGLE:
            return _COLUMNS[column.kind]
        name = f"{question.name}_{column.name}"
        return f"select_one {self.choices.list_of(name, column.options, frozenset(), self.translator)}"

    def _cell(self, row: Row, question: Question, column: Column) -> Row:
        limits = bounds_of(column.low, column.high)
        row.cells["constraint"] = self.translator.all_of(limits, f"question {question.name}")
        return row

    def number(self, question: Question) -> Iterator[Row]:
        row = self.row(_number_type(question), question)
        if question.options:
            self.lose(question, Message("codes of missing answers"), Message("a number there is a number"))
        if question.display is Display.SLIDER and question.low is not None and question.high is not None:
            row.type = "range"
            row.cells["parameters"] = range_text(question.low, question.high, question.step or 1)
            yield self.defaulted(self.constrained(row, question), question)
            return
        yield self.defaulted(
            self.constrained(row, question, *bounds_of(question.low, question.high)), question
        )

    def numbers(self, question: Question) -> Iterator[Row]:
        self.lose(question, Message("several numbers"), Message("they become a group of single numbers"))
        yield self.opened(question)
        rows = list(self.items(question, _number_type(question)))
        for row in rows:
            limits = bounds_of(question.low, question.high)
            if row is rows[-1] and question.total is not None:
                others = ", ".join((*question.main_fields[:-1], "this"))
                limits.append(f"sum({others}) = {question.total:.15g}")
            row.cells["constraint"] = self.translator.all_of(limits, f"question {question.name}")
        yield from rows
        yield Row("end_group")

    def text(self, question: Question) -> Iterator[Row]:
        row = self.row("text", question)
        row.cells["appearance"] = "" if question.display is Display.LINE else "multiline"
        if question.format:
            self.lose(
                question,
                Message("format %(format)s", format=question.format),
                Message("texts have none there"),
            )
        limits = []
        if question.max_length is not None:
            limits.append(f"length(this) <= {question.max_length}")
        if question.pattern is not None:
            limits.append(f"matches(this, {quoted(f'^(?:{question.pattern})$')})")
        yield self.defaulted(self.constrained(row, question, *limits), question)

    def texts(self, question: Question) -> Iterator[Row]:
        self.lose(question, Message("several texts"), Message("they become a group of single texts"))
        yield self.opened(question)
        yield from self.items(question, "text")
        yield Row("end_group")

    def moment(self, question: Question) -> Iterator[Row]:
        if question.options:
            self.lose(question, Message("codes of missing answers"), Message("a date there is a date"))
        row = self.row(str(question.kind), question)
        limits = [
            f"this {sign} {quoted(bound) if is_day(bound) or is_time(bound) else bound}"
            for sign, bound in ((">=", question.earliest), ("<=", question.latest))
            if bound is not None
        ]
        yield self.defaulted(self.constrained(row, question, *limits), question)

    def file(self, question: Question) -> Iterator[Row]:
        kinds = {media.split("/")[0] for media in question.accept}
        kind = kinds.pop() if len(kinds) == 1 else "file"
        yield self.row(kind if kind in _MEDIA else "file", question)

    def place(self, question: Question) -> Iterator[Row]:
        yield self.row(_SHAPES[question.geometry], question)

    def consent(self, question: Question) -> Iterator[Row]:
        yield self.row("acknowledge", question)

    def info(self, question: Question) -> Iterator[Row]:
        yield self.row("note", question)

    def hidden(self, question: Question) -> Iterator[Row]:
        if question.value is None:
            yield Row("hidden", question.name)
            return
        calculation = self.expression(question.value, question)
        yield Row("calculate", question.name, {"calculation": calculation or "''"})

    def _words(self, question: Question) -> Iterator[Row]:
        """The words of "other, namely" and the remark, as texts under the names that they have here."""
        for key, option in question.word_fields.items():
            multiple = question.kind in {K.MULTIPLE, K.RANKING}
            when = f"{question.name} = {quoted(option.code)}"
            when = f"selected({question.name}, {quoted(option.code)})" if multiple else when
            if question.kind is K.RANKING:
                self.lose(
                    question,
                    Message("words of option %(code)s", code=option.code),
                    Message("a ranking has none"),
                )
                continue
            label: dict[str, Words] = {"label": self.words(option.label, question)}
            yield Row("text", key, {"relevant": self.expression(when, question)}, label)
        if question.comment and question.remark_field:
            row = Row("text", question.remark_field)
            row.texts["label"] = self.words(question.comment, question)
            yield row

    def _told(self, question: Question) -> None:
        if question.unit:
            self.lose(question, "unit", Message("numbers have none there"))
        is_stepped = question.kind is K.NUMBER and question.step not in {None, 1}
        if is_stepped and question.display is not Display.SLIDER:
            self.lose(
                question,
                Message("step %(step)s", step=question.step or 1),
                Message("numbers have none there"),
            )
        if question.label or question.ordered or question.favourable:
            self.lose(
                question,
                Message("short label, order or favourable codes"),
                Message("forms hold nothing for analysis"),
            )


def bounds_of(low: float | None, high: float | None) -> list[str]:
    return [f"this {sign} {bound:.15g}" for sign, bound in ((">=", low), ("<=", high)) if bound is not None]


def _number_type(question: Question) -> str:
    return "integer" if question.step is not None and float(question.step).is_integer() else "decimal"


_Maker = Callable[[RowMaker, Question], Iterator[Row]]
_MAKERS: Mapping[QuestionKind, _Maker] = {
    K.SINGLE: RowMaker.single,
    K.MULTIPLE: RowMaker.multiple,
    K.MATRIX: RowMaker.matrix,
    K.TABLE: RowMaker.table,
    K.SCALE: RowMaker.scale,
    K.RANKING: RowMaker.ranking,
    K.BEST_WORST: RowMaker.best_worst,
    K.NUMBER: RowMaker.number,
    K.NUMBERS: RowMaker.numbers,
    K.TEXT: RowMaker.text,
    K.TEXTS: RowMaker.texts,
    K.DATE: RowMaker.moment,
    K.TIME: RowMaker.moment,
    K.FILE: RowMaker.file,
    K.PLACE: RowMaker.place,
    K.CONSENT: RowMaker.consent,
    K.INFO: RowMaker.info,
    K.HIDDEN: RowMaker.hidden,
}
