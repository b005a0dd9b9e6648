"""The few words that the engine itself adds to a questionnaire, in the languages that cities use."""

from collections.abc import Iterable, Mapping

from cityvoice.questionnaire.question import Text

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
    "selected": {
        "pl": "Numer wybranej osoby",
        "en": "Number of the person selected",
        "uk": "Номер обраної особи",
        "de": "Nummer der ausgewählten Person",
        "fr": "Numéro de la personne sélectionnée",
        "es": "Número de la persona seleccionada",
        "be": "Нумар абранай асобы",
    },
    "eligible": {
        "pl": "Liczba osób, spośród których wybierano",
        "en": "Number of people eligible for selection",
        "uk": "Кількість осіб, з яких обирали",
        "de": "Zahl der Personen in der Auswahl",
        "fr": "Nombre de personnes éligibles",
        "es": "Número de personas elegibles",
        "be": "Колькасць асоб, з якіх выбіралі",
    },
    "probability": {
        "pl": "Prawdopodobieństwo wyboru w gospodarstwie",
        "en": "Probability of selection within the household",
        "uk": "Імовірність обрання в домогосподарстві",
        "de": "Auswahlwahrscheinlichkeit im Haushalt",
        "fr": "Probabilité de sélection dans le ménage",
        "es": "Probabilidad de selección en el hogar",
        "be": "Імавернасць выбару ў гаспадарцы",
    },
    "day": {
        "pl": "Dzień, od którego liczono urodziny",
        "en": "Day that birthdays were counted from",
        "uk": "День, від якого рахували дні народження",
        "de": "Tag, von dem an die Geburtstage gezählt wurden",
        "fr": "Jour de référence pour les anniversaires",
        "es": "Día desde el que se cuentan los cumpleaños",
        "be": "Дзень, ад якога лічылі дні нараджэння",
    },
    "told": {
        "pl": "Dalsze pytania są przeznaczone dla osoby nr {position()} z tej listy.",
        "en": "The questions that follow are for person {position()} on this list.",
        "uk": "Подальші запитання призначені для особи № {position()} з цього списку.",
        "de": "Die folgenden Fragen richten sich an Person {position()} auf dieser Liste.",
        "fr": "Les questions suivantes s'adressent à la personne n° {position()} de cette liste.",
        "es": "Las preguntas siguientes son para la persona n.º {position()} de esta lista.",
        "be": "Наступныя пытанні прызначаны для асобы № {position()} з гэтага спіса.",
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
