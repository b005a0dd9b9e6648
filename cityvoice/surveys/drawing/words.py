"""Words as HTML: escaped, with links and lines."""

import re

from markupsafe import escape

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,:;!?()\[\]]")


def inline(words: str) -> str:
    """Words as HTML inside a line."""
    return "<br>".join(_linked(line) for line in clean(words).strip().splitlines())


def paragraphs(words: str) -> str:
    lines = [line for line in clean(words).splitlines() if line.strip()]
    return "".join(f"<p>{_linked(line)}</p>" for line in lines)


def clean(words: str) -> str:
    return _CONTROL.sub("", words)


def _linked(line: str) -> str:
    """Addresses become links; they open beside the questionnaire, so that no answer is lost."""
    written, place = [], 0
    for match in _LINK.finditer(line):
        address = escape(match.group())
        written.append(str(escape(line[place : match.start()])))
        written.append(f'<a href="{address}" target="_blank" rel="noopener noreferrer">{address}</a>')
        place = match.end()
    return "".join((*written, str(escape(line[place:]))))
