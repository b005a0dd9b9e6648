import pytest

from cityvoice.core.typography import ended, tidy

N, J = "\u00a0", "\u2060"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w domu i w pracy", f"w{N}domu i{N}w{N}pracy"),
        ("W mieście", f"W{N}mieście"),
        ("(a także", f"(a{N}także"),
        ("„I tak”", f"„I{N}tak”"),
        ("595 mieszkańców", f"595{N}mieszkańców"),
        ("26 306 osób", f"26{N}306{N}osób"),
        ("12 %", f"12{N}%"),
        ("31 grudnia 2025 r.", f"31{N}grudnia 2025{N}r."),
        ("nr 5 i art. 6", f"nr{N}5 i{N}art.{N}6"),
        ("zieleń – nie", f"zieleń{N}– nie"),
        ("wagi 0,3–3,0", f"wagi 0,3–{J}3,0"),
        ("n = 577", f"n{N}={N}577"),
    ],
)
def test_spaces_that_polish_does_not_break(text, expected):
    assert tidy(text, "pl") == expected


@pytest.mark.parametrize("text", ["dom ma okno", "kot a", "Pan(i) dzielnica", "ani nie"])
def test_other_spaces_may_break(text):
    assert tidy(text, "pl") == text


def test_each_language_has_its_own_short_words():
    assert tidy("a house", "en") == f"a{N}house"
    assert tidy("w domu", "en") == "w domu"
    assert tidy("у місті", "uk") == f"у{N}місті"


def test_only_spaces_change():
    text = "W 2026 r. – „nie wiem” i inne"
    assert tidy(text, "pl_PL").replace(N, " ") == text
    assert tidy(tidy(text, "pl"), "pl") == tidy(text, "pl")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("wszyscy", "wszyscy."), ("w 2025 r.", "w 2025 r."), ("dlaczego?”", "dlaczego?”"), ("„tak”", "„tak”.")],
)
def test_a_sentence_ends_once(text, expected):
    assert ended(text) == expected
