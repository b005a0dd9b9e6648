"""Results of variables as the report's questions: ratings, choices, numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from cityvoice.analysis.ratings import from_worst_to_best, is_rating, rating_scale
from cityvoice.analysis.types import VariableResult
from cityvoice.figures.dots import DotRow
from cityvoice.figures.reading import Mark, Reading
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.variables import VariableKind
from cityvoice.reports.compose.voice import Voice
from cityvoice.reports.document import (
    ChoiceQuestion,
    NumberQuestion,
    Question,
    RatingBattery,
    RatingItem,
    Section,
    merge_batteries,
)


def sections(
    questionnaire: Questionnaire, results: Iterable[VariableResult], voice: Voice
) -> Iterator[Section]:
    """The questionnaire's sections with what was answered; those that nobody answered are left out."""
    by_question: dict[str, list[VariableResult]] = {}
    for result in results:
        by_question.setdefault(result.variable.question, []).append(result)
    for section in questionnaire.sections:
        found = [by_question[question.name] for question in section.questions if question.name in by_question]
        questions = merge_batteries(part for results in found for part in _questions(results, voice))
        if questions:
            title = voice.text(section.title) if section.title else voice.gettext("Questions")
            yield Section(title, tuple(_titled(question, voice) for question in questions))


def _questions(results: list[VariableResult], voice: Voice) -> Iterator[Question]:
    for kind, group in groupby(results, key=lambda result: result.variable.kind):
        if kind is VariableKind.FLAG:
            yield _multiple(list(group), voice)
            continue
        for result in group:
            if result.mean is not None:
                yield _number(result, voice)
            else:
                yield _rating(result, voice) if is_rating(result) else _choice(result, voice)


def _rating(result: VariableResult, voice: Voice) -> RatingBattery:
    _ = voice.gettext
    assert result.box is not None  # noqa: S101 - a rating has favourable codes, and those make a box
    item = RatingItem(
        code=result.variable.name,
        label=result.label,
        shares=tuple(option.estimate.value for option in from_worst_to_best(result)),
        favourable=Reading.of(result.box.estimate),
    )
    stem = result.wording if result.wording != result.label else ""
    base = _("those who answered, without missing answers such as “don't know”")
    scale = rating_scale(result, voice.gettext)
    return RatingBattery(scale=scale, items=(item,), stem=stem, base=base)


def _choice(result: VariableResult, voice: Voice) -> ChoiceQuestion:
    rows = tuple(DotRow(option.label, Reading.of(option.estimate)) for option in result.options)
    return ChoiceQuestion(
        code=result.variable.name,
        wording=verbatim(result),
        options=rows,
        base=base(result, voice),
        finding=_box_finding(result, voice),
        note=missing(result, voice),
    )


def _box_finding(result: VariableResult, voice: Voice) -> str:
    """A long scale is summed up by its favourable end, not by its most frequent point."""
    if result.box is None or Reading.of(result.box.estimate).shown is None:
        return ""
    words = {"share": voice.share(result.box.estimate.value), "answers": result.box.label}
    return voice.gettext("%(share)s answered: %(answers)s") % words


def _multiple(results: list[VariableResult], voice: Voice) -> ChoiceQuestion:
    rows = [DotRow(result.label, Reading.of(result.options[0].estimate)) for result in results]
    rows.sort(key=lambda row: -(row.reading.value or 0))
    return ChoiceQuestion(
        code=results[0].variable.question,
        wording=results[0].wording,
        options=tuple(rows),
        base=base(results[0], voice),
        is_multiple=True,
        note=missing(results[0], voice),
    )


def _number(result: VariableResult, voice: Voice) -> NumberQuestion:
    assert result.mean is not None  # noqa: S101 - the caller chose results with a mean
    return NumberQuestion(
        code=result.variable.name,
        wording=verbatim(result),
        measure=voice.gettext("mean"),
        mean=Reading.of(result.mean),
        base=base(result, voice),
        note=missing(result, voice),
    )


def verbatim(result: VariableResult) -> str:
    is_whole_question = result.variable.name == result.variable.question
    return result.wording if is_whole_question else f"{result.wording} – {result.label}"


def base(result: VariableResult, voice: Voice) -> str:
    _ = voice.gettext
    numbers = voice.numbers
    text = _("those who answered (n = %(n)s, effective n = %(n_eff)s, deff = %(deff)s)")
    return text % {
        "n": numbers.integer(result.n),
        "n_eff": numbers.integer(round(result.n_eff)),
        "deff": numbers.fixed(result.deff, 3),
    }


def missing(result: VariableResult, voice: Voice) -> str:
    _ = voice.gettext
    parts = [f"{label}: {voice.numbers.integer(n)}" for label, n in result.n_missing.items()]
    if result.n_not_asked:
        parts.append(_("not asked or skipped: %(n)s") % {"n": voice.numbers.integer(result.n_not_asked)})
    return "; ".join(parts)


def _titled(question: Question, voice: Voice) -> Question:
    """The same question with its finding as the title of its chart, and a stem for ratings that had none."""
    if isinstance(question, RatingBattery) and not question.stem:
        question = replace(question, stem=_stem(question, voice))
    return replace(question, finding=question.finding or _finding(question, voice))


def _stem(battery: RatingBattery, voice: Voice) -> str:
    if len(battery.items) == 1:
        return battery.items[0].label
    text = voice.gettext("Each asked by itself, with answers from “%(low)s” to “%(high)s”:")
    return text % {"low": battery.scale.levels[0], "high": battery.scale.levels[-1]}


def _finding(question: Question, voice: Voice) -> str:
    _ = voice.gettext
    if isinstance(question, NumberQuestion):
        value = question.mean.shown
        return "" if value is None else _("%(value)s on average") % {"value": voice.numbers.fixed(value, 1)}
    if isinstance(question, RatingBattery):
        return _rating_finding(question, voice)
    shown = [row for row in question.options if row.reading.mark is not Mark.SUPPRESSED]
    if not shown:
        return ""
    most = max(shown, key=lambda row: row.reading.value or 0)
    if most.label.isdigit():  # a code that the codebook does not explain says nothing
        return ""
    words = {"answer": most.label, "share": voice.share(most.reading.value or 0)}
    return _("Most often: %(answer)s (%(share)s)") % words


def _rating_finding(battery: RatingBattery, voice: Voice) -> str:
    _ = voice.gettext
    shown = [item for item in battery.items if item.favourable.shown is not None]
    if not shown:
        return ""
    shown.sort(key=lambda item: item.favourable.value or 0)
    worst, best = shown[0], shown[-1]
    if len(battery.items) == 1:
        return _("%(share)s answered positively") % {"share": voice.share(best.favourable.value or 0)}
    return _("Most positive about: %(best)s (%(high)s), least about: %(worst)s (%(low)s)") % {
        "best": best.label,
        "high": voice.share(best.favourable.value or 0),
        "worst": worst.label,
        "low": voice.share(worst.favourable.value or 0),
    }
