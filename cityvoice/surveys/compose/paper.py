"""The form for paper: the questions of a questionnaire in one language, numbered, with whom each is for."""

from collections.abc import Iterator
from dataclasses import replace

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.exporters.selections import by_hand
from cityvoice.questionnaire.expressions.ast import Literal, Name
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.kinds import Display, QuestionKind
from cityvoice.questionnaire.model import Group, Questionnaire, Section
from cityvoice.questionnaire.names import fields_of
from cityvoice.questionnaire.pipes import Pipe, parts
from cityvoice.questionnaire.question import Question, Text
from cityvoice.surveys.compose.bodies import Bodies
from cityvoice.surveys.compose.conditions import Gettext, Teller
from cityvoice.surveys.document import PaperForm, PaperQuestion, PaperSection

MOST_REPEATS = 5  # of a repeated group: more do not fit a form that people fill in by hand


def compose_form(
    questionnaire: Questionnaire, language: str, gettext: Gettext, *, for_interviewers: bool = False
) -> PaperForm:
    """The form of an authored questionnaire.

    Parameters
    ----------
    gettext
        Translates the words between the questions into `language`.
    for_interviewers
        With the notes that only an interviewer reads.
    """
    flat = flatten(_shortened(by_hand(questionnaire, Report())))
    composer = _Composer(flat, language, gettext, for_interviewers=for_interviewers)
    return PaperForm(
        title=composer.words(questionnaire.title),
        language=language,
        notice=composer.words(questionnaire.consent),
        thanks=composer.words(questionnaire.thanks) or gettext("Thank you for your answers."),
        sections=tuple(composer.sections()),
        is_for_interviewers=for_interviewers,
    )


def _shortened(questionnaire: Questionnaire) -> Questionnaire:
    sections = tuple(
        replace(section, elements=tuple(map(_shortened_group, section.elements)))
        for section in questionnaire.sections
    )
    return replace(questionnaire, sections=sections)


def _shortened_group(element: Question | Group) -> Question | Group:
    if isinstance(element, Question):
        return element
    elements = tuple(map(_shortened_group, element.elements))
    repeat = element.repeat
    if repeat:
        repeat = replace(repeat, maximum=min(repeat.maximum, MOST_REPEATS))
    return replace(element, elements=elements, repeat=repeat)


class _Composer:
    def __init__(
        self, flat: Questionnaire, language: str, gettext: Gettext, *, for_interviewers: bool
    ) -> None:
        self.flat = flat
        self.language = language
        self.gettext = gettext
        self.for_interviewers = for_interviewers
        asked = (each for each in flat.questions if _is_asked(each))
        self.number_of = {question.name: number for number, question in enumerate(asked, start=1)}
        self.numbers = {
            key: self.number_of[question.name]
            for key, question in flat.question_of_field.items()
            if question.name in self.number_of
        }
        self.teller = Teller(fields_of(flat), self.numbers, language, gettext)
        self.bodies = Bodies(self.words, self.teller, gettext)

    def sections(self) -> Iterator[PaperSection]:
        for section in self.flat.sections:
            questions = tuple(self._questions(section))
            if questions:
                condition = self.teller.only_if(section.when)
                yield PaperSection(self.words(section.title), condition, questions)

    def _questions(self, section: Section) -> Iterator[PaperQuestion]:
        """The questions; what a heading says of whom they are for is not said again below it."""
        said = ""
        for question in section.questions:
            if question.kind is QuestionKind.HIDDEN:
                continue
            rest = _without(question.when, said)
            if question.display is Display.HEADING:
                said = question.when or ""
            elif rest == question.when:
                said = ""
            yield self._question(question, rest)

    def _question(self, question: Question, when: str | None) -> PaperQuestion:
        return PaperQuestion(
            number=self.number_of.get(question.name),
            text=self.words(question.text),
            is_heading=question.display is Display.HEADING,
            condition=self.teller.only_if(when),
            hint=self.words(question.hint),
            note=self.words(question.instruction) if self.for_interviewers else "",
            manner=self.bodies.manner(question),
            bodies=tuple(self.bodies.of(question)),
        )

    def words(self, text: Text | None) -> str:
        """Words in the form's language; in place of an answer stands where it was given."""
        if text is None:
            return ""
        found = parts(text.in_(self.language))
        return "".join(self._piped(each.expression) if isinstance(each, Pipe) else each for each in found)

    def _piped(self, source: str) -> str:
        try:
            node = parse(source)
        except ExpressionError:
            return "\u2026"
        if isinstance(node, Literal):
            return str(node.value)
        if isinstance(node, Name) and node.name in self.numbers:
            said = self.gettext("(your answer to question %(number)s)")
            return said % {"number": self.numbers[node.name]}
        return "\u2026"


def _without(when: str | None, said: str) -> str | None:
    """A condition without the one that its group has: the flat form joins them with "and"."""
    if not said or when is None:
        return when
    prefix = f"({said}) and ("
    if when == said:
        return None
    return when.removeprefix(prefix).removesuffix(")") if when.startswith(prefix) else when


def _is_asked(question: Question) -> bool:
    return question.kind not in {QuestionKind.INFO, QuestionKind.HIDDEN}
