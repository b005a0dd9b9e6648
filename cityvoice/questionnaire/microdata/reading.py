"""Reads survey microdata: rows of coded answers, with what their codebook and the data themselves say."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cityvoice.questionnaire.checking.checks import TAKEN, check
from cityvoice.questionnaire.errors import CodebookError, ImportCode
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.kinds import MissingKind, QuestionKind
from cityvoice.questionnaire.microdata.codebook import Codebook, Column, Role
from cityvoice.questionnaire.microdata.decoding import Rules, UnknownCodes
from cityvoice.questionnaire.microdata.discovery import discover
from cityvoice.questionnaire.microdata.layout import Layout, Problems, lay_out
from cityvoice.questionnaire.microdata.records import MicrodataRecord, RecordReader
from cityvoice.questionnaire.model import Group, Questionnaire, Section
from cityvoice.questionnaire.naming import name_of
from cityvoice.questionnaire.question import Question, ResponseOption, Text
from cityvoice.questionnaire.tabular import Row, UnreadableTable, read_rows
from cityvoice.questionnaire.variables import variables

SECTION = "microdata"


@dataclass(frozen=True)
class Microdata:
    """Microdata without a fault, and how they were understood."""

    questionnaire: Questionnaire
    records: tuple[MicrodataRecord, ...]
    weight_column: str | None
    case_id_column: str | None
    mode_column: str | None
    ignored_columns: tuple[str, ...]  # in the file, but no part of the answers
    undeclared: Mapping[str, Mapping[str, int]]  # column -> code outside its scale, taken as missing -> times


def read_microdata(
    lines: Iterable[str],
    codebook: Codebook,
    *,
    weight: str | None = None,
    case_id: str | None = None,
    unknown_codes: UnknownCodes = UnknownCodes.KNOWN_MISSING,
    limit: int = 100,
) -> Microdata:
    """Read delimited microdata with their codebook.

    Parameters
    ----------
    lines
        The lines of the file, as text; the delimiter is found from the header.
    weight, case_id
        Columns of the survey weight (0 or more) and of the case identifier.
    unknown_codes
        What to do with a code that its column's scale does not have. By default it is accepted as missing
        where another scale of the same codebook declares it missing (surveys use one code, such as 9, for
        "no answer" throughout and forget to declare it here and there), and is an error otherwise.
        Accepted codes become options of the kind `MissingKind.UNDECLARED` and are counted.
    limit
        How many problems to describe; all are counted.

    Raises
    ------
    CodebookError
        When the codebook's scales make no valid questionnaire.
    MicrodataError
        With every problem's row, column, value and what was expected. Nothing of the data is returned then.

    Notes
    -----
    A cell that holds the codebook's token for "not asked" gives no answer at all. Where the codebook has no
    token an empty cell means the same; where it has one, an empty cell is a problem. Spaces around a value
    are no part of it.
    """
    problems = Problems(limit)
    header, *rows = _read(lines, problems)
    body = [row for row in rows if _has_width(row, len(header.cells), problems)]
    chosen = {name: role for name, role in ((weight, Role.WEIGHT), (case_id, Role.CASE_ID)) if name}
    layout = lay_out(header, body, codebook, chosen, problems)
    if not rows:
        problems.add(ImportCode.NO_ROWS, "rows of answers below the header", row=header.number + 1)
    elif layout.places and not layout.places.get(Role.QUESTION):
        problems.add(
            ImportCode.MISSING_COLUMN, "at least one column that answers a question", row=header.number
        )
    if not body or not layout.places.get(Role.QUESTION):
        problems.stop()
    questionnaire, columns = _understand(layout, body, codebook)
    rules = Rules(codebook.not_asked, unknown_codes, codebook.missing_codes)
    reader = RecordReader(flatten(questionnaire), columns, layout, rules, problems)
    records = tuple(map(reader.record, body))
    weightless = layout.place(Role.WEIGHT) is not None and not any(record.weight for record in records)
    if weightless and not problems.count:
        problems.add(ImportCode.BAD_WEIGHT, "at least one weight above 0", column=layout.first(Role.WEIGHT))
    problems.stop()
    return Microdata(
        questionnaire=_with_undeclared(questionnaire, reader.undeclared),
        records=records,
        weight_column=layout.first(Role.WEIGHT),
        case_id_column=layout.first(Role.CASE_ID),
        mode_column=layout.first(Role.MODE),
        ignored_columns=layout.headers(Role.IGNORED),
        undeclared={
            columns[name]: dict(reader.undeclared[name]) for name in columns if name in reader.undeclared
        },
    )


def _read(lines: Iterable[str], problems: Problems) -> list[Row]:
    try:
        return list(read_rows(lines))
    except UnreadableTable as error:
        problems.add(ImportCode.UNREADABLE, f"delimited text in UTF-8: {error.message}", row=error.row)
        raise problems.error() from error


def _has_width(row: Row, width: int, problems: Problems) -> bool:
    if len(row.cells) == width:
        return True
    expected = f"{width} fields, as in the header; there are {len(row.cells)}"
    problems.add(ImportCode.FIELD_COUNT, expected, row=row.number)
    return False


def _understand(
    layout: Layout, rows: Sequence[Row], codebook: Codebook
) -> tuple[Questionnaire, dict[str, str]]:
    """The questionnaire that the data answer, and the header of each of its variables' columns."""
    headers = layout.headers(Role.QUESTION)
    if codebook.questionnaire:
        return codebook.questionnaire, {header: header for header in headers}
    columns: dict[str, str] = {}
    questions = []
    for header, place in zip(headers, layout.places.get(Role.QUESTION, ()), strict=True):
        name = name_of(header, TAKEN | columns.keys())
        values = {row.cells[place].strip() for row in rows} - codebook.not_asked - {""}
        column = codebook.columns.get(header) or Column(header)
        if question := _question(name, column, values, codebook.language):
            columns[name] = header
            questions.append(question)
    section = Section(SECTION, None, tuple(questions))
    questionnaire = Questionnaire(codebook.title, (codebook.language,), (section,))
    if problems := check(questionnaire):
        raise CodebookError(problems)
    return questionnaire, columns


