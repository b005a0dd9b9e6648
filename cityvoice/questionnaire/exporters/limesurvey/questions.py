"""LimeSurvey's question types for our kinds."""

import re
from collections.abc import Callable, Mapping

from cityvoice.questionnaire.exporters.limesurvey.rows import RowShapes
from cityvoice.questionnaire.exporters.limesurvey.shapes import Shape, Words, number_text
from cityvoice.questionnaire.exporters.limesurvey.spelling import Codes
from cityvoice.questionnaire.kinds import Display, QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import Question

K = QuestionKind


class Shaper(RowShapes):
    """Finds the type for a question; what does not fit is told."""

    def shape(self, question: Question, codes: Codes) -> Shape:
        makers: Mapping[QuestionKind, Callable[[Question, Codes], Shape]] = {
            K.SINGLE: self._single,
            K.MULTIPLE: self._multiple,
            K.MATRIX: self._matrix,
            K.TABLE: self._table,
            K.SCALE: self._scale,
            K.RANKING: self._ranking,
            K.BEST_WORST: self._best_worst,
            K.NUMBER: self._number,
            K.NUMBERS: self._numbers,
            K.TEXT: self._text,
            K.TEXTS: self._text,
            K.DATE: self._moment,
            K.TIME: self._moment,
            K.FILE: self._file,
            K.PLACE: lambda *_: Shape("S", {"location_mapservice": "100"}),
            K.CONSENT: self._consent,
            K.INFO: lambda *_: Shape("X"),
            K.HIDDEN: self._hidden,
        }
        found = makers[question.kind](question, codes)
        self._random(question, found)
        self._rest(question)
        return found

    def _number(self, question: Question, codes: Codes) -> Shape:
        shape = Shape("N", _limits(question))
        if question.unit is not None:
            shape.attributes["suffix"] = self._words(question, question.unit)
        self._missing(question)
        return shape

    def _numbers(self, question: Question, codes: Codes) -> Shape:
        shape = Shape("K", _limits(question))
        if question.total is not None:
            shape.attributes["equals_num_value"] = number_text(question.total)
        if question.display is Display.SLIDER:
            low, high = question.low or 0, 100 if question.high is None else question.high
            shape.attributes |= {
                "slider_layout": "1",
                "slider_min": number_text(low),
                "slider_max": number_text(high),
            }
            shape.attributes["slider_accuracy"] = number_text(question.step or 1)
        if question.unit is not None:
            self.lose(question, "unit", Message("several numbers have none in LimeSurvey"))
        self._items(question, codes, shape)
        self._counts(question, shape)
        return shape

    def _text(self, question: Question, codes: Codes) -> Shape:
        shape = Shape("S" if question.display is Display.LINE else "T")
        if question.kind is K.TEXTS:
            shape.type = "Q"
            self._items(question, codes, shape)
            self._counts(question, shape)
        if question.max_length is not None:
            shape.attributes["maximum_chars"] = str(question.max_length)
        if question.pattern is not None:
            shape.pattern = "/^" + question.pattern.replace("/", "\\/") + "$/"
        if question.format is not None:
            self.lose(
                question,
                Message("format %(format)s", format=question.format),
                Message("LimeSurvey has no such format"),
            )
        return shape

    def _moment(self, question: Question, codes: Codes) -> Shape:
        shape = Shape("D", {"date_format": "yyyy-mm-dd" if question.kind is K.DATE else "HH:MM"})
        for name, source in (("date_min", question.earliest), ("date_max", question.latest)):
            if source is None:
                continue
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", source):
                shape.attributes[name] = source
            elif written := self.translator.expression(source, f"question {question.name}"):
                shape.attributes[name] = "now" if source == "today()" else written
        return shape

    def _file(self, question: Question, codes: Codes) -> Shape:
        kinds = [each.partition("/")[2] for each in question.accept]
        return Shape("|", {"allowed_filetypes": ", ".join(kinds) or "png, jpg, pdf", "max_num_of_files": "1"})

    def _consent(self, question: Question, codes: Codes) -> Shape:
        self.lose(question, "consent", Message("it becomes a multiple choice with one option"))
        return Shape("M", rows=[("1", dict.fromkeys(self.languages, "\u2713"), "1")])

    def _hidden(self, question: Question, codes: Codes) -> Shape:
        if question.value is None:
            self.lose(
                question,
                Message("hidden question"),
                Message("it becomes a hidden text, to be filled from the address"),
            )
            return Shape("S", {"hidden": "1"})
        written = self.translator.expression(question.value, f"question {question.name}")
        return Shape("*", {"hidden": "1", "equation": f"{{{written}}}" if written else ""})

    def _random(self, question: Question, shape: Shape) -> None:
        if question.shuffle:
            shape.attributes["answer_order" if shape.type in "L!OR" else "random_order"] = (
                "random" if shape.type in "L!OR" else "1"
            )

    def _rest(self, question: Question) -> None:
        if question.comment and (
            question.kind is not K.SINGLE or any(each.specify for each in question.options)
        ):
            self.lose(question, "comment", Message("only a list without 'other' has one in LimeSurvey"))
        for name in ("label", "instruction", "option_filter", "favourable"):
            if getattr(question, name):
                self.lose(question, name, Message("LimeSurvey has nothing like it"))


def _limits(question: Question) -> dict[str, str | Words]:
    limits = {"min_num_value_n": question.low, "max_num_value_n": question.high}
    found: dict[str, str | Words] = {
        name: number_text(each) for name, each in limits.items() if each is not None
    }
    return found | ({"num_value_int_only": "1"} if question.step == 1 else {})
