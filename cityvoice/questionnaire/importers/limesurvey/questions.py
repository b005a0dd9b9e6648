"""Makes our questions of LimeSurvey's, one type after the other."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cityvoice.questionnaire.importers.limesurvey.attributes import report_lost_attributes
from cityvoice.questionnaire.importers.limesurvey.builtin import builtin
from cityvoice.questionnaire.importers.limesurvey.compiling import Compiler
from cityvoice.questionnaire.importers.limesurvey.defaults import default_of
from cityvoice.questionnaire.importers.limesurvey.filters import Filters
from cityvoice.questionnaire.importers.limesurvey.limits import Limits
from cityvoice.questionnaire.importers.limesurvey.naming import Named
from cityvoice.questionnaire.importers.limesurvey.source import Answer, Subquestion
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import (
    Column,
    ColumnKind,
    Display,
    Item,
    Question,
    QuestionKind,
    ResponseOption,
    Text,
)

Fields = dict[str, Any]  # of a Question, by their names in the model

_FIVE = tuple(map(str, range(1, 6)))
_BUILT_IN: Mapping[str, tuple[tuple[str, str], ...]] = {  # code and word
    "Y": (("Y", "yes"), ("N", "no")),
    "G": (("F", "female"), ("M", "male")),
    "C": (("Y", "yes"), ("U", "uncertain"), ("N", "no")),
    "E": (("I", "increase"), ("S", "same"), ("D", "decrease")),
}
_POINTS: Mapping[str, tuple[str, ...]] = {"A": _FIVE, "B": tuple(map(str, range(1, 11)))}
_MEDIA: Mapping[str, str] = {
    **dict.fromkeys(("jpg", "jpeg"), "image/jpeg"),
    **{each: f"image/{each}" for each in ("png", "gif", "webp")},
    "pdf": "application/pdf",
    "zip": "application/zip",
    "txt": "text/plain",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
}


class Builder:
    """Makes one question; everything that could not be kept goes into the report."""

    def __init__(self, compiler: Compiler, filters: Filters, report: Report) -> None:
        self.compiler = compiler
        self.filters = filters
        self.report = report
        self.languages = compiler.languages

    def question(self, named: Named) -> Question | None:
        """Our question; None for the language switch and unknown types."""
        source, where = named.source, named.where
        if named.kind is None:
            why = (
                Message("the language is chosen beside every page")
                if source.type == "I"
                else Message("the type is unknown")
            )
            self.report.lose(where, Message("question of type %(type)r", type=source.type), why)
            return None
        report_lost_attributes(source, where, self.report)
        made = Question(**self._common(named), **self._of_type(named))
        made = Limits(self.compiler, named, self.report).applied(made)
        return self._hidden(made, named) if source.on("hidden") and source.type != "*" else made

    def _common(self, named: Named) -> Fields:
        source, where = named.source, named.where
        if source.mandatory == "S":
            self.report.lose(
                where, "mandatory = S", Message("a question is required or not; this one is not")
            )
        asked = named.kind not in {QuestionKind.INFO, QuestionKind.HIDDEN}
        return {
            "name": named.name,
            "kind": named.kind,
            "text": self.compiler.label(
                source.words, Message("%(where)s, text", where=where), named.name, named
            ),
            "hint": self.compiler.text(source.help, Message("%(where)s, help", where=where), named),
            "required": asked and source.mandatory == "Y",
            "when": self.compiler.relevance(named),
            "default": default_of(named, self.compiler, self.report) if asked else None,
        }

    def _of_type(self, named: Named) -> Fields:
        kind = named.kind or QuestionKind.INFO
        if kind is QuestionKind.HIDDEN:
            return self._computed(named)
        makers: Mapping[QuestionKind, Callable[[Named], Fields]] = {
            QuestionKind.SINGLE: self._single,
            QuestionKind.SCALE: _five_points,
            QuestionKind.MULTIPLE: self._multiple,
            QuestionKind.MATRIX: self._matrix,
            QuestionKind.TABLE: self._table,
            QuestionKind.RANKING: self._ranking,
            QuestionKind.NUMBERS: self._with_items,
            QuestionKind.TEXTS: self._with_items,
            QuestionKind.TEXT: self._text,
            QuestionKind.NUMBER: self._number,
            QuestionKind.FILE: self._file,
        }
        make = makers.get(kind)
        return make(named) if make else {}

    # --- choices

    def _single(self, named: Named) -> Fields:
        source = named.source
        if source.type in _BUILT_IN:
            return {"options": self._built_in(source.type), "display": _buttons(named)}
        fields: Fields = {
            "options": self._with_other(named, self._answers(named)),
            "shuffle": _is_random(named),
            "display": _display(named),
        }
        if source.type == "O":
            fields["comment"] = builtin("comment", self.languages)
        return fields

    def _multiple(self, named: Named) -> Fields:
        source = named.source
        excluding = set(re.split(r"[;,\s]+", source.attribute("exclude_all_others")))
        options = [
            ResponseOption(
                code=named.rows[row.code],
                label=self._label(row.words, named, row.code),
                exclusive=row.code in excluding,
                specify=source.type == "P",
                when=self._row_condition(named, row),
            )
            for row in source.rows()
        ]
        if source.type == "P" and source.other:
            self.report.lose(
                named.where, Message("comment of the option 'other'"), Message("an option has one text field")
            )
        display = Display.BUTTONS if "buttons" in source.theme else None
        return {"options": self._with_other(named, options), "shuffle": _is_random(named), "display": display}

    def _ranking(self, named: Named) -> Fields:
        options = self._answers(named) or [
            ResponseOption(named.rows[row.code], self._label(row.words, named, row.code))
            for row in named.source.rows()
        ]
        return {"options": tuple(options), "shuffle": _is_random(named)}

    def _matrix(self, named: Named) -> Fields:
        source = named.source
        if source.type in _BUILT_IN:
            options = self._built_in(source.type)
        elif source.type in _POINTS:
            options = tuple(ResponseOption(point, self._same(point)) for point in _POINTS[source.type])
        else:
            options = tuple(self._answers(named))
        if source.type == "H":
            self.report.lose(named.where, Message("array by column"), Message("the items are drawn as rows"))
        display = Display.DROPDOWN if source.on("use_dropdown") else None
        return {
            "options": options,
            "ordered": source.type in "ABCE",
            "display": display,
            **self._with_items(named),
        }

    def _table(self, named: Named) -> Fields:
        columns = {"1": self._scales, ":": self._number_columns, ";": self._text_columns}[named.source.type]
        return {"columns": columns(named), **self._with_items(named)}

    def _scales(self, named: Named) -> tuple[Column, ...]:
        columns = []
        for number, header in enumerate(("dualscale_headerA", "dualscale_headerB")):
            words = named.source.attributes.get(header, {})
            label = self.compiler.text(words, f"{named.where}, {header}", named)
            label = label or builtin("scale", self.languages, number + 1)
            columns.append(Column(str(number), label, ColumnKind.SINGLE, tuple(self._answers(named, number))))
        return tuple(columns)

    def _number_columns(self, named: Named) -> tuple[Column, ...]:
        source = named.source
        kind = ColumnKind.FLAG if source.on("multiflexible_checkbox") else ColumnKind.NUMBER
        return tuple(
            Column(named.columns[each.code], self._label(each.words, named, each.code), kind)
            for each in source.rows(1)
        )

    def _text_columns(self, named: Named) -> tuple[Column, ...]:
        kind = ColumnKind.NUMBER if named.source.on("numbers_only") else ColumnKind.TEXT
        return tuple(
            Column(named.columns[each.code], self._label(each.words, named, each.code), kind)
            for each in named.source.rows(1)
        )

    # --- other kinds

    def _with_items(self, named: Named) -> Fields:
        items = tuple(self._item(named, row) for row in named.source.rows())
        return {"items": items, "shuffle": _is_random(named)}

    def _item(self, named: Named, row: Subquestion) -> Item:
        label = self._label(row.words, named, row.code)
        item = Item(named.rows[row.code], label, when=self._row_condition(named, row))
        separator = named.source.attribute("slider_separator") or "|"
        ends = _split(label, separator)
        if named.source.type in "FABCE" and separator == "|" and len(ends) == 2:
            return replace(item, label=ends[0], opposite=ends[1])
        if named.source.type == "K" and named.source.on("slider_layout") and len(ends) == 3:
            self.report.lose(
                named.where,
                Message("ends of the slider %(code)s", code=row.code),
                Message("a number has no words at its ends"),
            )
            return replace(item, label=ends[0])
        return item

    def _text(self, named: Named) -> Fields:
        source = named.source
        self._lose_ends(named, ("prefix", "suffix"), Message("a text has no words beside its field"))
        length = source.attribute("maximum_chars")
        return {
            "display": Display.LINE if source.type == "S" else None,
            "max_length": int(length) if re.fullmatch("[1-9][0-9]{0,5}", length) else None,
        }

    def _number(self, named: Named) -> Fields:
        attributes = named.source.attributes
        unit = self.compiler.text(
            attributes.get("suffix", {}), Message("%(where)s, suffix", where=named.where), named
        )
        before = self.compiler.text(
            attributes.get("prefix", {}), Message("%(where)s, prefix", where=named.where), named
        )
        if before and not unit:
            self.report.lose(named.where, "prefix", Message("a unit stands behind its number"))
        elif before:
            self.report.lose(named.where, "prefix", Message("a number has one unit"))
        return {"unit": unit or before}

    def _lose_ends(self, named: Named, names: tuple[str, ...], why: str) -> None:
        for name in names:
            if named.source.attribute(name):
                self.report.lose(named.where, f"{name} = {named.source.attribute(name)}", why)

    def _file(self, named: Named) -> Fields:
        wanted = re.split(r"[,;\s]+", named.source.attribute("allowed_filetypes").lower())
        known = [_MEDIA[each] for each in wanted if each in _MEDIA]
        for each in wanted:
            if each and each not in _MEDIA:
                self.report.lose(
                    named.where,
                    Message("files of type %(each)r", each=each),
                    Message("not among the types that uploads take"),
                )
        return {"accept": tuple(dict.fromkeys(known))}

    def _computed(self, named: Named) -> Fields:
        """An equation is computed; a hidden question holds its default, or what came with the link."""
        source = named.source
        if source.type != "*":
            return {"value": default_of(named, self.compiler, self.report)}
        words = source.attributes.get("equation") or source.words
        if not source.on("hidden"):
            self.report.lose(
                named.where,
                Message("the equation's text on the page"),
                Message("computed answers are not shown"),
            )
        return {
            "value": self.compiler.template(words, Message("%(where)s, equation", where=named.where), named)
        }

    def _hidden(self, made: Question, named: Named) -> Question:
        if made.kind is QuestionKind.HIDDEN:
            return made
        self.report.lose(
            named.where, "hidden = 1", Message("a question with several answers is left out instead")
        )
        return replace(made, when="false", required=False)

    # --- options and words

    def _answers(self, named: Named, scale: int = 0) -> list[ResponseOption]:
        answers = named.source.scale(scale)
        if named.source.on("alphasort") or named.source.attribute("answer_order") == "alphabetical":
            base = self.languages[0]
            answers = sorted(answers, key=lambda each: each.words.get(base, "").casefold())
        return [self._option(named, each) for each in answers]

    def _option(self, named: Named, answer: Answer) -> ResponseOption:
        label = self._label(answer.words, named, answer.code)
        separator = named.source.attribute("category_separator")
        parts = _split(label, separator) if separator and named.source.type == "!" else (label,)
        return ResponseOption(
            code=named.codes[answer.scale][answer.code],
            label=parts[-1],
            group=parts[0] if len(parts) == 2 else None,
            when=self.filters.of_answer(named, answer.code),
        )

    def _with_other(self, named: Named, options: list[ResponseOption]) -> tuple[ResponseOption, ...]:
        source = named.source
        if not named.has_other:
            return tuple(options)
        words = source.attributes.get("other_replace_text", {})
        label = self.compiler.text(words, Message("%(where)s, other_replace_text", where=named.where), named)
        label = label or builtin("other", self.languages)
        other = ResponseOption(named.other, label, specify=True, when=self.filters.of_answer(named, "other"))
        place = len(options)
        if source.attribute("other_position") == "beginning":
            place = 0
        elif source.attribute("other_position") == "specific":
            after = named.codes[0].get(source.attribute("other_position_code")) or ""
            place = next((n + 1 for n, each in enumerate(options) if each.code == after), place)
        return (*options[:place], other, *options[place:])

    def _row_condition(self, named: Named, row: Subquestion) -> str | None:
        return self.filters.of_row(named, row)

    def _label(self, words: dict[str, str], named: Named, code: str) -> Text:
        return self.compiler.label(words, f"{named.where}, {code}", code, named)

    def _built_in(self, type_: str) -> tuple[ResponseOption, ...]:
        return tuple(ResponseOption(code, builtin(word, self.languages)) for code, word in _BUILT_IN[type_])

    def _same(self, words: str) -> Text:
        return Text(dict.fromkeys(self.languages, words))


def _five_points(named: Named) -> Fields:
    return {"low": 1, "high": 5}


def _is_random(named: Named) -> bool:
    source = named.source
    orders = {source.attribute("answer_order"), source.attribute("subquestion_order")}
    return source.on("random_order") or "random" in orders


def _display(named: Named) -> Display | None:
    source = named.source
    if source.type == "!" or "dropdown" in source.theme or source.on("use_dropdown"):
        return Display.DROPDOWN
    return Display.BUTTONS if "buttons" in source.theme else None


def _buttons(named: Named) -> Display | None:
    return Display.BUTTONS if named.source.attribute("display_type") == "0" else None


def _split(text: Text, separator: str) -> tuple[Text, ...]:
    """The parts of a text, where every language has the same number of them; else the text alone."""
    parts = {language: words.split(separator) for language, words in text.translations.items()}
    count = len(next(iter(parts.values()), []))
    if count < 2 or any(len(each) != count or not all(map(str.strip, each)) for each in parts.values()):
        return (text,)
    return tuple(Text({lang: each[n].strip() for lang, each in parts.items()}) for n in range(count))