def _question(name: str, column: Column, values: set[str], language: str) -> Question | None:
    text = Text({language: column.label or column.header})
    return column.scale.question(name, text) if column.scale else discover(name, text, values)


def _with_undeclared(questionnaire: Questionnaire, undeclared: Mapping[str, Counter[str]]) -> Questionnaire:
    """The questionnaire with an option, of its own kind of missing, for each code outside its scale."""
    extra: dict[str, set[str]] = {}
    for variable in variables(flatten(questionnaire)):
        if variable.name in undeclared:
            name = variable.question.partition(".")[0]  # of a repeat: all its instances have the same options
            extra.setdefault(name, set()).update(undeclared[variable.name])
    if not extra:
        return questionnaire
    sections = (
        replace(section, elements=tuple(_extended(each, extra) for each in section.elements))
        for section in questionnaire.sections
    )
    return replace(questionnaire, sections=tuple(sections))


def _extended(element: Question | Group, extra: Mapping[str, set[str]]) -> Question | Group:
    if isinstance(element, Group):
        return replace(element, elements=tuple(_extended(each, extra) for each in element.elements))
    codes = sorted(extra.get(element.name, ()))
    added = tuple(_undeclared_option(code, element.text) for code in codes)
    if element.kind is not QuestionKind.TABLE or not added:
        return replace(element, options=(*element.options, *added))
    columns = (
        replace(column, options=(*column.options, *added)) if column.options else column
        for column in element.columns
    )
    return replace(element, columns=tuple(columns))


def _undeclared_option(code: str, text: Text) -> ResponseOption:
    return ResponseOption(code, Text(dict.fromkeys(text.translations, code)), missing=MissingKind.UNDECLARED)
