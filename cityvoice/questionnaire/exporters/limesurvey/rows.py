"""LimeSurvey's types for matrices and tables."""

from cityvoice.questionnaire.exporters.limesurvey.choices import ChoiceShapes
from cityvoice.questionnaire.exporters.limesurvey.shapes import Shape, Words, number_text
from cityvoice.questionnaire.exporters.limesurvey.spelling import Codes
from cityvoice.questionnaire.importers.limesurvey.builtin import builtin
from cityvoice.questionnaire.kinds import ColumnKind, Display
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import Question

_BUILT_IN = {
    "C": (("Y", "yes"), ("U", "uncertain"), ("N", "no")),
    "E": (("I", "increase"), ("S", "same"), ("D", "decrease")),
}


class RowShapes(ChoiceShapes):
    """Types for what has rows, and perhaps columns."""

    def _matrix(self, question: Question, codes: Codes) -> Shape:
        shape = Shape(self._matrix_type(question))
        if shape.type == "F":
            self._answers(question, codes, shape)
            if question.ordered:
                self.lose(question, "ordered", Message("LimeSurvey does not say that a scale is ordered"))
        self._items(question, codes, shape)
        if question.display is Display.DROPDOWN:
            shape.attributes["use_dropdown"] = "1"
        return shape

    def _matrix_type(self, question: Question) -> str:
        """The types whose scale is LimeSurvey's own."""
        points = [(option.code, set(option.label.translations.values())) for option in question.options]
        for type_, most in (("A", 5), ("B", 10)):
            if points == [(str(n), {str(n)}) for n in range(1, most + 1)]:
                return type_
        said = [(option.code, option.label) for option in question.options]
        for type_, words in _BUILT_IN.items():
            if said == [(code, builtin(word, self.languages)) for code, word in words]:
                return type_
        return "F"

    def _items(self, question: Question, codes: Codes, shape: Shape) -> None:
        for item in question.items:
            words = dict(self._words(question, item.label))
            if item.opposite is not None:
                other_end = self._words(question, item.opposite)
                words = {each: f"{said}|{other_end.get(each, '')}" for each, said in words.items()}
            relevance = self.translator.expression(item.when, f"question {question.name}, {item.name}")
            shape.rows.append((codes.items[item.name], words, relevance or "1"))

    def _table(self, question: Question, codes: Codes) -> Shape:
        kinds = {column.kind for column in question.columns}
        if kinds == {ColumnKind.SINGLE} and len(question.columns) == 2:
            shape = self._dual(question, codes)
        elif kinds <= {ColumnKind.NUMBER} or kinds <= {ColumnKind.FLAG}:
            shape = Shape(":", self._number_table(question))
            self._columns(question, codes, shape)
        else:
            if kinds != {ColumnKind.TEXT}:
                self.lose(
                    question,
                    Message("columns of different kinds"),
                    Message("LimeSurvey's tables are of one kind: all are texts"),
                )
            shape = Shape(";")
            self._columns(question, codes, shape)
        self._items(question, codes, shape)
        return shape

    def _dual(self, question: Question, codes: Codes) -> Shape:
        shape = Shape("1")
        for scale, (column, header) in enumerate(
            zip(question.columns, ("dualscale_headerA", "dualscale_headerB"), strict=True)
        ):
            shape.attributes[header] = self._words(question, column.label)
            for option in column.options:
                shape.answers.append((codes.answers[option.code], self._words(question, option.label), scale))
            if column.name != str(scale):
                self.lose(
                    question,
                    Message("column %(name)s became %(scale)s", name=column.name, scale=scale),
                    Message("a dual scale numbers its columns"),
                )
        return shape

    def _columns(self, question: Question, codes: Codes, shape: Shape) -> None:
        shape.columns = [
            (codes.columns[each.name], self._words(question, each.label), "1") for each in question.columns
        ]

    def _number_table(self, question: Question) -> dict[str, str | Words]:
        first = question.columns[0]
        if first.kind is ColumnKind.FLAG:
            return {"multiflexible_checkbox": "1"}
        if any(
            (each.low, each.high, each.step) != (first.low, first.high, first.step)
            for each in question.columns
        ):
            self.lose(
                question,
                Message("limits of each column"),
                Message("LimeSurvey has the same for all: the first's"),
            )
        limits = {
            "multiflexible_min": first.low,
            "multiflexible_max": first.high,
            "multiflexible_step": first.step,
        }
        return {
            "input_boxes": "1",
            **{name: number_text(each) for name, each in limits.items() if each is not None},
        }
