"""The readers of LimeSurvey's kinds of files."""

from cityvoice.questionnaire.importers.imported import Imported, unreadable
from cityvoice.questionnaire.importers.limesurvey.generations import survey_of
from cityvoice.questionnaire.importers.limesurvey.questionnaires import questionnaire_of
from cityvoice.questionnaire.importers.limesurvey.tabbed import is_tabbed, read_tabbed
from cityvoice.questionnaire.importers.limesurvey.tables import read_tables, survey_of_archive
from cityvoice.questionnaire.message import Message


def read_xml(data: bytes, name: str = "") -> Imported:
    """An .lss, .lsg or .lsq file; `DocumentError` when it cannot be read at all."""
    return questionnaire_of(survey_of(read_tables(data)))


def read_archive(data: bytes, name: str = "") -> Imported:
    """An .lsa archive: the survey in it, without its answers and participants."""
    return read_xml(survey_of_archive(data), name)


def read_tab_separated(data: bytes, name: str = "") -> Imported:
    """The tab-separated form."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(
            Message("byte %(start)s", start=error.start + 1), Message("no text in UTF-8")
        ) from error
    if not is_tabbed(text):
        raise unreadable(
            Message("row 1"),
            Message("expected the columns class, type/scale, name, relevance, text, help, language"),
        )
    return questionnaire_of(read_tabbed(text))
