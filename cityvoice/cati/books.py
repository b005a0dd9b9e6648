"""The drawings of an interview: all its questions for the script, or those of one section as a form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cityvoice.cati.drawing import ConsolePen
from cityvoice.cati.instant import Script
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Section
from cityvoice.questionnaire.question import Question
from cityvoice.surveys.books import Book, Respondent
from cityvoice.surveys.drawing.compiling import Drawing, compile_drawing
from cityvoice.surveys.instant import PageScript


@dataclass
class InterviewBook(Book):
    """Questions in the console's own markup."""

    numbers: dict[str, int] = field(default_factory=dict)  # of the texts that quote answers, by their words

    def drawing(self, question: Question, script: PageScript) -> Drawing:
        if question.name not in self.drawings:
            pen = ConsolePen(
                self.language,
                pipes=self.numbers,
                is_piped=self.is_piped,
                instant=script.choices.get(question.name, frozenset()),
                is_instant=question.name in script.questions,
            )
            authored = self.questionnaire.question(question.name)
            self.drawings[question.name] = compile_drawing(self.draw(authored, pen), pen)
        return self.drawings[question.name]

    def whole(
        self,
        sections: Sequence[Section],
        shown: set[str],
        script: Script,
        respondent: Respondent,
        later: Callable[[str], str],
    ) -> list[tuple[Section, str]]:
        """Every question that can be asked, by section, in the order of this interview.

        Parameters
        ----------
        shown
            Names of those that the answers so far lead to.
        later
            Draws the place of a question that the server is asked for when its turn comes.
        """
        drawn = []
        for section in sections:
            pieces = [self._piece(each, shown, script, respondent, later) for each in section.questions]
            if any(pieces):
                drawn.append((section, "".join(pieces)))
        return drawn

    def one(self, question: Question, script: Script, respondent: Respondent) -> str:
        """A question that is to be asked."""
        filling = self._filling(question, False, script.page, respondent)
        return self.drawing(question, script.page).fill(filling)

    def _piece(
        self,
        question: Question,
        shown: set[str],
        script: Script,
        respondent: Respondent,
        later: Callable[[str], str],
    ) -> str:
        if question.kind is QuestionKind.HIDDEN:
            return ""
        if question.name in script.unsure:
            return later(question.name)
        if question.name not in shown and question.name not in script.page.questions:
            return ""
        filling = self._filling(question, question.name not in shown, script.page, respondent)
        return self.drawing(question, script.page).fill(filling)
