"""Participation indicators as the report's, each with its numerator, denominator and source."""

from cityvoice.figures.dots import DotRow, DotSection
from cityvoice.figures.numbers import Unit
from cityvoice.figures.reading import Mark, Reading
from cityvoice.indicators.types import Group, MarginParticipation, ParticipationProfile
from cityvoice.reports.compose.voice import Voice
from cityvoice.reports.document import Indicator, Participation
from cityvoice.stats.participation import SMALL_CELL, SMALL_SAMPLE
from cityvoice.stats.participation import Indicator as Measured


def participation(profile: ParticipationProfile | None, voice: Voice) -> Participation | None:
    if profile is None:
        return None
    day = f", {voice.day(profile.reference_on)}" if profile.reference_on else ""
    source = f"{profile.source}{day}"
    indicators = [_rate(profile.rate, source, voice)] if profile.rate is not None else []
    for margin in profile.margins:
        indicators += [
            _dissimilarity(margin, source, voice),
            _cv(margin, source, voice, profile.rate is not None),
        ]
    ratios = tuple(
        DotSection(tuple(DotRow(group.label, _ratio(group)) for group in margin.groups), margin.label)
        for margin in profile.margins
    )
    return Participation(tuple(indicators), ratios, source)


def _rate(rate: Measured, source: str, voice: Voice) -> Indicator:
    _ = voice.gettext
    return Indicator(
        name=_("Participation rate"),
        reading=Reading(rate.value, rate.low, rate.high, n=round(rate.numerator)),
        unit=Unit.RATE,
        numerator=_("%(n)s respondents") % {"n": voice.numbers.integer(rate.numerator)},
        denominator=_("%(n)s residents") % {"n": voice.numbers.integer(rate.denominator)},
        source=source,
        suffix=_("per 1000 residents"),
    )


def _dissimilarity(margin: MarginParticipation, source: str, voice: Voice) -> Indicator:
    _ = voice.gettext
    return Indicator(
        name=_("Dissimilarity D: %(margin)s") % {"margin": margin.label},
        reading=Reading(margin.dissimilarity.value, n=margin.n),
        unit=Unit.INDEX,
        numerator=_("%(n)s respondents too many in some groups")
        % {"n": voice.numbers.fixed(margin.dissimilarity.numerator, 1)},
        denominator=_("%(n)s respondents") % {"n": voice.numbers.integer(margin.n)},
        source=source,
        meaning=_("The part of respondents who would have to belong to another group; 0 is a perfect match."),
    )


def _cv(margin: MarginParticipation, source: str, voice: Voice, has_rates: bool) -> Indicator:
    _ = voice.gettext
    spread, mean = _("standard deviation of the groups' rates"), _("mean rate")
    if has_rates:
        spread += f" {voice.numbers.fixed(1000 * margin.cv.numerator, 3)} ‰"
        mean += f" {voice.numbers.fixed(1000 * margin.cv.denominator, 3)} ‰"
    return Indicator(
        name=_("CV of participation: %(margin)s") % {"margin": margin.label},
        reading=Reading(margin.cv.value, n=margin.n),
        unit=Unit.INDEX,
        numerator=spread,
        denominator=mean,
        source=source,
        meaning=_("How unevenly groups took part: the largest standardised bias that the groups can cause."),
    )


def _ratio(group: Group) -> Reading:
    ratio = group.representation
    mark = Mark.SUPPRESSED if group.n < SMALL_CELL else Mark.FLAGGED if group.n < SMALL_SAMPLE else Mark.FIRM
    return Reading(ratio.value, ratio.low, ratio.high, n=group.n, mark=mark)
