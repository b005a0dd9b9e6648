"""What the columns of an XLSForm are called: spellings of two decades become one."""

import re
from collections.abc import Iterable
from typing import NamedTuple

_SEPARATOR = re.compile(r"\s*::?\s*")
_LANGUAGE = re.compile(r"(?P<name>[^()]*)\((?P<code>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)\s*")
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

# Old or loose spellings, without case, blanks, hyphens and underscores.
_SAME: dict[str, str] = {
    "command": "type",
    "tag": "name",
    "value": "name",
    "caption": "label",
    "text": "label",
    "relevance": "relevant",
    "requiredmsg": "required_message",
    "requiredmessage": "required_message",
    "constraintmsg": "constraint_message",
    "constraintmessage": "constraint_message",
    "guidancehint": "guidance_hint",
    "calculate": "calculation",
    "count": "repeat_count",
    "repeatcount": "repeat_count",
    "choicefilter": "choice_filter",
    "listname": "list_name",
    "readonly": "read_only",
    "formtitle": "form_title",
    "title": "form_title",
    "formid": "form_id",
    "idstring": "form_id",
    "setform_title": "form_title",
    "defaultlanguage": "default_language",
    "bigimage": "big-image",
}
_WRAPPERS = frozenset({"bind", "body", "control", "media", "jr", "instance", "children"})
TRANSLATED = frozenset({"label", "hint", "guidance_hint", "constraint_message", "required_message"})
MEDIA = frozenset({"image", "audio", "video", "big-image"})

_NAMES = {
    "english": "en",
    "polish": "pl",
    "polski": "pl",
    "ukrainian": "uk",
    "українська": "uk",
    "russian": "ru",
    "german": "de",
    "deutsch": "de",
    "french": "fr",
    "français": "fr",
    "francais": "fr",
    "spanish": "es",
    "español": "es",
    "italian": "it",
    "portuguese": "pt",
    "dutch": "nl",
    "czech": "cs",
    "slovak": "sk",
    "lithuanian": "lt",
    "romanian": "ro",
    "turkish": "tr",
    "arabic": "ar",
    "hebrew": "he",
    "persian": "fa",
    "chinese": "zh",
    "japanese": "ja",
    "vietnamese": "vi",
    "hindi": "hi",
    "swahili": "sw",
    "amharic": "am",
    "macedonian": "mk",
    "belarusian": "be",
}


class Header(NamedTuple):
    """A column's one name, and the language that it is in, as the file calls it."""

    name: str
    language: str | None


def read_header(header: str) -> Header:
    """``bind:jr:constraintMsg::English (en)`` is ``constraint_message`` in ``English (en)``."""
    parts = [part for part in _SEPARATOR.split(header.strip()) if part]
    while len(parts) > 1 and _plain(parts[0]) in _WRAPPERS:
        parts = parts[1:]
    name = _canonical(parts[0]) if parts else ""
    language = parts[1] if len(parts) > 1 and name in TRANSLATED | MEDIA else None
    if len(parts) > 1 and language is None:
        name = "::".join((name, *parts[1:]))
    return Header(name, language)


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", "", word).lower()


def _canonical(word: str) -> str:
    return _SAME.get(_plain(word), re.sub(r"\s+", "_", word.strip().lower()))


def language_code(name: str) -> str | None:
    """The code of a language as files name it: ``English (en)``, ``Polski``, ``fr``; None when unknown."""
    if found := _LANGUAGE.fullmatch(name.strip()):
        return (
            found["code"][:3].lower() + found["code"][3:] if "-" in found["code"] else found["code"].lower()
        )
    lower = name.strip().lower()
    return _NAMES.get(lower) or (lower if _CODE.fullmatch(lower) and len(lower) == 2 else None)


def language_codes(names: Iterable[str], default: str) -> dict[str, str]:
    """A code for each language name: one of its own also where the name says nothing that is known."""
    codes: dict[str, str] = {}
    for name in names:
        code = language_code(name) or (default if name.lower() == "default" else None)
        if code is None or code in codes.values():
            number = sum(each.startswith("qa") for each in codes.values())
            code = f"qa{chr(ord('a') + number % 26)}"  # the range that ISO 639-2 leaves for local use
        codes[name] = code
    return codes
