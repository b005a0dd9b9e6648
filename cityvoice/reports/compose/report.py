"""The whole audit report."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from textwrap import shorten

from cityvoice.analysis.breakdowns import find_breakdowns
from cityvoice.analysis.services import SurveyData
from cityvoice.analysis.tabulation import Tabulation
from cityvoice.analysis.types import Facts
from cityvoice.cati.services.rates import RateTable
from cityvoice.indicators.services import participation_profile
from cityvoice.reports.compose.annex import annex
from cityvoice.reports.compose.findings import findings
from cityvoice.reports.compose.groups import differences
from cityvoice.reports.compose.method import fieldwork, last_answered, method_note
from cityvoice.reports.compose.outcomes import outcomes
from cityvoice.reports.compose.participation import participation
from cityvoice.reports.compose.questions import sections
from cityvoice.reports.compose.sample import describe_weighting, sample_profile
from cityvoice.reports.compose.voice import Voice
from cityvoice.reports.document import AuditReport, Colophon, Fact, TitlePage
from cityvoice.territory.models import PopulationReference

LONGEST_ON_COVER = 180  # characters
UNDATED = date(2000, 1, 1)  # stamps the file of data without days: the clock's day would change its bytes


def compose(
    data: SurveyData,
    reference: PopulationReference | None,
    *,
    city_name: str | None,
    language: str,
    rates: Sequence[RateTable] = (),
) -> AuditReport:
    """Everything that the report says. The same data, weighting and words give an equal report."""
    voice = Voice(language)
    tabulation = Tabulation(data, language)
    results = tabulation.results()
    margins = list(reference.margins()) if reference is not None else []
    present = {variable.name for variable in tabulation.variables}
    breakdowns = tuple(
        tabulation.breakdown(variable.name)
        for variable in find_breakdowns(data.questionnaire, margins)
        if variable.name in present
    )
    parts = tuple(sections(data.questionnaire, results, voice))
    groups = differences(results, tabulation.cross(breakdowns), breakdowns, voice)
    profile = participation_profile(data, reference, language)
    last_day = last_answered(data) or UNDATED
    return AuditReport(
        title_page=_title_page(data, city_name, voice),
        dated_at=datetime.combine(last_day, time(12), UTC),
        lead=_lead(tabulation.facts, voice),
        facts=_facts(tabulation.facts, voice),
        findings=findings(
            parts, groups, profile, voice, about_people={each.variable.name for each in breakdowns}
        ),
        method=method_note(data, tabulation.facts, voice),
        profile=sample_profile(data, reference, voice),
        sections=parts,
        differences=groups,
        participation=participation(profile, voice),
        annex=tuple(annex(results, voice)),
        outcomes=outcomes(rates, voice),
        colophon=_colophon(data, voice),
    )


def _title_page(data: SurveyData, city_name: str | None, voice: Voice) -> TitlePage:
    _ = voice.gettext
    last_day = last_answered(data)
    sponsor = voice.kept(data.survey.method.get("sponsor"))
    return TitlePage(
        kind=_("Audit report of a survey of residents"),
        city=_heading(data, sponsor, city_name),
        title=voice.kept(data.survey.title),
        edition=_("Data %(hash)s") % {"hash": data.sha256[:12]},
        fieldwork=fieldwork(data, voice) or _("not stated"),
        sponsor=_on_cover(sponsor) or _("not stated"),
        conductor=_on_cover(voice.kept(data.survey.method.get("conductor"))) or _("not stated"),
        data_as_of=voice.day(last_day) if last_day else _("not stated"),
    )


def _on_cover(text: str) -> str:
    """The method note has the words in full."""
    return shorten(text, LONGEST_ON_COVER, placeholder=" …")


def _heading(data: SurveyData, sponsor: str, city_name: str | None) -> str:
    """Data that came from elsewhere belong to whoever ordered them, not to this installation's city."""
    came_from_elsewhere = not data.survey.is_fictional and data.survey.fieldwork_starts_on is None
    return (sponsor if came_from_elsewhere else city_name) or sponsor or city_name or "CityVoice"


def _lead(facts: Facts, voice: Voice) -> str:
    text = voice.gettext(
        "%(n)s residents answered. Shares below are of those who gave an answer; the interval beside each"
        " says within what range the share of all residents lies at 95%% confidence."
    )
    return text % {"n": voice.numbers.integer(facts.n)}


def _facts(facts: Facts, voice: Voice) -> tuple[Fact, ...]:
    _ = voice.gettext
    numbers = voice.numbers
    modes = " / ".join(facts.by_mode)
    counts = " / ".join(map(numbers.integer, facts.by_mode.values()))
    return (
        Fact(_("responses"), numbers.integer(facts.n)),
        *([Fact(modes, counts)] if len(facts.by_mode) > 1 else []),
        Fact(_("effective sample size"), numbers.integer(round(facts.n_eff))),
        Fact(
            _("largest error (95%)"), f"±{numbers.fixed(100 * facts.largest_half_width, 1)}{numbers.points}"
        ),
    )


def _colophon(data: SurveyData, voice: Voice) -> Colophon:
    _ = voice.gettext
    further = [Fact(_("Weights (SHA-256)"), data.weights_sha256)] if data.run is not None else []
    return Colophon(
        data_sha256=data.sha256,
        software=f"CityVoice {version('cityvoice')}",
        recipe=describe_weighting(data, voice),
        fonts="Source Sans Pro, Source Serif Pro (SIL OFL 1.1)",
        licence="CC BY 4.0",
        further=tuple(further),
    )
