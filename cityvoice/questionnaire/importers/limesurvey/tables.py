"""Reads the XML of .lss, .lsg and .lsq files, and the .lss inside an .lsa archive, into rows."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from cityvoice.questionnaire.importers.imported import unreadable
from cityvoice.questionnaire.message import Message

MAX_BYTES = 64 * 1024 * 1024  # the largest survey seen has 1.3 MB


@dataclass(frozen=True)
class Row:
    values: Mapping[str, str]
    line: int

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def number(self, name: str) -> int:
        """A whole number; 0 where there is none."""
        text = self[name].strip()
        return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else 0


@dataclass(frozen=True)
class Tables:
    """One file: what it is, and its tables by name."""

    kind: str  # Survey, Group or Question
    version: float
    languages: tuple[str, ...]
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    def __getitem__(self, table: str) -> tuple[Row, ...]:
        return self.rows.get(table, ())


def read_tables(data: bytes) -> Tables:
    """The tables of an .lss, .lsg or .lsq file.

    Raises
    ------
    DocumentError
        With the line, when it is no well-formed XML, no LimeSurvey file, or larger than `MAX_BYTES`.
    """
    root = _root(data)
    if root.find("LimeSurveyDocType") is None:
        raise unreadable(
            Message("line %(sourceline)s", sourceline=root.sourceline),
            Message("no LimeSurvey file: expected <LimeSurveyDocType>"),
        )
    languages = tuple(text for each in root.iterfind("languages/language") if (text := _text(each).strip()))
    return Tables(
        kind=root.findtext("LimeSurveyDocType", "").strip(),
        version=_version(root),
        languages=languages,
        rows={
            each.tag: _rows(each)
            for each in root.iterchildren(tag=etree.Element)
            if each.find("rows") is not None
        },
    )


def survey_of_archive(data: bytes) -> bytes:
    """The .lss file inside an .lsa archive; nothing is written to disk, and answers are not read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [each for each in archive.infolist() if each.filename.lower().endswith(".lss")]
            if len(members) != 1:
                raise unreadable(
                    Message("archive"), Message("expected one .lss file inside, found %(n)s", n=len(members))
                )
            with archive.open(members[0]) as member:
                content = member.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise unreadable(
            Message("archive"), Message("no readable zip archive: %(error)s", error=str(error))
        ) from error
    return content


def _root(data: bytes) -> etree._Element:
    if len(data) > MAX_BYTES:
        raise unreadable("", Message("larger than %(most)s MB", most=MAX_BYTES // 2**20))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(data.strip(), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        where = Message("line %(line)s, column %(column)s", line=line, column=column)
        raise unreadable(where, Message("no well-formed XML: %(reason)s", reason=_reason(error))) from error


def _reason(error: etree.XMLSyntaxError) -> str:
    return re.sub(r", line \d+, column \d+.*$", "", str(error.msg))


def _version(root: etree._Element) -> float:
    text = root.findtext("DBVersion", "").strip()
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise unreadable(
            Message("line %(sourceline)s", sourceline=root.sourceline),
            Message("expected a number in <DBVersion>, found %(text)r", text=text),
        )
    return float(text)


def _rows(table: etree._Element) -> tuple[Row, ...]:
    return tuple(
        Row({cell.tag: _text(cell) for cell in row.iterchildren(tag=etree.Element)}, row.sourceline or 0)
        for row in table.iterfind("rows/row")
    )


def _text(element: etree._Element) -> str:
    return "".join(element.itertext())
