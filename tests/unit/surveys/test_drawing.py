"""Drawings: templates cut where respondents differ, filled in without them."""

from collections.abc import Callable

import pytest

from cityvoice.questionnaire.question import Text
from cityvoice.surveys.drawing.compiling import compile_drawing
from cityvoice.surveys.drawing.filling import Filling
from cityvoice.surveys.drawing.pen import Pen
from cityvoice.surveys.drawing.words import inline, paragraphs


def drawn(draw: Callable[[Pen], str], filling: Filling, **options: object) -> str:
    pen = Pen("en", **options)  # type: ignore[arg-type]
    return compile_drawing(draw(pen), pen).fill(filling)


def options(pen: Pen) -> str:
    return "".join(
        f"{pen.option(code)}<input value={code}{pen.id('q')}{pen.checked('q', code)}>{pen.end()}"
        for code in "abc"
    )


def test_what_is_chosen_is_marked() -> None:
    assert drawn(options, Filling(values={"q": ["b"]})) == (
        '<input value=a id="q"><input value=b checked><input value=c>'
    )


def test_options_come_in_the_order_of_the_respondent_and_the_first_has_the_id() -> None:
    html = drawn(options, Filling(order={"option": ["c", "a"]}, values={"q": ["a"]}))
    assert html == '<input value=c id="q"><input value=a checked>'


def test_a_group_without_options_is_not_drawn() -> None:
    def grouped(pen: Pen) -> str:
        return f"{pen.group('1')}<p>day</p>{options(pen)}{pen.end()}"

    assert drawn(grouped, Filling(order={"option": []})) == ""
    assert drawn(grouped, Filling(order={"option": ["b"]})) == '<p>day</p><input value=b id="q">'


def test_an_unanswered_question_is_the_same_for_all() -> None:
    pen = Pen("en")
    drawing = compile_drawing(options(pen), pen)
    assert drawing.blank == '<input value=a id="q"><input value=b><input value=c>'
    assert drawing.fill(Filling()) is drawing.blank
    assert drawing.fill(Filling(errors={"q": "no"})) == drawing.blank


def test_errors_are_told_and_tied_to_their_control() -> None:
    def field(pen: Pen) -> str:
        return f"<div class='{pen.wrong('q')}'>{pen.error('q')}<input{pen.about('q', 'q-hint')}></div>"

    assert drawn(field, Filling()) == "<div class=''><input aria-describedby=\"q-hint\"></div>"
    html = drawn(field, Filling(errors={"q": "1 < 2"}))
    assert '<p class="error" id="q-error"><bdi>1 &lt; 2</bdi></p>' in html
    assert 'aria-describedby="q-hint q-error" aria-invalid="true"' in html


def test_what_people_typed_is_text() -> None:
    html = drawn(lambda pen: f'<input value="{pen.value("q")}">', Filling(values={"q": ['"><script>']}))
    assert html == '<input value="&#34;&gt;&lt;script&gt;">'


def test_a_text_that_quotes_answers_is_filled_in_escaped() -> None:
    text = Text({"en": "Hello, {name}!"})
    html = drawn(
        lambda pen: pen.words(text),
        Filling(pipe=lambda _text: "Hello, <Ala>!"),
        is_piped=lambda each: each == text,
    )
    assert html == "Hello, &lt;Ala&gt;!"


def test_what_script_may_show_is_there_but_off() -> None:
    def one(pen: Pen) -> str:
        return f"<label{pen.off('option', 'a')}>"

    instant = frozenset({("option", "a")})
    assert drawn(one, Filling(off=instant), instant=instant) == "<label hidden>"
    assert drawn(one, Filling(), instant=instant) == "<label>"
    assert drawn(one, Filling(off=instant)) == "<label>", "no mark where nothing can change"


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("a < b\nc", "a &lt; b<br>c"),
        (
            "See https://example.org/a?b=1&c.",
            'See <a href="https://example.org/a?b=1&amp;c" target="_blank" rel="noopener noreferrer">'
            "https://example.org/a?b=1&amp;c</a>.",
        ),
        ('https://x.org/"onclick=', "https://x.org/"),
        ("\x020\x03 marks of one's own", "0 marks of one&#39;s own"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_words_become_safe_html(words: str, html: str) -> None:
    found = inline(words)
    assert html in found
    assert "<a" not in found or 'href="https://' in found
    assert '"onclick' not in found


def test_paragraphs_are_lines() -> None:
    assert paragraphs("one\n\n two ") == "<p>one</p><p> two </p>"
