"""Use cases of indicators: the participation profile of a survey."""

from cityvoice.analysis.frames import valid
from cityvoice.analysis.margins import margin_candidates
from cityvoice.analysis.services import SurveyData
from cityvoice.indicators.types import Group, MarginParticipation, ParticipationProfile
from cityvoice.questionnaire.variables import Variable
from cityvoice.stats.participation import (
    Indicator,
    Participation,
    dissimilarity,
    participation_cv,
    participation_rates,
    representation_ratios,
)
from cityvoice.territory.models import PopulationReference


def participation_profile(
    data: SurveyData, reference: PopulationReference | None, language: str
) -> ParticipationProfile | None:
    """Indicators of participation by every margin with control totals; None where there are none.

    Respondents are counted unweighted: the question is who took part, before any weight makes up for it.
    """
    if reference is None:
        return None
    known = {variable.name: variable for variable in margin_candidates(data.questionnaire)}
    profiles = [
        profile
        for name, totals in reference.margins().items()
        if name in known and (profile := _margin(data, known[name], totals, reference.population, language))
    ]
    if not profiles:
        return None
    n = len(data.frame)
    return ParticipationProfile(
        n=n,
        rate=_rate(n, reference.population),
        margins=tuple(profiles),
        source=reference.source,
        reference_on=reference.reference_on,
    )


def _rate(n: int, population: int | None) -> Indicator | None:
    if population is None:
        return None
    return participation_rates(Participation.from_counts({"all": n}, {"all": population}))[0]


def _margin(
    data: SurveyData, variable: Variable, totals: dict[str, float], population: int | None, language: str
) -> MarginParticipation | None:
    counted = valid(data.frame, variable).value_counts()
    counts = {code: int(counted.get(code, 0)) for code in totals}
    if not any(counts.values()):
        return None
    scale = (population or 100) / sum(totals.values())
    known = Participation.from_counts(counts, {code: total * scale for code, total in totals.items()})
    rates = participation_rates(known)[1:] if population is not None else [None] * len(totals)
    labels = {option.code: option.label.in_(language) for option in variable.options}
    groups = tuple(
        Group(code, labels[code], counts[code], float(share), float(part), ratio, rate)
        for code, share, part, ratio, rate in zip(
            totals, known.shares, known.population_shares, representation_ratios(known), rates, strict=True
        )
    )
    return MarginParticipation(
        variable=variable.name,
        label=variable.label.in_(language),
        n=int(known.n),
        dissimilarity=dissimilarity(known),
        cv=participation_cv(known),
        groups=groups,
    )
