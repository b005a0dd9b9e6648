"""LimeSurvey's question types for our kinds."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cityvoice.questionnaire.exporters.limesurvey.spelling import Codes
from cityvoice.questionnaire.exporters.limesurvey.texts import Translator
from cityvoice.questionnaire.importers.limesurvey.builtin import builtin
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import (
    ColumnKind,
    Display,
    Question,
    QuestionKind,
    ResponseOption,
    Text,
)

K = QuestionKind
Words = Mapping[str, str]
_GROUPS = "|"  # between an option's group and its label
_BUILT_IN = {
    "C": (("Y", "yes"), ("U", "uncertain"), ("N", "no")),
    "E": (("I", "increase"), ("S", "same"), ("D", "decrease")),
}


@dataclass
class Shape:
    """One question as LimeSurvey holds it."""

    type: str
    attributes: dict[str, str | Words] = field(default_factory=dict)
    rows: list[tuple[str, Words, str]] = field(default_factory=list)  # code, words, relevance
    columns: list[tuple[str, Words, str]] = field(default_factory=list)
    answers: list[tuple[str, Words, int]] = field(default_factory=list)  # code, words, scale
    other: bool = False
    pattern: str = ""
    theme: str = ""


class Shaper:
    """Finds the type for a question; what does not fit is told."""

    def __init__(self, translator: Translator, languages: tuple[str, ...], report: Report) -> None:
        self.translator = translator
        self.languages = languages
        self.report = report

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

    def lose(self, question: Question, what: str, why: str) -> None:
        self.report.lose(Message("question %(name)s", name=question.name), what, why)

    def _words(self, question: Question, text: Text | None) -> Words:
        return self.translator.words(text, f"question {question.name}")

    # --- choices

    def _single(self, question: Question, codes: Codes) -> Shape:
        shape = Shape("O" if question.comment and codes.other is None else "L")
        if question.display is Display.DROPDOWN:
            shape.type = "!" if shape.type == "L" else "O"
            shape.attributes |= {"use_dropdown": "1"} if shape.type == "O" else {}
        elif question.display is Display.BUTTONS:
            shape.theme = "bootstrap_buttons"
        if any(option.group for option in question.options):
            shape.type = "!"
            shape.attributes["category_separator"] = _GROUPS
        self._answers(question, codes, shape)
        return shape

    def _multiple(self, question: Question, codes: Codes) -> Shape:
        own = [option for option in question.options if option.code != codes.other]
        shape = Shape("P" if any(option.specify for option in own) else "M")
        for option in own:
            where = Message("question %(name)s, %(code)s", name=question.name, code=option.code)
            relevance = self.translator.expression(option.when, where)
            shape.rows.append(
                (codes.items[option.code], self._words(question, option.label), relevance or "1")
            )
        self._other(question, codes, shape, place=len(own))
        if shape.type == "P" and not all(option.specify for option in own):
            self.lose(
                question,
                Message("options without a text field"),
                Message("LimeSurvey gives one to every option"),
            )
        exclusive = [codes.items[option.code] for option in own if option.exclusive or option.missing]
        if exclusive:
            shape.attributes["exclude_all_others"] = ";".join(exclusive)
        shape.theme = "bootstrap_buttons_multi" if question.display is Display.BUTTONS else ""
        self._counts(question, shape)
        self._missing(question)
        return shape

    def _answers(self, question: Question, codes: Codes, shape: Shape) -> None:
        place = 0
        for number, option in enumerate(question.options):
            if option.code == codes.other:
                place = number
                continue
            shape.answers.append((codes.answers[option.code], self._option_words(question, option, shape), 0))
            if option.when:
                self.lose(
                    question,
                    Message("condition of option %(code)s", code=option.code),
                    Message("LimeSurvey's answers have none"),
                )
            if option.specify:
                self.lose(
                    question,
                    Message("text of option %(code)s", code=option.code),
                    Message("LimeSurvey has one option 'other'"),
                )
        self._other(question, codes, shape, place=place)
        self._missing(question)

    def _option_words(self, question: Question, option: ResponseOption, shape: Shape) -> Words:
        words = self._words(question, option.label)
        if "category_separator" not in shape.attributes or option.group is None:
            return words
        group = self._words(question, option.group)
        return {each: f"{group.get(each, '')}{_GROUPS}{said}" for each, said in words.items()}

    def _other(self, question: Question, codes: Codes, shape: Shape, place: int) -> None:
        option = next((each for each in question.options if each.code == codes.other), None)
        if option is None:
            return
        shape.other = True
        if option.when:
            self.lose(
                question, Message("condition of option 'other'"), Message("LimeSurvey's answers have none")
            )
        shape.attributes["other_replace_text"] = self._words(question, option.label)
        if shape.type in "L!" and place == 0 and shape.answers:
            shape.attributes["other_position"] = "beginning"
        elif shape.type in "L!" and place < len(shape.answers):
            shape.attributes["other_position"] = "specific"
            shape.attributes["other_position_code"] = shape.answers[place - 1][0]
        if option.code != "other":
            self.lose(
                question,
                Message("code %(code)s became -oth-", code=option.code),
                Message("LimeSurvey stores it so"),
            )

    def _missing(self, question: Question) -> None:
        if any(option.missing for option in question.options):
            self.lose(
                question, Message("codes of missing answers"), Message("LimeSurvey has ordinary answers only")
            )

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

    def _scale(self, question: Question, codes: Codes) -> Shape:
        plain = question.points == tuple("12345") and not (
            question.options or question.low_label or question.high_label
        )
        if plain:
            return Shape("5")
        self.lose(question, "scale", Message("it becomes a list of its points"))
        shape = Shape("L")
        for number, point in enumerate(question.points):
            ends = {0: question.low_label, len(question.points) - 1: question.high_label}
            said = self._words(question, ends.get(number))
            words = {each: f"{point} {said.get(each, '')}".strip() for each in self.languages}
            shape.answers.append((point if re.fullmatch("[0-9]{1,5}", point) else f"A{number}", words, 0))
        shape.answers += [
            (codes.answers[each.code], self._words(question, each.label), 0) for each in question.options
        ]
        return shape

    def _ranking(self, question: Question, codes: Codes) -> Shape:
        shape = Shape("R")
        self._answers(question, codes, shape)
        self._counts(question, shape)
        return shape

    def _best_worst(self, question: Question, codes: Codes) -> Shape:
        self.lose(question, Message("best and worst"), Message("it becomes a ranking of two"))
        shape = self._ranking(question, codes)
        shape.attributes["max_answers"] = "2"
        return shape

    # --- rows and columns

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
            **{name: _number(each) for name, each in limits.items() if each is not None},
        }

    # --- numbers, words and the rest

    def _number(self, question: Question, codes: Codes) -> Shape:
        shape = Shape("N", _limits(question))
        if question.unit is not None:
            shape.attributes["suffix"] = self._words(question, question.unit)
        self._missing(question)
        return shape

    def _numbers(self, question: Question, codes: Codes) -> Shape:
        shape = Shape("K", _limits(question))
        if question.total is not None:
            shape.attributes["equals_num_value"] = _number(question.total)
        if question.display is Display.SLIDER:
            low, high = question.low or 0, 100 if question.high is None else question.high
            shape.attributes |= {
                "slider_layout": "1",
                "slider_min": _number(low),
                "slider_max": _number(high),
            }
            shape.attributes["slider_accuracy"] = _number(question.step or 1)
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

    def _counts(self, question: Question, shape: Shape) -> None:
        for name in ("min_answers", "max_answers"):
            if (limit := getattr(question, name)) is not None:
                shape.attributes[name] = str(limit)

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
    found: dict[str, str | Words] = {name: _number(each) for name, each in limits.items() if each is not None}
    return found | ({"num_value_int_only": "1"} if question.step == 1 else {})


def _number(value: float) -> str:
    return format(value, ".15g")
