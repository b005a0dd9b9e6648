"""Selections of a household's member, for programs that know none: interviewers write down what they find."""

from collections.abc import Iterator
from dataclasses import replace

from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Group, Questionnaire, Repeat
from cityvoice.questionnaire.own_words import own_words
from cityvoice.questionnaire.question import Question
from cityvoice.questionnaire.selection_layout import selection_names

Elements = tuple[Question | Group, ...]


def by_hand(questionnaire: Questionnaire, report: Report) -> Questionnaire:
    """The questionnaire in which a number behind the repeat asks for what would be selected."""

    def below(elements: Elements) -> Iterator[Question | Group]:
        for each in elements:
            if not isinstance(each, Group):
                yield each
                continue
            repeat = each.repeat and replace(each.repeat, select=None)
            yield replace(each, elements=tuple(below(each.elements)), repeat=repeat)
            if each.repeat and each.repeat.select:
                yield from _asked(each, each.repeat, questionnaire.languages)
                report.lose(
                    Message("group %(name)s", name=each.name),
                    Message("select %(method)s", method=each.repeat.select.method),
                    Message("entered by hand"),
                )

    sections = (
        replace(section, elements=tuple(below(section.elements))) for section in questionnaire.sections
    )
    return replace(questionnaire, sections=tuple(sections))


def _asked(group: Group, repeat: Repeat, languages: tuple[str, ...]) -> Iterator[Question]:
    if repeat.select is None:
        return
    words_and_limits = (
        ("selected", 1, repeat.maximum),
        ("eligible", 0, repeat.maximum),
        ("probability", 0, 1),
    )
    for name, (word, low, high) in zip(selection_names(repeat.select), words_and_limits, strict=False):
        step = None if word == "probability" else 1
        text = own_words(word, languages)
        yield Question(name, QuestionKind.NUMBER, text, low=low, high=high, step=step, when=group.when)
