"""What limits the answers of a question, and whether any answer can keep to it."""

import re
from collections.abc import Iterator

from cityvoice.questionnaire.errors import Problem
from cityvoice.questionnaire.expressions.patterns import PatternError, pattern
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.moments import is_day, is_time
from cityvoice.questionnaire.question import MAX_POINTS, Column, Question

K = QuestionKind
_MEDIA_TYPE = re.compile(r"[a-z]+/(\*|[a-z0-9.+-]+)")


def only_missing_options(question: Question, path: str) -> Iterator[Problem]:
    for place, option in enumerate(question.options):
        if not option.missing:
            message = Message(
                "beside its values, a %(kind)s has options only for missing answers", kind=question.kind
            )
            yield Problem(f"{path}.options[{place}].missing", message)


def range_rules(question: Question | Column, path: str) -> Iterator[Problem]:
    low, high = question.low, question.high
    if low is not None and high is not None and low >= high:
        yield Problem(f"{path}.high", Message("must be above low (%(low)s)", low=low))
    if question.step is not None and question.step <= 0:
        yield Problem(f"{path}.step", Message("must be above 0"))


def scale_rules(question: Question, path: str) -> Iterator[Problem]:
    if question.low is None or question.high is None:
        yield Problem(path, Message("scale %(name)r needs low and high", name=question.name))
    elif not question.points and question.low < question.high:
        message = Message("a scale has 2 to %(most)s points: for more, ask for a number", most=MAX_POINTS)
        yield Problem(f"{path}.high", message)
    elif clash := set(question.points) & {option.code for option in question.options}:
        message = Message("code %(code)r is a point of the scale", code=min(clash))
        yield Problem(f"{path}.options", message)


def total_rules(question: Question, path: str) -> Iterator[Problem]:
    if question.total is None or not question.items:
        return
    n = len(question.items)
    if question.high is not None and n * question.high < question.total:
        message = Message("%(n)s numbers of at most %(high)s never add up to it", n=n, high=question.high)
        yield Problem(f"{path}.total", message)
    if question.low is not None and n * question.low > question.total:
        message = Message("%(n)s numbers of at least %(low)s are always more", n=n, low=question.low)
        yield Problem(f"{path}.total", message)


def text_rules(question: Question, path: str) -> Iterator[Problem]:
    if question.max_length is not None and question.max_length < 1:
        yield Problem(f"{path}.max_length", Message("must be at least 1"))
    if question.pattern is not None:
        try:
            pattern(question.pattern)
        except PatternError as error:
            yield Problem(f"{path}.pattern", error.message)


def answers_rules(question: Question, path: str) -> Iterator[Problem]:
    least, most = question.min_answers, question.max_answers
    there = len(question.items or [option for option in question.options if not option.missing])
    if most is not None and most < 1:
        yield Problem(f"{path}.max_answers", Message("must be at least 1"))
    if least is not None and least < 0:
        yield Problem(f"{path}.min_answers", Message("must be at least 0"))
    if least is not None and most is not None and least > most:
        yield Problem(f"{path}.min_answers", Message("must be at most max_answers (%(most)s)", most=most))
    elif least is not None and least > there:
        message = Message("must be at most %(most)s, as there are no more", most=there)
        yield Problem(f"{path}.min_answers", message)


def moment_rules(question: Question, path: str) -> Iterator[Problem]:
    is_moment = is_day if question.kind is K.DATE else is_time
    earliest, latest = question.earliest, question.latest
    if earliest and latest and is_moment(earliest) and is_moment(latest) and earliest > latest:
        message = Message("must not be before earliest (%(earliest)s)", earliest=earliest)
        yield Problem(f"{path}.latest", message)


def file_rules(question: Question, path: str) -> Iterator[Problem]:
    for place, media_type in enumerate(question.accept):
        if not _MEDIA_TYPE.fullmatch(media_type):
            message = Message("%(name)r is no media type such as image/jpeg", name=media_type)
            yield Problem(f"{path}.accept[{place}]", message)
