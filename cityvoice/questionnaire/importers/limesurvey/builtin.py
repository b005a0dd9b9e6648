"""The words that LimeSurvey itself puts into questions, in the languages that its surveys are written in."""

from collections.abc import Iterable, Mapping

from cityvoice.questionnaire.question import Text

_NAMES = (
    "yes",
    "no",
    "uncertain",
    "increase",
    "same",
    "decrease",
    "female",
    "male",
    "other",
    "comment",
    "scale",
)
_WORDS: Mapping[str, tuple[str, ...]] = {
    "pl": ("Tak", "Nie", "Nie wiem", "Wzrost", "Bez zmian", "Spadek", "Kobieta", "Mężczyzna", "Inne", "Komentarz", "Skala"),  # noqa: E501
    "en": ("Yes", "No", "Uncertain", "Increase", "Same", "Decrease", "Female", "Male", "Other", "Comment", "Scale"),  # noqa: E501
    "uk": ("Так", "Ні", "Не певен", "Зростання", "Без змін", "Зменшення", "Жінка", "Чоловік", "Інше", "Коментар", "Шкала"),  # noqa: E501
    "de": ("Ja", "Nein", "Unsicher", "Zunahme", "Gleich", "Abnahme", "Weiblich", "Männlich", "Sonstiges", "Kommentar", "Skala"),  # noqa: E501
    "fr": ("Oui", "Non", "Indécis", "Augmentation", "Identique", "Diminution", "Femme", "Homme", "Autre", "Commentaire", "Échelle"),  # noqa: E501
    "es": ("Sí", "No", "No lo sé", "Aumentar", "Igual", "Disminuir", "Mujer", "Hombre", "Otro", "Comentario", "Escala"),  # noqa: E501
    "it": ("Sì", "No", "Incerto", "Aumento", "Uguale", "Diminuzione", "Femmina", "Maschio", "Altro", "Commento", "Scala"),  # noqa: E501
    "pt": ("Sim", "Não", "Incerto", "Aumentar", "Igual", "Diminuir", "Feminino", "Masculino", "Outro", "Comentário", "Escala"),  # noqa: E501
    "nl": ("Ja", "Nee", "Onzeker", "Toename", "Gelijk", "Afname", "Vrouw", "Man", "Anders", "Opmerking", "Schaal"),  # noqa: E501
    "sv": ("Ja", "Nej", "Osäker", "Ökar", "Oförändrat", "Minskar", "Kvinna", "Man", "Annat", "Kommentar", "Skala"),  # noqa: E501
    "da": ("Ja", "Nej", "Usikker", "Stigning", "Uændret", "Fald", "Kvinde", "Mand", "Andet", "Kommentar", "Skala"),  # noqa: E501
    "nb": ("Ja", "Nei", "Usikker", "Øker", "Uendret", "Minker", "Kvinne", "Mann", "Annet", "Kommentar", "Skala"),  # noqa: E501
    "fi": ("Kyllä", "Ei", "Epävarma", "Lisääntyy", "Sama", "Vähenee", "Nainen", "Mies", "Muu", "Kommentti", "Asteikko"),  # noqa: E501
    "et": ("Jah", "Ei", "Pole kindel", "Kasv", "Sama", "Langus", "Naine", "Mees", "Muu", "Kommentaar", "Skaala"),  # noqa: E501
    "lv": ("Jā", "Nē", "Neesmu pārliecināts", "Pieaugums", "Bez izmaiņām", "Samazinājums", "Sieviete", "Vīrietis", "Cits", "Komentārs", "Skala"),  # noqa: E501
    "lt": ("Taip", "Ne", "Nesu tikras", "Padidėjimas", "Tas pats", "Sumažėjimas", "Moteris", "Vyras", "Kita", "Komentaras", "Skalė"),  # noqa: E501
    "cs": ("Ano", "Ne", "Nevím", "Zvýšení", "Beze změny", "Snížení", "Žena", "Muž", "Jiné", "Komentář", "Škála"),  # noqa: E501
    "sk": ("Áno", "Nie", "Neviem", "Zvýšenie", "Bez zmeny", "Zníženie", "Žena", "Muž", "Iné", "Komentár", "Škála"),  # noqa: E501
    "hu": ("Igen", "Nem", "Bizonytalan", "Növekedés", "Ugyanannyi", "Csökkenés", "Nő", "Férfi", "Egyéb", "Megjegyzés", "Skála"),  # noqa: E501
    "ro": ("Da", "Nu", "Nesigur", "Creștere", "La fel", "Scădere", "Feminin", "Masculin", "Altul", "Comentariu", "Scala"),  # noqa: E501
    "hr": ("Da", "Ne", "Nisam siguran", "Povećanje", "Isto", "Smanjenje", "Žena", "Muškarac", "Ostalo", "Komentar", "Skala"),  # noqa: E501
    "sl": ("Da", "Ne", "Nisem prepričan", "Povečanje", "Enako", "Zmanjšanje", "Ženska", "Moški", "Drugo", "Komentar", "Lestvica"),  # noqa: E501
    "ru": ("Да", "Нет", "Не уверен", "Увеличение", "Без изменений", "Уменьшение", "Женский", "Мужской", "Другое", "Комментарий", "Шкала"),  # noqa: E501
    "be": ("Так", "Не", "Не ўпэўнены", "Павелічэнне", "Без змен", "Памяншэнне", "Жанчына", "Мужчына", "Іншае", "Каментарый", "Шкала"),  # noqa: E501
    "el": ("Ναι", "Όχι", "Αβέβαιο", "Αύξηση", "Ίδιο", "Μείωση", "Γυναίκα", "Άνδρας", "Άλλο", "Σχόλιο", "Κλίμακα"),  # noqa: E501
    "tr": ("Evet", "Hayır", "Emin değilim", "Artış", "Aynı", "Azalış", "Kadın", "Erkek", "Diğer", "Yorum", "Ölçek"),  # noqa: E501
    "ar": ("نعم", "لا", "غير متأكد", "زيادة", "بدون تغيير", "نقصان", "أنثى", "ذكر", "أخرى", "تعليق", "مقياس"),
    "he": ("כן", "לא", "לא בטוח", "עלייה", "ללא שינוי", "ירידה", "נקבה", "זכר", "אחר", "הערה", "סולם"),
}  # fmt: skip


def builtin(name: str, languages: Iterable[str], number: int | None = None) -> Text:
    """One of these words in the given languages; English where LimeSurvey's words are not known.

    Parameters
    ----------
    number
        Stands behind the word: ``Scale 2``.
    """
    place = _NAMES.index(name)
    tail = "" if number is None else f" {number}"
    return Text({each: _of(each)[place] + tail for each in languages})


def is_known(language: str) -> bool:
    return language.split("-")[0] in _WORDS


def _of(language: str) -> tuple[str, ...]:
    return _WORDS.get(language.split("-")[0], _WORDS["en"])
