"""Workbooks are what other programs take them for, whatever the answers hold."""

from io import BytesIO

import openpyxl
import pytest

from cityvoice.surveys.errors import TooLargeForFormat
from cityvoice.surveys.exports import sheets
from cityvoice.surveys.exports.sheets import LONGEST_CELL, workbook


def read(*rows):
    out = BytesIO()
    with workbook(out, ("one & two", "empty")) as (write, _):
        for row in rows:
            write(row)
    return openpyxl.load_workbook(out)


@pytest.mark.parametrize(
    "value",
    ["=1+1", "żółć 🚲", "a < b & c > d", '"quoted"', " spaces ", "two\nlines", 7, 1.25, -1e-9, None],
)
def test_a_cell_is_read_back_as_it_was(value):
    cell = read(["column"], [value])["one & two"]["A2"]
    assert cell.value == value
    assert cell.data_type == ("s" if isinstance(value, str) else "n")


@pytest.mark.parametrize(
    ("value", "written"),
    [("bell\x07", "bell"), ("\ud800half", "half"), ("x" * 40_000, "x" * LONGEST_CELL), (float("inf"), "inf")],
)
def test_what_no_workbook_may_hold_is_left_out(value, written):
    assert read(["column"], [value])["one & two"]["A2"].value == written


def test_names_stay_in_view_in_bold():
    book = read(["name", "other"], ["value", 1])
    sheet = book["one & two"]
    assert (sheet["A1"].font.b, sheet["B1"].font.b, sheet["A2"].font.b) == (True, True, False)
    assert sheet.freeze_panes == "A2"
    assert book["empty"].max_row <= 1


def test_more_than_a_sheet_holds_is_refused(monkeypatch):
    with pytest.raises(TooLargeForFormat, match="choose CSV"):
        read([""] * (sheets.MOST_COLUMNS + 1))
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    read(*[["x"]] * 3)
    with pytest.raises(TooLargeForFormat, match="at most 3 rows"):
        read(*[["x"]] * 4)
