"""What holds for every figure in every theme."""

from xml.etree import ElementTree

import pytest
from figure_cases import LONG, dot_row, dots, likert, likert_row

from cityvoice.figures.lettering import text_width
from cityvoice.figures.theme import PHONE, PRINT, SCREEN, Theme

SVG = "{http://www.w3.org/2000/svg}"
SLACK = 0.5  # coordinates are rounded to a tenth
themes = pytest.mark.parametrize("theme", [PRINT, SCREEN, PHONE], ids=["print", "screen", "phone"])


def parse(figure, theme: Theme = PRINT) -> ElementTree.Element:
    return ElementTree.fromstring(figure.svg(theme))  # noqa: S314 - our own drawing


def text_boxes(root: ElementTree.Element, theme: Theme):
    """(left, right, baseline, size, text) of every line of text."""
    for text in root.iter(f"{SVG}text"):
        size = float(text.get("font-size"))
        width = text_width(text.text or "", size, theme, bold=text.get("font-weight") == "600")
        x = float(text.get("x"))
        left = {"start": x, "middle": x - width / 2, "end": x - width}[text.get("text-anchor", "start")]
        yield left, left + width, float(text.get("y")), size, text.text


@themes
def test_svg_is_well_formed_and_its_alt_text_is_the_first_child(figure, theme):
    root = parse(figure, theme)
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == figure.alt
    assert figure.alt.startswith(figure.title)


@themes
def test_no_text_leaves_the_drawing(figure, theme):
    root = parse(figure, theme)
    _, _, width, height = map(float, root.get("viewBox").split())
    for left, right, baseline, size, text in text_boxes(root, theme):
        assert left >= -SLACK, text
        assert right <= width + SLACK, text
        assert size * 0.6 <= baseline <= height, text


@themes
def test_no_two_texts_overlap(figure, theme):
    boxes = list(text_boxes(parse(figure, theme), theme))
    for i, (left, right, baseline, size, text) in enumerate(boxes):
        for other_left, other_right, other_baseline, other_size, other in boxes[i + 1 :]:
            apart = abs(baseline - other_baseline) >= min(size, other_size) * 0.9
            beside = left >= other_right - SLACK or other_left >= right - SLACK
            assert apart or beside, (text, other)


@themes
def test_shapes_stay_inside(figure, theme):
    root = parse(figure, theme)
    _, _, width, height = map(float, root.get("viewBox").split())
    for rect in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
        assert min(x, y, w, h) >= 0
        assert x + w <= width + SLACK
        assert y + h <= height + SLACK


def test_a_drawing_needs_no_script_style_or_outside_file(figure):
    svg = figure.svg()
    assert "<style" not in svg
    assert " style=" not in svg
    assert "<script" not in svg
    assert "href" not in svg


def test_the_same_figure_is_the_same_bytes(figure):
    assert figure.svg() == figure.svg()
    assert figure.table() == figure.table()


def test_the_table_has_a_cell_for_every_column(figure):
    table = figure.table()
    assert all(len(row.cells) == len(table.columns) for row in table.rows)


def test_labels_are_escaped():
    figure = dots(dot_row('<script>alert("1")</script> & co', 0.5))
    assert "<script" not in figure.svg()
    assert '<script>alert("1")</script>' in "".join(
        text.text or "" for text in parse(figure).iter(f"{SVG}text")
    )


def test_a_long_label_keeps_all_its_words():
    root = parse(likert(likert_row(LONG, 0.1, 0.2, 0.1, 0.4, 0.2)))
    drawn = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    assert LONG in drawn.replace("\u00a0", " ")
