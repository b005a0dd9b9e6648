"""What is chosen from: options of LimeSurvey's lists, and their words."""

import re
from collections.abc import Mapping
from typing import Any

from cityvoice.questionnaire.importers.limesurvey.builtin import builtin
from cityvoice.questionnaire.importers.limesurvey.compiling import Compiler
from cityvoice.questionnaire.importers.limesurvey.filters import Filters
from cityvoice.questionnaire.importers.limesurvey.naming import Named
from cityvoice.questionnaire.importers.limesurvey.source import Answer, Subquestion
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.kinds import Display
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import ResponseOption, Text

Fields = dict[str, Any]  # of a Question, by their names in the model


BUILT_IN: Mapping[str, tuple[tuple[str, str], ...]] = {  # code and word
    "Y": (("Y", "yes"), ("N", "no")),
    "G": (("F", "female"), ("M", "male")),
    "C": (("Y", "yes"), ("U", "uncertain"), ("N", "no")),
    "E": (("I", "increase"), ("S", "same"), ("D", "decrease")),
}


class OptionMaker:
    """Makes options, and words; everything that could not be kept goes into the report."""

    def __init__(self, compiler: Compiler, filters: Filters, report: Report) -> None:
        self.compiler = compiler
        self.filters = filters
        self.report = report
        self.languages = compiler.languages

    def _single(self, named: Named) -> Fields:
        source = named.source
        if source.type in BUILT_IN:
            return {"options": self._built_in(source.type), "display": _buttons(named)}
        fields: Fields = {
            "options": self._with_other(named, self._answers(named)),
            "shuffle": is_random(named),
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
        return {"options": self._with_other(named, options), "shuffle": is_random(named), "display": display}

    def _ranking(self, named: Named) -> Fields:
        options = self._answers(named) or [
            ResponseOption(named.rows[row.code], self._label(row.words, named, row.code))
            for row in named.source.rows()
        ]
        return {"options": tuple(options), "shuffle": is_random(named)}

    def _answers(self, named: Named, scale: int = 0) -> list[ResponseOption]:
        answers = named.source.scale(scale)
        if named.source.on("alphasort") or named.source.attribute("answer_order") == "alphabetical":
            base = self.languages[0]
            answers = sorted(answers, key=lambda each: each.words.get(base, "").casefold())
        return [self._option(named, each) for each in answers]

    def _option(self, named: Named, answer: Answer) -> ResponseOption:
        label = self._label(answer.words, named, answer.code)
        separator = named.source.attribute("category_separator")
        parts = split_text(label, separator) if separator and named.source.type == "!" else (label,)
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
        return tuple(ResponseOption(code, builtin(word, self.languages)) for code, word in BUILT_IN[type_])

    def _same(self, words: str) -> Text:
        return Text(dict.fromkeys(self.languages, words))


def is_random(named: Named) -> bool:
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


def split_text(text: Text, separator: str) -> tuple[Text, ...]:
    """The parts of a text, where every language has the same number of them; else the text alone."""
    parts = {language: words.split(separator) for language, words in text.translations.items()}
    count = len(next(iter(parts.values()), []))
    if count < 2 or any(len(each) != count or not all(map(str.strip, each)) for each in parts.values()):
        return (text,)
    return tuple(Text({lang: each[n].strip() for lang, each in parts.items()}) for n in range(count))
