"""The summary's findings, when a survey has no ratings to choose from."""

from cityvoice.figures.dots import DotRow
from cityvoice.figures.reading import Mark, Reading
from cityvoice.reports.compose.findings import findings
from cityvoice.reports.compose.voice import Voice
from cityvoice.reports.document import ChoiceQuestion, Section

ENGLISH = Voice("en")


def choice(code: str, label: str, share: float, mark: Mark = Mark.FIRM) -> ChoiceQuestion:
    reading = Reading(share, share - 0.05, share + 0.05, 400, 300.0, mark)
    return ChoiceQuestion(code, f"What about {code}?", (DotRow(label, reading),), "all")


def found(*questions: ChoiceQuestion, about_people: tuple[str, ...] = ()) -> list[str]:
    section = Section("Part", questions)
    return [each.detail for each in findings([section], None, None, ENGLISH, about_people=about_people)]


def test_choices_make_three_findings_the_strongest_first():
    questions = [choice(f"q{n}", "yes", n / 10) for n in range(1, 6)]
    assert found(*questions) == ["What about q5?", "What about q4?", "What about q3?"]


def test_neither_people_nor_unexplained_codes_nor_weak_figures_are_findings():
    questions = (
        choice("sex", "Female", 0.5),
        choice("q1", "3", 0.9),
        choice("q2", "yes", 0.8, Mark.FLAGGED),
        choice("q3", "no", 0.2),
    )
    assert found(*questions, about_people=("sex",)) == ["What about q3?"]
