"""The drawings of one published version in one language, each made when its question is first asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cityvoice.questionnaire import piping, routing
from cityvoice.questionnaire.defaults import proposed
from cityvoice.questionnaire.expressions.values import Lookup, number_text
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.question import Answer, Question, Text
from cityvoice.surveys.drawing.compiling import Drawing, compile_drawing
from cityvoice.surveys.drawing.filling import COLUMN, ITEM, OPTION, Filling
from cityvoice.surveys.drawing.pen import Pen
from cityvoice.surveys.instant import PageScript, script_of

Draw = Callable[[Question, Pen], str]  # a template


@dataclass
class Respondent:
    """Who is asked: their questionnaire in their own order, and what they have said so far."""

    questionnaire: Questionnaire
    answers: Mapping[str, Answer]  # those that count
    typed: Mapping[str, Sequence[str]] | None = None  # what was sent with this page and not accepted
    errors: dict[str, str] = field(default_factory=dict)  # by form field
    is_new_here: bool = False  # the page was never sent: what questions propose stands in it
    parts: Mapping[str, str] = field(default_factory=dict)  # pieces that only the application can write

    @property
    def lookup(self) -> Lookup:
        return routing.lookup_in(self.questionnaire, self.answers)


@dataclass
class Book:
    questionnaire: Questionnaire  # flat, in the document's order
    language: str
    draw: Draw
    drawings: dict[str, Drawing] = field(default_factory=dict)
    scripts: dict[str, PageScript] = field(default_factory=dict)

    def page(self, section: Section, shown: Sequence[Question], respondent: Respondent) -> str:
        """The questions of a page as HTML: those to be asked, and those that script may call for."""
        script = self.script(section)
        asked = {question.name for question in shown}
        questions = [
            each for each in section.questions if each.name in asked or each.name in script.questions
        ]
        return "".join(
            self.drawing(each, script).fill(self._filling(each, each.name not in asked, script, respondent))
            for each in questions
        )

    def data(self, section: Section, respondent: Respondent) -> str:
        """What the page's script must know; empty where it need do nothing."""
        script = self.script(section)
        return script.data(respondent.lookup) if script.pieces else ""

    def script(self, section: Section) -> PageScript:
        if section.name not in self.scripts:
            self.scripts[section.name] = script_of(self.questionnaire.section(section.name))
        return self.scripts[section.name]

    def drawing(self, question: Question, script: PageScript) -> Drawing:
        if question.name not in self.drawings:
            pen = Pen(
                self.language,
                is_piped=self.is_piped,
                instant=script.choices.get(question.name, frozenset()),
                is_instant=question.name in script.questions,
            )
            authored = self.questionnaire.question(question.name)
            self.drawings[question.name] = compile_drawing(self.draw(authored, pen), pen)
        return self.drawings[question.name]

    def is_piped(self, text: Text) -> bool:
        return "{" in text.in_(self.language)

    def words(self, text: Text, respondent: Respondent) -> str:
        return piping.fill(text, respondent.questionnaire, respondent.answers, self.language)

    def _filling(
        self, question: Question, is_off: bool, script: PageScript, respondent: Respondent
    ) -> Filling:
        instant = script.choices.get(question.name, frozenset())
        order = _order(question, respondent)
        return Filling(
            values=_values(question, respondent),
            errors={name: respondent.errors[name] for name in _named(question) if name in respondent.errors}
            if respondent.errors
            else {},
            order=_with_instant(question, order, instant) if instant else order,
            off=frozenset(each for each in instant if each[1] not in order.get(each[0], ())),
            is_off=is_off,
            pipe=lambda text: self.words(text, respondent),
            parts=respondent.parts,
        )


def _named(question: Question) -> tuple[str, ...]:
    return question.fields if question.name in question.fields else (question.name, *question.fields)


def _values(question: Question, respondent: Respondent) -> dict[str, Sequence[str]]:
    if respondent.typed is not None:
        return {name: respondent.typed[name] for name in question.fields if name in respondent.typed}
    source = respondent.answers
    if question.default is not None and respondent.is_new_here:
        source = {**source, **proposed(respondent.questionnaire, question, source)}
    return {name: _written(source[name]) for name in question.fields if name in source}


def _written(answer: Answer) -> Sequence[str]:
    if isinstance(answer, list):
        return answer
    return (number_text(answer) if isinstance(answer, int | float) else answer,)


def _order(question: Question, respondent: Respondent) -> dict[str, list[str]]:
    """What is shown of a question and in which order; nothing where that is all, in the document's."""
    order = {}
    if question.shuffle or question.option_filter or any(option.when for option in question.options):
        options = routing.offered_options(respondent.questionnaire, question, respondent.answers)
        order[OPTION] = [option.code for option in options]
    if question.shuffle or any(item.when for item in question.items):
        items = routing.visible_items(respondent.questionnaire, question, respondent.answers)
        order[ITEM] = [item.name for item in items]
    for column in question.columns:
        if any(option.when for option in column.options):
            options = routing.offered_options(respondent.questionnaire, question, respondent.answers, column)
            order[COLUMN + column.name] = [option.code for option in options]
    return order


def _with_instant(
    question: Question, order: Mapping[str, list[str]], instant: frozenset[tuple[str, str]]
) -> dict[str, list[str]]:
    """The order with what script may call for in its place."""
    keys = {
        OPTION: [option.code for option in question.options],
        ITEM: [item.name for item in question.items],
    }
    return {
        axis: [key for key in keys.get(axis, shown) if key in shown or (axis, key) in instant]
        for axis, shown in order.items()
    }
