"""The one list of files that questionnaires come in; a new reader is one line in `FORMATS`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from cityvoice.questionnaire.importers.imported import Imported, unreadable
from cityvoice.questionnaire.importers.limesurvey.files import read_archive, read_tab_separated, read_xml
from cityvoice.questionnaire.importers.own import EXTENSIONS, read_own
from cityvoice.questionnaire.importers.xlsform.reader import read as read_xlsform
from cityvoice.questionnaire.message import Message


class Reader(Protocol):
    def __call__(self, data: bytes, name: str) -> Imported:
        """The questionnaire in a file's bytes; `name` is the file's name, for a title where there is none.

        Raises
        ------
        DocumentError
            With the line, row or sheet, when the file cannot be read at all.
        """


@dataclass(frozen=True)
class Format:
    """`recognises` looks at the first bytes where several formats share an extension."""

    name: str
    extensions: frozenset[str]
    read: Reader
    recognises: Callable[[bytes], bool] = lambda data: True


def _begins_with_class(data: bytes) -> bool:
    header = data[:4096].removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    return b"class" in header and b"type/scale" in header


FORMATS: tuple[Format, ...] = (
    Format("cityvoice", EXTENSIONS, read_own),
    Format("limesurvey", frozenset({".lss", ".lsq", ".lsg"}), read_xml),
    Format("limesurvey-archive", frozenset({".lsa"}), read_archive),
    Format("limesurvey-tab", frozenset({".tsv", ".txt"}), read_tab_separated, _begins_with_class),
    Format("xlsform", frozenset({".xlsx", ".xlsm", ".xls", ".csv", ".md"}), read_xlsform),
)


def extension_of(name: str) -> str:
    return PurePath(name).suffix.lower()


def is_known(name: str) -> bool:
    """Whether files with this name's extension are questionnaires."""
    return any(extension_of(name) in each.extensions for each in FORMATS)


def read_questionnaire(data: bytes, name: str) -> Imported:
    """The questionnaire in a file, by its extension and, where that leaves a choice, its first bytes.

    Raises
    ------
    DocumentError
        When the file is of no known kind, or cannot be read.
    """
    candidates = [each for each in FORMATS if extension_of(name) in each.extensions]
    if not candidates:
        known = ", ".join(sorted(extension for each in FORMATS for extension in each.extensions))
        raise unreadable(
            "", Message("no kind of questionnaire that is known here: expected %(known)s", known=known)
        )
    chosen = next((each for each in candidates if each.recognises(data)), candidates[0])
    return chosen.read(data, name)
