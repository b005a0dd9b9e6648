"""Names that pages show for the feature's codes."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cityvoice.surveys.types import SurveyStatus

survey_statuses: dict[str, LazyString] = {
    SurveyStatus.DRAFT: _("draft"),
    SurveyStatus.OPEN: _("open"),
    SurveyStatus.CLOSED: _("closed"),
}
