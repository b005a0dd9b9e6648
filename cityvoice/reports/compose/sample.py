"""Sample against population before and after weighting, and what the weighting did."""

from collections.abc import Mapping

from cityvoice.analysis.services import SurveyData
from cityvoice.figures.profile import ProfileRow, ProfileSection
from cityvoice.questionnaire.variables import Variable, variables
from cityvoice.reports.compose.voice import Voice
from cityvoice.reports.document import SampleProfile, Weighting
from cityvoice.stats.weight_diagnostics import LevelFit, StepRecord
from cityvoice.territory.models import PopulationReference


def sample_profile(
    data: SurveyData, reference: PopulationReference | None, voice: Voice
) -> SampleProfile | None:
    """What the raking compared; None where no control totals were applied."""
    records = [record for record in data.weighting.records if record.levels]
    if not records or reference is None:
        return None
    known = {variable.name: variable for variable in variables(data.questionnaire)}
    margins: dict[str, list[LevelFit]] = {}
    for level in records[-1].levels:
        margins.setdefault(level.margin, []).append(level)
    sections = tuple(_section(known[name], levels, voice) for name, levels in margins.items())
    return SampleProfile(sections, _source(reference, voice), _weighting(data, records[-1], voice))


def _section(variable: Variable, levels: list[LevelFit], voice: Voice) -> ProfileSection:
    labels = {option.code: voice.text(option.label) for option in variable.options}
    rows = (
        ProfileRow(labels[one.level], one.n, one.target_share, one.before_share, one.after_share)
        for one in levels
    )
    return ProfileSection(voice.text(variable.label), tuple(rows))


def _source(reference: PopulationReference, voice: Voice) -> str:
    day = f", {voice.day(reference.reference_on)}" if reference.reference_on else ""
    return f"{reference.source}{day}"


def _weighting(data: SurveyData, record: StepRecord, voice: Voice) -> Weighting:
    weights = data.weighting.weights
    mean = float(weights.mean())
    return Weighting(
        method=describe_weighting(data, voice),
        n=len(weights),
        n_eff=record.after.n_eff,
        deff=len(weights) / record.after.n_eff,
        smallest=record.after.smallest / mean,
        largest=record.after.largest / mean,
        has_converged=record.converged,
        iterations=record.iterations,
    )


def describe_weighting(data: SurveyData, voice: Voice) -> str:
    _ = voice.gettext
    margins = list(
        dict.fromkeys(level.margin for record in data.weighting.records for level in record.levels)
    )
    if not margins:
        return _base_weights(data, voice)
    labels: Mapping[str, str] = {v.name: voice.text(v.label) for v in variables(data.questionnaire)}
    named = ", ".join(labels[name] for name in margins)
    text = _("Answers were raked (iterative proportional fitting) to control totals of: %(margins)s.")
    kept = sum(int(record.counts.get("rows_missing_a_margin", 0)) for record in data.weighting.records)
    sentences = [text % {"margins": named}]
    if kept:
        sentence = _("%(n)s respondents without a category in one of them kept their share of the sample.")
        sentences.append(sentence % {"n": voice.numbers.integer(kept)})
    return " ".join(sentences)


def _base_weights(data: SurveyData, voice: Voice) -> str:
    if data.is_weighted:
        return voice.gettext(
            "Answers carry the weights that came with the data; no control totals were applied here."
        )
    return voice.gettext("Answers were not weighted.")
