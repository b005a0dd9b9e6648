"""What residents write in their own words: sentences by topic, complaints and praise, put together by chance.

Every sentence stands on its own; ``{district}`` becomes the name of the resident's district.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cityvoice.demo.dice import Dice

TWO_TOPICS = 0.35  # how often a second complaint follows the first, or praise follows praise
LAST_WORD = 0.25


@dataclass(frozen=True)
class Topic:
    complaints: tuple[str, ...]
    praise: tuple[str, ...]


TOPICS: Mapping[str, Topic] = {
    "transport": Topic(
        (
            "Autobusy w dzielnicy {district} jeżdżą za rzadko, zwłaszcza wieczorem i w weekendy.",
            "Na przystanku często czeka się ponad dwadzieścia minut.",
            "Brakuje bezpośredniego autobusu z dzielnicy {district} do przychodni.",
            "Tablice na przystankach pokazują co innego niż rozkład.",
        ),
        (
            "Nowe autobusy są wygodne i punktualne.",
            "Bilet miesięczny ma rozsądną cenę.",
            "Do pracy dojeżdżam teraz szybciej niż kilka lat temu.",
        ),
    ),
    "health": Topic(
        (
            "Na wizytę u specjalisty czeka się miesiącami.",
            "Rano nie da się dodzwonić do przychodni.",
            "W dzielnicy {district} żadna przychodnia nie przyjmuje po południu.",
            "W weekendy brakuje lekarza dla dzieci.",
        ),
        (
            "W mojej przychodni wszyscy są życzliwi i dobrze zorganizowani.",
            "Rejestracja do lekarza przez internet działa dobrze.",
            "Bezpłatne badania dla seniorów to świetny pomysł.",
        ),
    ),
    "parks": Topic(
        (
            "Za dużo betonu, za mało drzew.",
            "Proszę o ławki w cieniu i poidełka.",
            "Z dzielnicy {district} do żadnego parku nie da się dojść pieszo.",
            "Młode drzewa schną, bo nikt ich nie podlewa.",
        ),
        (
            "Park po remoncie jest piękny.",
            "Łąki kwietne zamiast trawników to dobra zmiana.",
            "Dobrze, że przybywa drzew i ławek.",
        ),
    ),
    "cleanliness": Topic(
        (
            "Kosze na śmieci są stale przepełnione.",
            "Zimą nie ma czym oddychać, ludzie palą byle czym.",
            "W dzielnicy {district} rzadko sprząta się chodniki.",
            "Po każdym weekendzie leży szkło na placu zabaw.",
        ),
        (
            "Na ulicach jest czyściej niż dawniej.",
            "Odbiór odpadów działa bez zarzutu.",
            "Wymiana starych pieców daje efekty, zimą oddycha się lepiej.",
        ),
    ),
    "culture": Topic(
        (
            "W dzielnicy {district} wieczorem nic się nie dzieje.",
            "Bilety na koncerty są za drogie dla rodzin.",
            "Brakuje zajęć dla młodzieży po szkole.",
            "O wydarzeniach dowiaduję się już po fakcie.",
        ),
        (
            "Biblioteka jest świetna, a jej pracownicy bardzo pomocni.",
            "Letnie koncerty w parku to najlepsze, co robi miasto.",
            "Dom kultury ma ciekawą ofertę dla seniorów.",
        ),
    ),
    "sport": Topic(
        (
            "Basen jest albo zamknięty, albo przepełniony.",
            "Ścieżki rowerowe urywają się w połowie drogi.",
            "Boisko w dzielnicy {district} wymaga remontu.",
            "W hali sportowej trudno o wolny termin.",
        ),
        (
            "Siłownia pod chmurką jest oblegana, oby takich więcej.",
            "Ścieżki rowerowe wreszcie łączą się w całość.",
            "Zajęcia sportowe dla dzieci są tanie i dobre.",
        ),
    ),
    "schools": Topic(
        (
            "Brakuje miejsc w żłobkach.",
            "Klasy są zbyt liczne.",
            "Świetlica zamyka się, zanim rodzice wrócą z pracy.",
            "W dzielnicy {district} brakuje przedszkola.",
        ),
        (
            "Przedszkole pracuje z sercem, dziękuję.",
            "Szkoła po remoncie jest jasna i nowoczesna.",
            "Dobrze, że boiska szkolne są otwarte po lekcjach.",
        ),
    ),
    "housing": Topic(
        (
            "Czynsze rosną szybciej niż pensje.",
            "Młodych nie stać na mieszkanie w tym mieście.",
            "Na mieszkanie komunalne czeka się latami.",
            "Nowe bloki powstają bez sklepów i przedszkoli.",
        ),
        (
            "Remonty kamienic mają sens, centrum odżywa.",
            "Dobrze, że miasto buduje mieszkania na wynajem.",
            "W dzielnicy {district} mieszka się wygodnie i spokojnie.",
        ),
    ),
    "safety": Topic(
        (
            "W dzielnicy {district} po zmroku jest zbyt ciemno.",
            "Przydałyby się częstsze patrole.",
            "Kierowcy nie zwalniają przed przejściem dla pieszych.",
            "Latarnie gasną, zanim wrócę z drugiej zmiany.",
        ),
        (
            "Czuję się tu bezpiecznie o każdej porze.",
            "Nowe oświetlenie przejść bardzo pomogło.",
            "Straż miejska szybko reaguje na zgłoszenia.",
        ),
    ),
    "eservices": Topic(
        (
            "Formularz na stronie miasta pokazuje błąd w ostatnim kroku.",
            "Strona miasta źle działa na telefonie.",
            "Bez pomocy rodziny trudno złożyć wniosek przez internet.",
            "Na stronie miasta nie mogę znaleźć właściwego formularza.",
        ),
        (
            "Wniosek przez internet zajął mi pięć minut.",
            "Przypomnienia o odbiorze odpadów w telefonie są bardzo wygodne.",
            "Dobrze, że podatek można zapłacić bez wychodzenia z domu.",
        ),
    ),
    "officials": Topic(
        (
            "W urzędzie odsyłają od okienka do okienka.",
            "Na odpowiedź na pismo czekam już drugi miesiąc.",
            "Urząd powinien chociaż raz w tygodniu być czynny do osiemnastej.",
            "Pisma z urzędu trudno zrozumieć.",
        ),
        (
            "Pani w okienku cierpliwie wszystko wyjaśniła.",
            "Sprawę udało się załatwić podczas jednej wizyty.",
            "Urzędnicy są uprzejmi i znają się na rzeczy.",
        ),
    ),
}
AFTER_COMPLAINT = (
    "Proszę się tym zająć.",
    "Mówimy o tym od lat.",
    "To naprawdę ważne dla mieszkańców.",
    "Liczę, że tym razem coś się zmieni.",
)
AFTER_PRAISE = ("Oby tak dalej.", "Dziękuję.", "Tak trzymać.")


def write_comment(dice: Dice, grades: Mapping[str, int], district: str) -> str:
    """A comment on what the resident graded worst or best.

    Parameters
    ----------
    grades
        From -2 (very poor) to 2 (very good), by topic; strong feelings are written about most.
    district
        The name of the resident's district.
    """
    moving = {topic: _urge(grade) for topic, grade in grades.items() if grade}
    if not moving:
        return ""
    topic = dice.pick(moving)
    sentences = [_sentence(dice, topic, grades[topic])]
    alike = {other: urge for other, urge in moving.items() if grades[other] * grades[topic] > 0}
    del alike[topic]
    if alike and dice.chance(TWO_TOPICS):
        second = dice.pick(alike)
        sentences.append(_sentence(dice, second, grades[second]))
    if dice.chance(LAST_WORD):
        sentences.append(dice.choose(AFTER_COMPLAINT if grades[topic] < 0 else AFTER_PRAISE))
    return " ".join(sentences).format(district=district)


def _urge(grade: int) -> float:
    """How much a grade makes one write: the angry write most."""
    return grade * grade * (2 if grade < 0 else 1)


def _sentence(dice: Dice, topic: str, grade: int) -> str:
    said = TOPICS[topic]
    return dice.choose(said.complaints if grade < 0 else said.praise)
