import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.questionnaire.expressions.patterns import PatternError, pattern


@pytest.mark.parametrize(
    ("text", "matching", "other"),
    [
        ("^[0-9]{2}-[0-9]{3}$", ["40-001"], ["40001", "40-0011", "a40-001"]),
        (r"^[\w-\.]+@([\w-]+\.)+[\w-]{2,}$", ["a.b-c@city.gov.pl"], ["a@b", "a b@c.pl"]),
        ("^(?:tak|nie)$", ["tak", "nie"], ["taknie", ""]),
        (r"(?i)^długa$", ["DŁUGA"], ["dluga"]),
        (r"^(?i:a)b$", ["Ab"], ["AB"]),
        (r"^\p{Lu}\p{L}*$", ["Łódź"], ["łódź", "Ł1"]),
        (r"^\P{L}+$", ["123"], ["1a"]),
        ("^[[:alpha:]]+[[:^digit:]]$", ["ab!"], ["ab1"]),
        (r"\bdom\b", ["nowy dom."], ["domek"]),
        (r"\Bom", ["dom"], ["om"]),
        (r"^\x41\u0042\x{43}$", ["ABC"], ["ABD"]),
        (r"^a{,3}$", ["a{,3}"], ["aa"]),
        ("^[]x]+$", ["]x"], ["a"]),
        (r"^[a-\d]+$", ["a-1"], ["b"]),
        ("^(?P<n>a)(?<m>b)$", ["ab"], ["a"]),
        (r"\Aa\Z", ["a"], ["ab"]),
        (r"[\b]", ["\b"], ["b"]),
        ("^a??b+?$", ["abb", "b"], ["a"]),
        ("", ["", "anything"], []),
    ],
)
def test_what_matches(text, matching, other):
    assert [each for each in matching if not pattern(text).search(each)] == []
    assert [each for each in other if pattern(text).search(each)] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(", "without its closing bracket"),
        (")", "without its opening one"),
        ("[a", "ends too early"),
        ("*a", "nothing to repeat"),
        ("a{3,2}", "wrong way round"),
        ("[z-a]", "wrong way round"),
        (r"(a)\1", "back references"),
        ("(?=a)", "looking ahead"),
        ("(?<!a)b", "looking ahead"),
        ("a++", "possessive"),
        (r"\y", "not supported"),
        ("[[:nonsense:]]", "no class of characters"),
        ("(((a{100}){100}){100})", "too many repetitions"),
        ("(" * 50 + ")" * 50, "nested deeper"),
        ("a" * 1001, "longer than"),
        ("\\", "ends too early"),
    ],
)
def test_what_cannot_be_read_is_told(text, message):
    with pytest.raises(PatternError, match=message) as caught:
        pattern(text)
    assert caught.value.position >= 1


atoms = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", "^", "$", r"\b", "", "1"])
patterns = st.recursive(
    atoms,
    lambda inner: (
        st.builds("{}{}".format, inner, inner)
        | st.builds("(?:{}|{})".format, inner, inner)
        | st.builds("(?:{}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,}"]))
    ),
    max_leaves=8,
)


@given(patterns, st.text(alphabet="ab1 ", max_size=8))
def test_it_agrees_with_pythons_own_expressions(text, subject):
    assert pattern(text).search(subject) == bool(re.search(text.replace("$", r"\Z"), subject))
    assert pattern(text).fullmatch(subject) == bool(re.fullmatch(text.replace("$", r"\Z"), subject))


@pytest.mark.parametrize("text", ["^(a+)+$", "^(a|a)*$", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_no_pattern_takes_long(text):
    begun = time.perf_counter()
    pattern(text).search("a" * 2000 + "!")
    assert time.perf_counter() - begun < 2


@given(st.text(max_size=12))
def test_any_text_is_a_pattern_or_an_error(text):
    with suppress(PatternError):
        assert pattern(text).search("some text") in {True, False}
