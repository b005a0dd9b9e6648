import pytest

from cityvoice.questionnaire.kinds import MissingKind
from cityvoice.questionnaire.microdata.polarity import favourable, in_order, is_ordered, missing_kind, valence

SCALES = [
    (["Poor", "Below average", "Neutral", "Good", "Excellent"], (3, 4)),
    (["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"], (3, 4)),
    (["Strongly agree", "Agree", "Disagree", "Strongly disagree"], (0, 1)),
    (["Excellent", "Very good", "Good", "Fair", "Poor"], (0, 1)),
    (["Much better", "Somewhat better", "About the same", "Somewhat worse", "Much worse"], (0, 1)),
    (["bardzo niezadowolony", "niezadowolony", "ani, ani", "zadowolony", "bardzo zadowolony"], (3, 4)),
    (
        [
            "Zdecydowanie się zgadzam",
            "Raczej się zgadzam",
            "Raczej się nie zgadzam",
            "Zdecydowanie się nie zgadzam",
        ],
        (0, 1),
    ),
    (["bardzo źle", "źle", "średnio", "dobrze", "bardzo dobrze"], (3, 4)),
    (["Zdecydowanie nie", "Raczej nie", "Ani tak, ani nie", "Raczej tak", "Zdecydowanie tak"], (3, 4)),
    (["Not at all satisfied", "Not very satisfied", "Fairly satisfied", "Very satisfied"], (2, 3)),
    (["Bardzo bezpiecznie", "Raczej bezpiecznie", "Raczej niebezpiecznie", "Bardzo niebezpiecznie"], (0, 1)),
    (
        [
            "ZDECYDOWANIE NIE",
            "NIE",
            "RACZEJ NIE",
            "ANI TAK, ANI NIE",
            "RACZEJ TAK",
            "TAK",
            "ZDECYDOWANIE TAK",
        ],
        (4, 5, 6),
    ),
    (["Źle", "Ani dobrze, ani źle", "Dobrze"], (2,)),
]


@pytest.mark.parametrize(("labels", "places"), SCALES)
def test_favourable_is_the_better_half_in_either_direction(labels, places):
    assert favourable(labels) == places
    last = len(labels) - 1
    assert favourable(labels[::-1]) == tuple(sorted(last - place for place in places))
    assert is_ordered(labels)


@pytest.mark.parametrize(
    "labels",
    [
        ["Yes", "No"],
        ["Own", "Rent", "Other"],
        ["Never", "Once", "Several times", "At least monthly"],
        ["Male", "Female", "Other"],
        ["Good", "Very good", "Excellent"],
        ["Bad", "Good", "Bad", "Good"],
        ["Bad", "Bus", "Tram", "Metro", "Good"],
        ["Bardzo źle", *"123456789", "Bardzo dobrze"],
        [],
    ],
)
def test_labels_that_do_not_tell_stay_undecided(labels):
    assert favourable(labels) is None


@pytest.mark.parametrize(
    "labels",
    [
        ["Never", "At least once", "At least weekly", "At least daily"],
        ["codziennie", "czasem", "nigdy"],
        ["18-24", "25-34", "35-44", "65+"],
        ["Under $30,000", "$30,000 to $59,999", "$60,000 to $99,999", "$100,000 or more"],
        ["do 2000 zł", "2001–4000 zł", "powyżej 4000 zł"],
    ],
)
def test_frequencies_and_ranges_are_ordered(labels):
    assert is_ordered(labels)


@pytest.mark.parametrize(
    "labels",
    [
        ["Yes", "No"],
        ["Male", "Female", "Other"],
        ["Council district 1", "Council district 2", "Council district 3"],
    ],
)
def test_names_are_not_ordered(labels):
    assert not is_ordered(labels)


def test_labels_in_any_order_are_put_in_theirs():
    life = [
        "UDANE",
        "OKROPNE",
        "ANI DOBRE, ANI ZŁE",
        "WSPANIAŁE",
        "NIEZBYT UDANE",
        "DOSYĆ DOBRE",
        "NIESZCZĘŚLIWE",
    ]
    assert in_order(life) == (
        "OKROPNE",
        "NIESZCZĘŚLIWE",
        "NIEZBYT UDANE",
        "ANI DOBRE, ANI ZŁE",
        "DOSYĆ DOBRE",
        "UDANE",
        "WSPANIAŁE",
    )


@pytest.mark.parametrize(
    "labels", [["kobieta", "mężczyzna"], ["dobrze", "nieźle", "metro"], ["dobrze", "bardzo dobrze"], []]
)
def test_labels_of_unknown_or_one_sided_meaning_have_no_order(labels):
    assert in_order(labels) is None


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Don't know", MissingKind.DONT_KNOW),
        ("DON’T KNOW", MissingKind.DONT_KNOW),
        ("Nie wiem / trudno powiedzieć", MissingKind.DONT_KNOW),
        ("Trudno ocenić.", MissingKind.DONT_KNOW),
        ("Refused", MissingKind.REFUSED),
        ("Prefer not to say", MissingKind.REFUSED),
        ("Odmowa odpowiedzi", MissingKind.REFUSED),
        ("No answer", MissingKind.NO_ANSWER),
        ("BRAK ODPOWIEDZI", MissingKind.NO_ANSWER),
        ("N/A", MissingKind.NOT_APPLICABLE),
        ("Nie dotyczy", MissingKind.NOT_APPLICABLE),
        ("I don't know my neighbours", None),
        ("Nie wiem, gdzie to jest", None),
        ("Neutral", None),
        ("9", None),
        ("99", None),
        ("", None),
    ],
)
def test_missing_options_are_known_by_their_words_alone(label, kind):
    assert missing_kind(label) is kind


def test_valence_of_an_unknown_word_is_unknown():
    assert valence("tramwaj") is None
