"""A whole questionnaire as an XLSForm."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cityvoice.questionnaire.exporters.exported import Exported
from cityvoice.questionnaire.exporters.selections import by_hand
from cityvoice.questionnaire.exporters.xlsform.choices import Choices
from cityvoice.questionnaire.exporters.xlsform.row import Row, Words
from cityvoice.questionnaire.exporters.xlsform.rows import RowMaker
from cityvoice.questionnaire.exporters.xlsform.spelling import Spelling, Translator, language_name
from cityvoice.questionnaire.exporters.xlsform.workbook import Line, write_workbook
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.importers.xlsform.elements import CONSENT, MAXIMUM, THANKS
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Group, Questionnaire, Repeat, Section, Split
from cityvoice.questionnaire.question import Question, Text

_CELLS = (
    *("required", "relevant", "constraint", "appearance", "parameters", "choice_filter", "calculation"),
    *("default", "repeat_count", MAXIMUM),
)
_TEXTS = ("label", "hint", "guidance_hint", "constraint_message")


def to_xlsform(questionnaire: Questionnaire, name: str = "") -> Exported:
    """The questionnaire as an .xlsx form for ODK or Kobo, and what such a form cannot hold.

    Parameters
    ----------
    name
        The form's identifier: the survey's name in addresses.
    """
    report = Report()
    content = _Form(by_hand(questionnaire, report), report).content(name or "form")
    return Exported(content, report.losses(questionnaire.language))


class _Form:
    def __init__(self, questionnaire: Questionnaire, report: Report) -> None:
        self.questionnaire = questionnaire
        self.report = report
        self.choices = Choices()
        spelling = Spelling(questionnaire)
        self.translator = Translator(spelling, report)
        self.maker = RowMaker(self.translator, self.choices, questionnaire.languages, report)
        self._taken = _names(questionnaire)

    def content(self, identifier: str) -> bytes:
        rows = list(self._rows())
        languages = self.questionnaire.languages
        labels = tuple(f"{text}::{language_name(each)}" for text in _TEXTS for each in languages)
        survey = ("type", "name", *labels, *_CELLS)
        choices = [_choice_line(each) for each in self.choices.choices]
        headers = ("list_name", "name", *_labelled(languages), *self.choices.attributes)
        settings = {
            "form_title": self.questionnaire.title.in_(self.questionnaire.language),
            "form_id": identifier,
            "default_language": language_name(self.questionnaire.language),
        }
        sheets: dict[str, tuple[Sequence[str], Sequence[Line]]] = {
            "survey": (survey, [_line(row) for row in rows]),
            "choices": (headers, choices),
            "settings": (tuple(settings), [settings]),
        }
        return write_workbook(sheets)

    def _rows(self) -> Iterator[Row]:
        self._tell()
        yield from self._notice(CONSENT, self.questionnaire.consent)
        yield from (self._split(split) for split in self.questionnaire.splits)
        for section in self.questionnaire.sections:
            yield from self._section(section)
        yield from self._notice(THANKS, self.questionnaire.thanks)

    def _tell(self) -> None:
        for quota in self.questionnaire.quotas:
            self.report.lose(
                Message("quota %(name)s", name=quota.name), quota.when, Message("forms have no quotas")
            )
        if len(self.questionnaire.title.translations) > 1:
            self.report.lose(
                Message("questionnaire"),
                Message("translations of the title"),
                Message("a form has one title"),
            )

    def _notice(self, name: str, text: Text | None) -> Iterator[Row]:
        if text is not None:
            yield Row("note", name, {}, {"label": self.translator.words(text, name)})

    def _split(self, split: Split) -> Row:
        """An arm at random, drawn once: each with its chance among those that are left."""
        left = sum(arm.share for arm in split.arms)
        drawn, closing = "", ""
        for arm in split.arms[:-1]:
            drawn += f"if(random() < {arm.share / left:.6g}, '{arm.code}', "
            closing += ")"
            left -= arm.share
        calculation = f"once({drawn}'{split.arms[-1].code}'{closing})"
        return Row("calculate", split.name, {"calculation": calculation})

    def _section(self, section: Section) -> Iterator[Row]:
        where = Message("section %(name)s", name=section.name)
        if section.shuffle or section.rotation:
            self.report.lose(where, Message("random order"), Message("forms shuffle choices only"))
        elements = section.elements
        cells = {"appearance": "field-list", "relevant": self.translator.expression(section.when, where)}
        if any(isinstance(each, Group) and each.repeat for each in elements):
            del cells["appearance"]  # repeats are asked one after the other
        name = section.name if section.name not in self._taken else f"{section.name}_section"
        yield from self._holder("group", name, section.title, cells, elements)

    def _holder(
        self,
        what: str,
        name: str,
        title: Text | None,
        cells: dict[str, str],
        elements: Iterable[Question | Group],
    ) -> Iterator[Row]:
        label: dict[str, Words] = {"label": self.translator.words(title, f"{what} {name}")}
        yield Row(f"begin_{what}", name, cells, label)
        yield from self.maker.computed()
        for element in elements:
            yield from self._group(element) if isinstance(element, Group) else self.maker.rows(element)
        yield Row(f"end_{what}")

    def _group(self, group: Group) -> Iterator[Row]:
        where = Message("group %(name)s", name=group.name)
        if group.shuffle:
            self.report.lose(where, Message("random order"), Message("forms shuffle choices only"))
        cells = {"relevant": self.translator.expression(group.when, where)}
        if group.repeat:
            cells |= self._repeat(group.repeat, where)
            self.translator.repeat = group.name
        what = "repeat" if group.repeat else "group"
        yield from self._holder(what, group.name, group.title, cells, group.elements)
        if group.repeat:
            self.translator.repeat = None

    def _repeat(self, repeat: Repeat, where: str) -> dict[str, str]:
        if repeat.more:
            self.report.lose(
                where, Message("the question for one more"), Message("the application asks in its own words")
            )
        count = self.translator.expression(repeat.count, where)
        return {"repeat_count": count, MAXIMUM: str(repeat.maximum)}


def _names(questionnaire: Questionnaire) -> frozenset[str]:
    return frozenset(name for each in questionnaire.questions for name in (each.name, *each.fields))


def _line(row: Row) -> Line:
    line = {"type": row.type, "name": row.name, **row.cells}
    for column, texts in row.texts.items():
        for language, words in texts.items():
            line[f"{column}::{language_name(language)}"] = words
    return line


def _labelled(languages: Iterable[str]) -> Iterator[str]:
    return (f"label::{language_name(each)}" for each in languages)


def _choice_line(choice: tuple[str, str, Mapping[str, str], Mapping[str, str]]) -> Line:
    list_name, code, labels, attributes = choice
    said = {f"label::{language_name(language)}": words for language, words in labels.items()}
    return {"list_name": list_name, "name": code, **said, **attributes}
