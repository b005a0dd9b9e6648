"""Our kinds of questions as rows of the survey sheet."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from cityvoice.questionnaire.exporters.xlsform.choices import Choices
from cityvoice.questionnaire.exporters.xlsform.spelling import Translator
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import (
    Column,
    ColumnKind,
    Display,
    Geometry,
    Question,
    QuestionKind,
    ResponseOption,
    Text,
)
from cityvoice.questionnaire.moments import is_day, is_time
from cityvoice.questionnaire.own_words import own_words

K = QuestionKind
Words = Mapping[str, str]  # by language
_SHAPES = {Geometry.POINT: "geopoint", Geometry.LINE: "geotrace", Geometry.POLYGON: "geoshape"}
_MEDIA = frozenset({"image", "audio", "video"})
_COLUMNS = {ColumnKind.NUMBER: "decimal", ColumnKind.TEXT: "text", ColumnKind.FLAG: "acknowledge"}
_APPEARANCES = {Display.DROPDOWN: "minimal", Display.BUTTONS: "columns"}


@dataclass
class Row:
    """One row of the survey sheet: plain cells, and texts by language."""

    type: str
    name: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    texts: dict[str, Words] = field(default_factory=dict)


class RowMaker:
    """Makes the rows of a question; what does not fit is told."""

    def __init__(
        self, translator: Translator, choices: Choices, languages: tuple[str, ...], report: Report
    ) -> None:
        self.translator = translator
        self.choices = choices
        self.languages = languages
        self.report = report

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

    def expression(self, source: str | None, question: Question) -> str:
        return self.translator.expression(source, f"question {question.name}")

    def words(self, text: Text | None, question: Question) -> dict[str, str]:
        return self.translator.words(text, f"question {question.name}")

    def lose(self, question: Question, what: str, why: str) -> None:
        self.report.lose(Message("question %(name)s", name=question.name), what, why)

    def row(self, type_: str, question: Question, name: str = "", label: Text | None = None) -> Row:
        """A row with what every question has."""
        row = Row(type_, name or question.name)
        row.texts["label"] = self.words(label or question.text, question)
        if not name or name == question.name:
            row.texts["hint"] = self.words(question.hint, question)
            row.texts["guidance_hint"] = self.words(question.instruction, question)
        if question.required:
            row.cells["required"] = "yes"
        return row

    def constrained(self, row: Row, question: Question, *limits: str) -> Row:
        """The row with limits and rules as its constraint."""
        sources = [*limits, *(rule.expression for rule in question.rules)]
        row.cells["constraint"] = self.translator.all_of(sources, f"question {question.name}")
        messages = [rule.message for rule in question.rules if rule.message]
        if len(messages) == 1 and row.cells["constraint"]:
            row.texts["constraint_message"] = self.words(messages[0], question)
        elif messages:
            self.lose(
                question,
                Message("%(n)s messages", n=len(messages)),
                Message("a row has one constraint and one message"),
            )
        return row

    def defaulted(self, row: Row, question: Question) -> Row:
        if question.default is not None:
            literal = self.translator.literal(question.default)
            row.cells["default"] = literal or self.expression(question.default, question)
        return row

    # --- choices

    def chosen(self, type_: str, question: Question, *limits: str) -> Row:
        options, attributes = question.options, frozenset[str]()
        if question.option_filter:
            attributes = frozenset(name for each in options for name in each.attributes or ())
        list_name = self.choices.list_of(question.name, options, attributes, self.translator)
        row = self.row(f"{type_} {list_name}", question)
        where = Message("question %(name)s", name=question.name)
        row.cells["choice_filter"] = self.translator.expression(question.option_filter, where, attributes)
        row.cells["appearance"] = _APPEARANCES.get(question.display or Display.LIST, "")
        if question.shuffle:
            row.cells["parameters"] = "randomize=true"
        for option in options:
            if option.when:
                self.lose(
                    question,
                    Message("condition of option %(code)s", code=option.code),
                    Message("choices have none"),
                )
            if option.group:
                self.lose(
                    question,
                    Message("heading of option %(code)s", code=option.code),
                    Message("choices have none"),
                )
        return self.defaulted(self.constrained(row, question, *limits), question)

    def single(self, question: Question) -> Iterator[Row]:
        yield self.chosen("select_one", question)

    def multiple(self, question: Question) -> Iterator[Row]:
        alone = [each.code for each in question.options if each.exclusive or each.missing]
        limits = [f"count(this) <= 1 or not selected(this, {quoted(code)})" for code in alone]
        yield self.chosen("select_multiple", question, *limits, *_counted(question))

    def ranking(self, question: Question) -> Iterator[Row]:
        if question.min_answers is not None or question.max_answers is not None:
            self.lose(question, Message("how many are put in order"), Message("there all choices are"))
        yield self.chosen("rank", question)

    def best_worst(self, question: Question) -> Iterator[Row]:
        list_name = self.choices.list_of(question.name, question.options, frozenset(), self.translator)
        best, worst = question.main_fields
        yield Row("begin_group", f"{question.name}_both", {}, {"label": self.words(question.text, question)})
        for name, words in ((best, "best"), (worst, "worst")):
            row = self.row(f"select_one {list_name}", question, name, own_words(words, self.languages))
            limits = [f"this != {best}"] if name == worst else []
            yield self.constrained(row, question, *limits) if name == worst else row
        yield Row("end_group")

    def matrix(self, question: Question) -> Iterator[Row]:
        list_name = self.choices.list_of(question.name, question.options, frozenset(), self.translator)
        yield self.opened(question, {"appearance": "table-list"})
        yield from self.items(question, f"select_one {list_name}")
        yield Row("end_group")
        if question.rules or question.default or question.option_filter:
            self.lose(
                question,
                Message("rules, default or filter"),
                Message("the rows of a table have none in common"),
            )

    def opened(self, question: Question, cells: dict[str, str] | None = None) -> Row:
        texts: dict[str, Words] = {"label": self.words(question.text, question)}
        texts["hint"] = self.words(question.hint, question)
        return Row("begin_group", question.name, cells or {}, texts)

    def items(self, question: Question, type_: str) -> Iterator[Row]:
        for item in question.items:
            row = self.row(type_, question, question.item_key(item), item.label)
            row.cells["relevant"] = self.expression(item.when, question)
            if item.opposite:
                self.lose(
                    question,
                    Message("other end of %(name)s", name=item.name),
                    Message("a row of a table has one label"),
                )
            yield row

    def scale(self, question: Question) -> Iterator[Row]:
        if not question.options and not question.low_label and not question.high_label and not question.rules:
            row = self.row("range", question)
            row.cells["parameters"] = _range(question.low or 0, question.high or 0, question.step or 1)
            yield self.defaulted(row, question)
            return
        list_name = self.choices.list_of(question.name, self._points(question), frozenset(), self.translator)
        row = self.row(f"select_one {list_name}", question)
        row.cells["appearance"] = "columns"
        self.lose(question, "scale", Message("it becomes a choice of its points"))
        yield self.defaulted(self.constrained(row, question), question)

    def _points(self, question: Question) -> tuple[ResponseOption, ...]:
        ends = {question.points[0]: question.low_label, question.points[-1]: question.high_label}
        return (*(self._point(code, ends.get(code)) for code in question.points), *question.options)

    def _point(self, code: str, end: Text | None) -> ResponseOption:
        said = {each: f"{code} – {end.in_(each)}" if end else code for each in self.languages}
        return ResponseOption(code, Text(said))

    # --- tables

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
        limits = _bounds(column.low, column.high)
        row.cells["constraint"] = self.translator.all_of(limits, f"question {question.name}")
        return row

    # --- numbers, words and the rest

    def number(self, question: Question) -> Iterator[Row]:
        row = self.row(_number_type(question), question)
        if question.options:
            self.lose(question, Message("codes of missing answers"), Message("a number there is a number"))
        if question.display is Display.SLIDER and question.low is not None and question.high is not None:
            row.type = "range"
            row.cells["parameters"] = _range(question.low, question.high, question.step or 1)
            yield self.defaulted(self.constrained(row, question), question)
            return
        yield self.defaulted(self.constrained(row, question, *_bounds(question.low, question.high)), question)

    def numbers(self, question: Question) -> Iterator[Row]:
        self.lose(question, Message("several numbers"), Message("they become a group of single numbers"))
        yield self.opened(question)
        rows = list(self.items(question, _number_type(question)))
        for row in rows:
            limits = _bounds(question.low, question.high)
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

    # --- what belongs to a question

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


def quoted(words: str) -> str:
    """Words as a text of our expressions."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _bounds(low: float | None, high: float | None) -> list[str]:
    return [f"this {sign} {bound:.15g}" for sign, bound in ((">=", low), ("<=", high)) if bound is not None]


def _counted(question: Question) -> list[str]:
    limits = ((">=", question.min_answers), ("<=", question.max_answers))
    return [f"count(this) {sign} {bound}" for sign, bound in limits if bound is not None]


def _range(low: float, high: float, step: float) -> str:
    return f"start={low:.15g} end={high:.15g} step={step:.15g}"


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
