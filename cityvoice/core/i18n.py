"""Translations outside a request: the worker and the command line speak a locale that they are told."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

TRANSLATIONS = Path(__file__).parent.parent / "translations"


@cache
def translations(locale: str) -> NullTranslations:
    """The interface's translations into `locale`; English is the language of the message ids."""
    file = TRANSLATIONS / locale / "LC_MESSAGES" / "messages.mo"
    if not file.exists():
        return NullTranslations()
    with file.open("rb") as opened:
        return GNUTranslations(opened)
