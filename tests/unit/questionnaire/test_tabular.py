import io

import pytest

from cityvoice.questionnaire.tabular import Row, UnreadableTable, read_rows


def rows(text):
    return list(read_rows(io.StringIO(text, newline="")))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_from_the_header(delimiter):
    text = f'a{delimiter}"b,;x"{delimiter}c\r\n1{delimiter}"x\ny"{delimiter}3\r\n'
    assert rows(text) == [Row(1, ["a", "b,;x", "c"]), Row(2, ["1", "x\ny", "3"])]


def test_a_byte_order_mark_is_no_part_of_the_first_name():
    assert rows("\ufeffid\n1\n")[0].cells == ["id"]


def test_blank_rows_are_left_out_and_still_counted():
    assert [row.number for row in rows("a,b\n\n,\n1,2\n")] == [1, 4]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("PK\x03\x04\0\0", "the file is no text"),
        ('a,b\n1,"2\n', "quotes do not match"),
        ('a,b\n"1"x,2\n', "quotes do not match"),
        ('a,b\n"' + "x" * 200_000 + '",2\n', "a cell is longer than 131072 characters"),
    ],
)
def test_what_is_no_table_says_why(text, message):
    with pytest.raises(UnreadableTable, match=message):
        rows(text)


def test_text_that_is_not_utf_8_says_so():
    lines = io.TextIOWrapper(io.BytesIO("płeć\n1\n".encode("cp1250")), encoding="utf-8")
    with pytest.raises(UnreadableTable, match="UTF-8"):
        list(read_rows(lines))
