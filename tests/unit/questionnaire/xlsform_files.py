"""Small XLSForms, made in the test."""

import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook

from cityvoice.questionnaire.importers.formats import read_questionnaire
from cityvoice.questionnaire.importers.imported import Imported
from cityvoice.questionnaire.question import Question

Lines = Sequence[Sequence[object]]
YES_NO = [["yes_no", "1", "Yes"], ["yes_no", "0", "No"]]
CHOICES = ["list_name", "name", "label"]


def workbook(sheets: Mapping[str, Lines]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def imported(
    *survey: Sequence[object],
    headers: str = "type name label",
    choices: Lines = (CHOICES, *YES_NO),
    **sheets: Lines,
) -> Imported:
    """The form with these rows; `headers` are those of the sheet survey, between spaces or bars."""
    columns = headers.split("|" if "|" in headers else " ")
    content = workbook({"survey": [columns, *survey], "choices": choices, **sheets})
    return read_questionnaire(content, "form.xlsx")


def questions(found: Imported) -> dict[str, Question]:
    return {question.name: question for question in found.questionnaire.questions}


def losses(found: Imported) -> list[tuple[str, str]]:
    """Where and what; without missing translations."""
    return [(loss.where, loss.what) for loss in found.losses if not loss.where.startswith("language")]
