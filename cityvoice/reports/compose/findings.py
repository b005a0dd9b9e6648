"""Three to five findings for the summary, chosen by rule so that nobody's wish decides."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from cityvoice.figures.reading import Mark, Reading
from cityvoice.indicators.types import Group, ParticipationProfile
from cityvoice.reports.compose.groups import extremes, widest
from cityvoice.reports.compose.voice import Voice
from cityvoice.reports.document import (
    ChoiceQuestion,
    Differences,
    Finding,
    GroupedMeasure,
    RatingItem,
    Section,
)

FEWEST_FINDINGS, MOST_FINDINGS = 3, 5


def findings(
    sections: Sequence[Section],
    differences: Differences | None,
    profile: ParticipationProfile | None,
    voice: Voice,
    *,
    about_people: Collection[str] = (),
) -> tuple[Finding, ...]:
    """The first rating, the best and the worst, the widest clear gap, who is heard least.

    Where that makes fewer than three, the most frequent answers to choice questions follow, apart from
    those `about_people` (district, sex, age), which tell of the sample and not of the city.
    """
    rated = [item for item in _ratings(sections) if item.favourable.mark is Mark.FIRM]
    chosen = [*_rated(rated, voice), *_gap(differences, voice), *_least_heard(profile, voice)]
    if len(chosen) < FEWEST_FINDINGS:
        chosen += _most_frequent(sections, about_people, voice)[: FEWEST_FINDINGS - len(chosen)]
    return tuple(chosen[:MOST_FINDINGS])


def _most_frequent(sections: Sequence[Section], about_people: Collection[str], voice: Voice) -> list[Finding]:
    found = []
    for question in (each for section in sections for each in section.questions):
        if isinstance(question, ChoiceQuestion) and question.code not in about_people:
            explained = [row for row in question.options if not row.label.isdigit()]
            firm = [row for row in explained if row.reading.mark is Mark.FIRM]
            if firm:
                most = max(firm, key=lambda row: row.reading.value or 0)
                statement = voice.gettext("answered: %(answer)s") % {"answer": most.label}
                found.append(Finding(most.reading, statement, question.wording))
    return sorted(found, key=lambda finding: -(finding.reading.value or 0))


def _ratings(sections: Iterable[Section]) -> Iterator[RatingItem]:
    for section in sections:
        for question in section.questions:
            yield from getattr(question, "items", ())


def _rated(rated: list[RatingItem], voice: Voice) -> Iterator[Finding]:
    _ = voice.gettext
    if not rated:
        return
    first, ordered = rated[0], sorted(rated, key=lambda item: item.favourable.value or 0)
    best, worst = ordered[-1], ordered[0]
    if first not in (best, worst):
        yield _finding(first, _("answered positively: %(item)s"), "")
    yield _finding(
        best, _("answered positively: %(item)s"), _("The best rated of %(n)s.") % {"n": len(rated)}
    )
    if worst is not best:
        detail = _("The worst rated of %(n)s.") % {"n": len(rated)}
        yield _finding(worst, _("answered positively: %(item)s"), detail)


def _finding(item: RatingItem, statement: str, detail: str) -> Finding:
    return Finding(item.favourable, statement % {"item": item.label}, detail)


def _gap(differences: Differences | None, voice: Voice) -> Iterator[Finding]:
    if differences is None:
        return
    measure = max(differences.measures, key=lambda one: widest(one)[0])
    gap, negative = widest(measure)
    if gap > 0:
        yield _group_finding(measure, -negative, differences, voice)


def _group_finding(measure: GroupedMeasure, place: int, differences: Differences, voice: Voice) -> Finding:
    _ = voice.gettext
    low, high = extremes(measure.groups[place])
    levels = differences.breaks[place].levels
    reading = measure.groups[place][low]
    statement = _("in the group “%(group)s”: %(item)s") % {"group": levels[low], "item": measure.label}
    detail = _("In the group “%(group)s” it is %(share)s: the widest clear difference between groups.")
    share = voice.share(measure.groups[place][high].value or 0)
    return Finding(reading, statement, detail % {"group": levels[high], "share": share})


def _least_heard(profile: ParticipationProfile | None, voice: Voice) -> Iterator[Finding]:
    _ = voice.gettext
    groups = [group for margin in profile.margins for group in margin.groups] if profile else []
    heard_less = [group for group in groups if group.n >= 5 and group.representation.high < 1]
    if not heard_less:
        return
    least = min(heard_less, key=lambda group: group.representation.value)
    detail = _(
        "They are %(population)s of residents. Weighting makes up for it; only more answers would cure it."
    )
    yield Finding(
        _share_reading(least),
        _("of respondents belong to the group “%(group)s”, heard least for its size")
        % {"group": least.label},
        detail % {"population": voice.share(least.population_share)},
    )


def _share_reading(group: Group) -> Reading:
    return Reading(group.share, n=group.n)
