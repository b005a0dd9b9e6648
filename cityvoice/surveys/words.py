"""Names that pages show for the feature's codes."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cityvoice.surveys.exports.files import AnswersFormat
from cityvoice.surveys.types import Device, SurveyStatus

survey_statuses: dict[str, LazyString] = {
    SurveyStatus.DRAFT: _("draft"),
    SurveyStatus.OPEN: _("open"),
    SurveyStatus.CLOSED: _("closed"),
}
devices: dict[str, LazyString] = {
    Device.PHONE: _("phone"),
    Device.TABLET: _("tablet"),
    Device.DESKTOP: _("computer"),
}

answers_formats: dict[str, LazyString] = {
    AnswersFormat.CSV: _("CSV, choices as codes"),
    AnswersFormat.WORDS: _("CSV, choices in words"),
    AnswersFormat.XLSX: _("Excel: codes, words and codebook"),
    AnswersFormat.SAV: _("SPSS"),
    AnswersFormat.DTA: _("Stata"),
    AnswersFormat.PARQUET: _("Parquet, for Python and R"),
}

questionnaire_formats: dict[str, LazyString] = {  # by what their files' names end in
    "xlsx": _("XLSForm (ODK, Kobo)"),
    "lss": _("LimeSurvey"),
    "yaml": _("CityVoice document"),
    "xml": _("DDI codebook"),
    "sss": _("Triple-S"),
}
