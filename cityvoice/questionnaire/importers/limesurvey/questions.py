"""Makes our questions of LimeSurvey's, one type after the other."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from cityvoice.questionnaire.importers.limesurvey.attributes import report_lost_attributes
from cityvoice.questionnaire.importers.limesurvey.defaults import default_of
from cityvoice.questionnaire.importers.limesurvey.limits import Limits
from cityvoice.questionnaire.importers.limesurvey.naming import Named
from cityvoice.questionnaire.importers.limesurvey.options import (
    Fields,
)
from cityvoice.questionnaire.importers.limesurvey.rows import RowMaker
from cityvoice.questionnaire.kinds import Display, QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import Question

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


class Builder(RowMaker):
    """Makes one question."""

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


def _five_points(named: Named) -> Fields:
    return {"low": 1, "high": 5}
