from xml.etree import ElementTree

import pytest
from figure_cases import SCALE, likert, likert_row

from cityvoice.figures.likert import LikertRow, LikertScale
from cityvoice.figures.reading import Mark, Reading
from cityvoice.figures.theme import GREEN, INK, PAPER, RUST, STONE, ink_on, likert_colours

SVG = "{http://www.w3.org/2000/svg}"


def bars(figure):
    """(left, right, colour) of the segments, without the swatches of the key."""
    root = ElementTree.fromstring(figure.svg())  # noqa: S314
    rects = [rect for rect in root.iter(f"{SVG}rect") if float(rect.get("height")) > 15]
    return [(float(r.get("x")), float(r.get("x")) + float(r.get("width")), r.get("fill")) for r in rects]


def test_the_neutral_level_stands_in_the_middle_of_one_axis():
    figure = likert(likert_row("a", 0.1, 0.2, 0.2, 0.3, 0.2), likert_row("b", 0.4, 0.2, 0.1, 0.2, 0.1))
    middles = [(left + right) / 2 for left, right, colour in bars(figure) if colour == STONE]
    assert len(middles) == 2
    assert middles[0] == pytest.approx(middles[1], abs=0.3)


def test_segments_are_as_long_as_their_shares():
    segments = bars(likert(likert_row("a", 0.1, 0.2, 0.2, 0.3, 0.2)))
    lengths = [right - left + 0.8 for left, right, _ in segments]
    total = sum(lengths)
    assert [length / total for length in lengths] == pytest.approx([0.1, 0.2, 0.2, 0.3, 0.2], abs=0.003)


def test_a_suppressed_row_draws_neither_bars_nor_dot_nor_number():
    figure = likert(likert_row("Żłobki", 0.2, 0.2, 0.2, 0.2, 0.2, mark=Mark.SUPPRESSED))
    assert bars(figure) == []
    assert "circle" not in figure.svg()
    assert "40,0" not in figure.svg()
    assert "40,0" not in "".join(figure.table().rows[0].cells)
    assert figure.words.suppressed in figure.alt
    assert figure.words.withheld_note in figure.table().notes


def test_a_flagged_row_is_hollow_and_starred():
    figure = likert(likert_row("Żłobki", 0.2, 0.2, 0.2, 0.2, 0.2, mark=Mark.FLAGGED))
    assert "40,0*" in figure.table().rows[0].cells
    assert f'fill="{PAPER}" stroke' in figure.svg()
    assert figure.table().notes == (figure.words.flagged,)


def test_the_table_says_what_the_figure_says():
    table = likert(likert_row("Zieleń", 0.05, 0.15, 0.1, 0.4, 0.3)).table()
    assert table.rows[0].cells == (
        "Zieleń",
        "5,0",
        "15,0",
        "10,0",
        "40,0",
        "30,0",
        "70,0",
        "66,0–74,0",
        "577",
        "404",
    )
    assert table.key == tuple((str(i), level) for i, level in enumerate(SCALE.levels, start=1))


def test_shares_must_match_the_scale():
    with pytest.raises(ValueError, match="2 shares for a scale of 5 levels"):
        likert(LikertRow("a", (0.5, 0.5), Reading(0.5)))


def test_a_scale_cannot_have_more_sides_than_levels():
    with pytest.raises(ValueError, match="scale of 2 levels"):
        LikertScale(("nie", "tak"), 1, 2, "nie", "tak")


def test_colours_of_the_visual_language():
    assert likert_colours(2, 1, 2) == (RUST[0], RUST[1], STONE, GREEN[1], GREEN[0])
    assert len(set(likert_colours(5, 1, 5))) == 11
    assert likert_colours(1, 0, 1) == (RUST[1], GREEN[1])


def test_letters_on_colours_are_read_easily():
    assert ink_on(RUST[0]) == ink_on(GREEN[0]) == PAPER
    assert ink_on(STONE) == ink_on(GREEN[1]) == ink_on(RUST[1]) == INK
