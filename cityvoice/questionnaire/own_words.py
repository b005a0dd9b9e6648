"""The few words that the engine itself adds to a questionnaire, in the languages that cities use."""

from collections.abc import Iterable, Mapping

from cityvoice.questionnaire.model import Text

_WORDS: Mapping[str, Mapping[str, str]] = {
    "yes": {"pl": "Tak", "en": "Yes", "uk": "Так", "de": "Ja", "fr": "Oui", "es": "Sí", "be": "Так"},
    "no": {"pl": "Nie", "en": "No", "uk": "Ні", "de": "Nein", "fr": "Non", "es": "No", "be": "Не"},
    "more": {
        "pl": "Czy dodać kolejną pozycję?",
        "en": "Is there another one to add?",
        "uk": "Додати ще одну позицію?",
        "de": "Gibt es einen weiteren Eintrag?",
        "fr": "Y en a-t-il un autre à ajouter ?",
        "es": "¿Hay otro que añadir?",
        "be": "Ці дадаць яшчэ адну пазіцыю?",
    },
    "best": {
        "pl": "Najlepsze",
        "en": "Best",
        "uk": "Найкраще",
        "de": "Am besten",
        "fr": "Le meilleur",
        "es": "Lo mejor",
        "be": "Найлепшае",
    },
    "worst": {
        "pl": "Najgorsze",
        "en": "Worst",
        "uk": "Найгірше",
        "de": "Am schlechtesten",
        "fr": "Le pire",
        "es": "Lo peor",
        "be": "Найгоршае",
    },
    "place_in_words": {
        "pl": "Miejsce opisane słowami",
        "en": "The place in words",
        "uk": "Місце словами",
        "de": "Der Ort in Worten",
        "fr": "Le lieu en mots",
        "es": "El lugar en palabras",
        "be": "Месца словамі",
    },
}


def own_words(name: str, languages: Iterable[str]) -> Text:
    """Words of the engine in these languages; English stands in for a language it does not know."""
    words = _WORDS[name]
    return Text({each: words.get(each.split("-")[0], words["en"]) for each in languages})
