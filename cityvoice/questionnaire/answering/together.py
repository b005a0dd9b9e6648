"""What the fields of one question must be together: ranks in a row, numbers that add up, not too few."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from cityvoice.questionnaire.answering.errors import ErrorCode, FieldError
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.names import AnswerField
from cityvoice.questionnaire.question import Answer, Question

Page = Mapping[str, Answer]  # what was posted for the question and is right by itself


def check_together(question: Question, live: Sequence[AnswerField], page: Page) -> tuple[FieldError, ...]:
    """What is wrong with the answers of one question together.

    Parameters
    ----------
    live
        The answer keys of what is shown, without those for words.
    """
    check = _CHECKS.get(question.kind)
    return tuple(check(question, live, page)) if check else ()


def _ranking(question: Question, live: Sequence[AnswerField], page: Page) -> Iterator[FieldError]:
    ranks = {part.name: int(page[part.name]) for part in live if part.name in page}  # type: ignore[arg-type]
    yield from _how_many(question, len(ranks), len(live))
    times = Counter(ranks.values())
    first = {rank: name for name, rank in reversed(ranks.items())}
    for name, rank in ranks.items():
        if times[rank] > 1 and name != first[rank]:
            yield FieldError(name, ErrorCode.REPEATED, {})
            return
    for rank in range(1, len(ranks) + 1):
        if rank not in times:
            yield FieldError(question.name, ErrorCode.RANK_GAP, {"rank": rank})
            return


def _best_worst(question: Question, live: Sequence[AnswerField], page: Page) -> Iterator[FieldError]:
    best, worst = question.main_fields
    if best in page and page[best] == page.get(worst) and page[best] not in question.missing_codes:
        yield FieldError(worst, ErrorCode.SAME, {})


def _numbers(question: Question, live: Sequence[AnswerField], page: Page) -> Iterator[FieldError]:
    given = [page[part.name] for part in live if part.name in page]
    yield from _how_many(question, len(given), len(live))
    numbers = [each for each in given if isinstance(each, int | float)]
    if question.total is None or not given or len(numbers) < len(given):
        return  # whoever does not know shares nothing out
    found = math.fsum(numbers)
    if not math.isclose(found, question.total, rel_tol=1e-9, abs_tol=1e-9):
        found = int(found) if found.is_integer() else round(found, 10)
        yield FieldError(question.name, ErrorCode.TOTAL, {"total": question.total, "sum": found})


def _texts(question: Question, live: Sequence[AnswerField], page: Page) -> Iterator[FieldError]:
    yield from _how_many(question, sum(part.name in page for part in live), len(live))


def _how_many(question: Question, n: int, possible: int) -> Iterator[FieldError]:
    """Too few or too many answers; none at all is a matter of `required`."""
    if question.max_answers is not None and n > question.max_answers:
        yield FieldError(question.name, ErrorCode.TOO_MANY, {"max_answers": question.max_answers})
    least = min(question.min_answers or 0, possible)
    if 0 < n < least:
        yield FieldError(question.name, ErrorCode.TOO_FEW, {"min_answers": least})


_CHECKS: Mapping[QuestionKind, Callable[[Question, Sequence[AnswerField], Page], Iterator[FieldError]]] = {
    QuestionKind.RANKING: _ranking,
    QuestionKind.BEST_WORST: _best_worst,
    QuestionKind.NUMBERS: _numbers,
    QuestionKind.TEXTS: _texts,
}
