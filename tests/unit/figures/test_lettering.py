from itertools import pairwise

import font_source_sans_pro
import pytest
from fontTools.ttLib import TTFont

from cityvoice.figures.lettering import SEMIBOLD, WIDTHS, text_width, wrap
from cityvoice.figures.theme import PRINT, SCREEN

SENTENCE = "Na ile jest Pan(i) zadowolony(-a) z dostępności mieszkań i żłobków w Gęśli?"


@pytest.fixture(scope="module")
def advances():
    font = TTFont(font_source_sans_pro.font_files_otf["SourceSansPro"])
    names, metrics = font.getBestCmap(), font["hmtx"]
    return lambda character: metrics[names[ord(character)]][0] / font["head"].unitsPerEm


def test_widths_are_those_of_the_bundled_font(advances):
    for character, width in WIDTHS.items():
        assert 0 <= width - advances(character) < 0.0251, character


def test_semibold_text_is_not_wider_than_estimated():
    font = TTFont(font_source_sans_pro.font_files_otf["SourceSansProSemibold"])
    names, metrics = font.getBestCmap(), font["hmtx"]
    drawn = sum(metrics[names[ord(character)]][0] for character in SENTENCE) / 1000 * 12
    assert drawn <= text_width(SENTENCE, 12, PRINT, bold=True) <= drawn * 1.1
    assert SEMIBOLD > 1


@pytest.mark.parametrize("theme", [PRINT, SCREEN])
@pytest.mark.parametrize("width", [60, 130, 400])
def test_lines_are_full_but_never_too_wide(theme, width):
    lines = wrap(SENTENCE, width, 12, theme)
    assert "".join(" ".join(lines).split()) == "".join(SENTENCE.split())
    assert all(text_width(line, 12, theme) <= width for line in lines)
    if width > 100:
        assert all(
            text_width(f"{line} {following.split(' ')[0]}", 12, theme) > width
            for line, following in pairwise(lines)
        )


def test_a_word_longer_than_the_line_is_broken():
    lines = wrap("x" * 100, 100, 12, PRINT)
    assert len(lines) > 1
    assert "".join(lines) == "x" * 100


@pytest.mark.parametrize("width", range(80, 300, 7))
def test_no_line_ends_with_a_word_of_one_letter(width):
    lines = wrap("w urzędzie i w szkołach oraz o zmroku", width, 12, PRINT)
    assert not [line for line in lines if len(line) == 1 or line[-2:-1] in (" ", "\u00a0")]


def test_no_text_is_one_empty_line():
    assert wrap("", 100, 12, PRINT) == ("",)
