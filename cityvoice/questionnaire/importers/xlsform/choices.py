"""The lists of choices, with codes that a column name can hold."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.importers.xlsform.tree import Columns
from cityvoice.questionnaire.importers.xlsform.workbook import Row
from cityvoice.questionnaire.kinds import MissingKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.naming import plain_letters

_OWN = frozenset({"list_name", "list", "name", "label", "image", "audio", "video", "big-image", "order"})
LONGEST_CODE = 32
LONGEST_VALUE = 100  # of a code that is no part of a name
MISSING = "missing"  # a column of our own: which choices are no answers


@dataclass
class Choice:
    code: str
    texts: dict[str | None, str]
    attributes: dict[str, str]
    missing: MissingKind | None = None


@dataclass
class ChoiceList:
    choices: list[Choice] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)  # from the file's code to ours


def read_choices(
    sheets: Iterable[Columns], named: Container[str], report: Report
) -> Mapping[str, ChoiceList]:
    """Every list by its name; codes that are changed or left out are told as losses.

    Parameters
    ----------
    named
        The lists whose codes become parts of names, so that they can hold letters and digits only.
    """
    lists: dict[str, ChoiceList] = {}
    for columns in sheets:
        for row in columns.sheet.rows:
            list_name = columns.value(row, "list_name") or columns.value(row, "list")
            if list_name:
                known = lists.setdefault(list_name, ChoiceList())
                _add(known, columns, row, report, is_named=list_name in named)
    return lists


def _add(known: ChoiceList, columns: Columns, row: Row, report: Report, *, is_named: bool) -> None:
    where = Message("sheet %(name)s, row %(number)s", name=columns.sheet.name, number=row.number)
    written = columns.value(row, "name")
    texts = columns.texts(row, "label")
    if not written:
        report.lose(where, "choice", Message("it has no name"))
        return
    if written in known.codes:
        report.lose(
            where, Message("choice %(written)r", written=written), Message("the list has this name already")
        )
        return
    fits = not is_named and len(written) <= LONGEST_VALUE and written.isprintable()
    code = written if fits else code_of(written, set(known.codes.values()))
    if code != written:
        report.lose(
            where,
            Message("choice %(written)r", written=written),
            Message("codes have letters and digits: stored as %(code)r", code=code),
        )
    known.codes[written] = code
    missing = columns.value(row, MISSING)
    kind = MissingKind(missing) if missing in set(MissingKind) else None
    known.choices.append(Choice(code, texts or {None: written}, _attributes(columns, row), kind))


def code_of(written: str, taken: set[str]) -> str:
    """A code of letters, digits and underscores, unlike those taken."""
    code = re.sub(r"[^A-Za-z0-9_]+", "_", plain_letters(written))[:LONGEST_CODE].strip("_") or "code"
    stem, number = code, 1
    while code in taken:
        number += 1
        code = f"{stem[: LONGEST_CODE - 4]}_{number}"
    return code


def _attributes(columns: Columns, row: Row) -> dict[str, str]:
    """The columns that a choice filter may name."""
    return {
        header.name: value
        for header, written in columns.headers.items()
        if header.name not in _OWN and header.language is None and (value := row.get(written))
    }
