"""One questionnaire for the data of several published versions, so that no collected answer disappears."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache

from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.question import Question

EARLIER = "earlier_versions"  # the section that holds what is no longer asked


@dataclass(frozen=True)
class Merged(Questionnaire):
    """The last version with what others asked besides; `variables` are those of all versions together."""

    before: tuple[Questionnaire, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @property
    def earlier(self) -> tuple[Questionnaire, ...]:
        return self.before


@lru_cache(maxsize=64)
def merge(versions: tuple[Questionnaire, ...]) -> Questionnaire:
    """The last version, with the options, items and questions that earlier versions had besides.

    Parameters
    ----------
    versions
        Flat questionnaires, the oldest first; at least one.

    Returns
    -------
    Questionnaire
        For reading data, not for asking. Publication refuses to give the name of a variable that has answers
        to something else, so a name means one thing in all versions.
    """
    *earlier, latest = versions
    if not earlier:
        return latest
    merged = latest
    for version in reversed(earlier):
        merged = _with(merged, version)
    known = {field.name: getattr(merged, field.name) for field in fields(Questionnaire)}
    return Merged(**known, before=tuple(reversed(earlier)))


def _with(latest: Questionnaire, version: Questionnaire) -> Questionnaire:
    known = {question.name: question for question in version.questions}
    sections = [
        replace(section, elements=tuple(_extended(each, known.get(each.name)) for each in section.questions))
        for section in latest.sections
    ]
    ended = tuple(_ended(latest, version))
    if not ended:
        return replace(latest, sections=tuple(sections))
    if sections[-1].name == EARLIER:
        sections[-1] = replace(sections[-1], elements=(*sections[-1].elements, *ended))
    else:
        sections.append(Section(EARLIER, None, ended))
    return replace(latest, sections=tuple(sections))


def _ended(latest: Questionnaire, version: Questionnaire) -> Iterator[Question]:
    """Questions that are asked no more. One whose answer keys now mean another question stays out."""
    names = {question.name for question in latest.questions}
    for question in version.questions:
        asks = question.kind is not QuestionKind.INFO
        if (
            asks
            and question.name not in names
            and latest.question_of_field.keys().isdisjoint(question.fields)
        ):
            yield question


def _extended(question: Question, old: Question | None) -> Question:
    if old is None or old.kind is not question.kind or old == question:
        return question
    items = {question.item_key(item) for item in question.items}
    return replace(
        question,
        options=(*question.options, *(each for each in old.options if each.code not in question.codes)),
        items=(*question.items, *(each for each in old.items if old.item_key(each) not in items)),
    )
