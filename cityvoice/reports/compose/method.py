"""The method note: the eleven items that AAPOR's Transparency Initiative asks of every published survey."""

from collections.abc import Iterator
from datetime import date

from cityvoice.analysis.services import SurveyData
from cityvoice.analysis.types import Facts
from cityvoice.reports.compose.sample import describe_weighting
from cityvoice.reports.compose.voice import Voice
from cityvoice.reports.document import MethodItem


def method_note(data: SurveyData, facts: Facts, voice: Voice) -> tuple[MethodItem, ...]:
    """Eleven items in AAPOR's order; what a person should have written and did not is said to be missing."""
    return tuple(MethodItem(heading, paragraphs) for heading, paragraphs in _items(data, facts, voice))


def fieldwork(data: SurveyData, voice: Voice) -> str:
    """The days of the fieldwork in words; empty when nobody knows them."""
    first, last = fieldwork_days(data)
    if first is None or last is None:
        return ""
    return voice.day(first) if first == last else f"{voice.day(first)} – {voice.day(last)}"


def last_answered(data: SurveyData) -> date | None:
    """The day of the last answer; of data without days, the declared end of fieldwork."""
    days = data.frame["_day"].dropna()
    return days.max().date() if len(days) else data.survey.fieldwork_ends_on


def fieldwork_days(data: SurveyData) -> tuple[date | None, date | None]:
    """As declared for the survey, else as the answers show."""
    days = data.frame["_day"].dropna()
    answered = (days.min().date(), days.max().date()) if len(days) else (None, None)
    survey = data.survey
    return survey.fieldwork_starts_on or answered[0], survey.fieldwork_ends_on or answered[1]


def _items(data: SurveyData, facts: Facts, voice: Voice) -> Iterator[tuple[str, tuple[str, ...]]]:
    _ = voice.gettext
    n_questions = sum(1 for _question in data.questionnaire.questions)
    asked = _(
        "A structured questionnaire of %(n)s questions. Every question is given verbatim beside its result."
    )
    yield _("Data collection strategy"), (_modes(facts, voice),)
    yield (
        _("Who sponsored and conducted the survey"),
        (_written(data, "sponsor", voice), _conductor(data, voice)),
    )
    yield _("Measurement tools"), (asked % {"n": n_questions},)
    yield _("Population under study"), (_written(data, "population", voice),)
    yield _("How the sample was found"), (_written(data, "recruitment", voice),)
    yield _("Methods and modes of data collection"), (_mode_counts(facts, voice),)
    yield _("Dates of data collection"), (fieldwork(data, voice) or _missing(voice),)
    yield _("Sample sizes and precision"), _precision(facts, voice)
    yield _("Weighting"), (describe_weighting(data, voice),)
    yield _("Processing and quality assurance"), (_written(data, "quality", voice), _processing(voice))
    yield _("Limitations"), (_written(data, "limitations", voice), _general_limitation(voice))


def _written(data: SurveyData, name: str, voice: Voice) -> str:
    return voice.kept(data.survey.method.get(name)) or _missing(voice)


def _missing(voice: Voice) -> str:
    return voice.gettext("Not stated by the publisher of the data.")


def _conductor(data: SurveyData, voice: Voice) -> str:
    conductor = voice.kept(data.survey.method.get("conductor"))
    return voice.gettext("Conducted by: %(who)s") % {"who": conductor or _missing(voice)}


def _modes(facts: Facts, voice: Voice) -> str:
    _ = voice.gettext
    if not facts.by_mode:
        return _("A sample survey of residents; the mode of interviewing is not recorded in the data.")
    return _("A sample survey of residents, carried out by: %(modes)s.") % {"modes": ", ".join(facts.by_mode)}


def _mode_counts(facts: Facts, voice: Voice) -> str:
    _ = voice.gettext
    names = {
        "CAWI": _("on the web (CAWI)"),
        "CATI": _("by phone (CATI)"),
        "CAPI": _("face to face (CAPI)"),
        "PAPI": _("on paper (PAPI)"),
    }
    counts = [f"{names[mode]}: {voice.numbers.integer(n)}" for mode, n in facts.by_mode.items()]
    return "; ".join(counts) or _missing(voice)


def _precision(facts: Facts, voice: Voice) -> tuple[str, ...]:
    _ = voice.gettext
    numbers = voice.numbers
    sizes = _(
        "%(n)s completed responses; effective sample size after weighting %(n_eff)s (Kish's deff %(deff)s)."
    )
    error = _(
        "The largest error of a share in the whole sample is ±%(error)s percentage points at 95%% confidence,"
        " under the model that respondents are a random sample of their groups. For self-selected web"
        " answers that is an assumption, not a fact of the design."
    )
    words = {"n": numbers.integer(facts.n), "n_eff": numbers.integer(round(facts.n_eff))}
    return (
        sizes % {**words, "deff": numbers.fixed(facts.deff, 2)},
        error % {"error": numbers.fixed(100 * facts.largest_half_width, 1)},
        _(
            "Intervals are Wilson's on the effective sample size, with Student's t. A star marks figures"
            " that rest on fewer than 30 answers or have a wide interval; figures on an effective base"
            " below 10 are not shown."
        ),
    )


def _processing(voice: Voice) -> str:
    return voice.gettext(
        "Answers were checked against the questionnaire when they were given or imported. “Don't know” and"
        " refusals are missing answers: they are counted apart and are no part of the percentages."
    )


def _general_limitation(voice: Voice) -> str:
    return voice.gettext(
        "Weighting makes the sample match the population in the listed characteristics only. People who did"
        " not take part may differ in ways that nobody measured."
    )
