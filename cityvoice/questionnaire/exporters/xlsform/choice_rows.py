"""Questions with options as rows of the survey sheet."""

from collections.abc import Iterator

from cityvoice.questionnaire.exporters.xlsform.row import Row, RowWriter, quoted, range_text
from cityvoice.questionnaire.kinds import Display
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.own_words import own_words
from cityvoice.questionnaire.question import Question, ResponseOption, Text

_APPEARANCES = {Display.DROPDOWN: "minimal", Display.BUTTONS: "columns"}


class ChoiceRows(RowWriter):
    """Rows of questions with options, and of scales."""

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

    def scale(self, question: Question) -> Iterator[Row]:
        if not question.options and not question.low_label and not question.high_label and not question.rules:
            row = self.row("range", question)
            row.cells["parameters"] = range_text(question.low or 0, question.high or 0, question.step or 1)
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


def _counted(question: Question) -> list[str]:
    limits = ((">=", question.min_answers), ("<=", question.max_answers))
    return [f"count(this) {sign} {bound}" for sign, bound in limits if bound is not None]
