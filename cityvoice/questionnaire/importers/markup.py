"""Reduces HTML to the plain text that our questionnaires hold: paragraphs stay, links keep their address."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_UNSEEN = frozenset({"script", "style", "head", "title", "template", "object", "svg", "select", "textarea"})
_EMBEDDED = frozenset({"iframe", "video", "audio", "embed", "object", "canvas", "form", "input", "button"})
_PARAGRAPHS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "hr"}
)
_LINES = frozenset({"br", "div", "li", "tr", "dt", "dd", "section", "article", "header", "footer"})
_CELLS = frozenset({"td", "th"})
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z/!]|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]+);")
_LINK = re.compile(r"(?:https?|mailto|tel|ftp):", re.IGNORECASE)


@dataclass(frozen=True)
class Plain:
    text: str
    dropped: tuple[str, ...] = field(default=())  # kinds of content that plain text cannot hold: "script"


def plain_text(html: str) -> Plain:
    """The words of a piece of HTML, and what was left out. Plain text comes back as it is, trimmed."""
    html = html.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not _LOOKS_LIKE_HTML.search(html):
        return Plain(_tidied(html))
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Plain(_tidied("".join(reader.parts)), tuple(dict.fromkeys(reader.dropped)))


def _tidied(text: str) -> str:
    """One space between words, none at the ends of lines, at most one empty line between paragraphs."""
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.dropped: list[str] = []
        self.unseen: list[str] = []
        self.links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _UNSEEN:
            self.unseen.append(tag)
            if tag in {"script", "object", "svg"}:
                self.dropped.append(tag)
        elif tag in _EMBEDDED:
            self.dropped.append(tag)
        elif tag == "img":
            self.dropped.append("picture")
            self._say(given.get("alt") or "")
        elif tag == "a":
            self.links.append((given.get("href") or "", len(self.parts)))
        elif tag in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag in _CELLS:
            self.parts.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.unseen and tag == self.unseen[-1]:
            self.unseen.pop()
        elif tag == "a" and self.links:
            address, start = self.links.pop()
            words = "".join(self.parts[start:]).strip()
            if _LINK.match(address) and address.split(":", 1)[1].strip("/") not in words:
                self._say(f" ({address.removeprefix('mailto:')})")
        elif tag in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag == "div":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self._say(data.replace("\n", " ").replace("\u00a0", " "))

    def unknown_decl(self, data: str) -> None:
        """A CDATA section or another declaration inside HTML says nothing to a reader."""

    def _say(self, words: str) -> None:
        if not self.unseen:
            self.parts.append(words)
