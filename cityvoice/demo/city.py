"""Miasto Przykładowe ("Exampletown"), an invented city, and how many adults it has: the control totals."""

from datetime import date

# Places in TERYT's register begin with a voivodeship's number, 02 to 32, so 99 stands for nowhere.
CODE = "9900011"
NAME = "Miasto Przykładowe"

DISTRICTS = {
    "1": "Stare Młyny",  # the old centre
    "2": "Nowa Cegielnia",  # large blocks of flats
    "3": "Lipowe Wzgórze",  # detached houses, well off
    "4": "Za Torami",  # former works, neglected
    "5": "Wierzbowe Łąki",  # new estates, young families
    "6": "Dolne Ogrody",  # far from the centre
}

# Adults by code of the questionnaire's answers; every variable counts the same people.
POPULATION = {
    "district": {"1": 11_412, "2": 16_837, "3": 7_584, "4": 8_916, "5": 9_693, "6": 5_871},
    "sex": {"F": 31_726, "M": 28_587},
    "age": {
        "18-24": 5_367,
        "25-34": 8_624,
        "35-44": 11_538,
        "45-54": 10_373,
        "55-64": 9_468,
        "65+": 14_943,
    },
}
N_ADULTS = 60_313
REFERENCE_ON = date(2025, 12, 31)
SOURCE = "Liczby zmyślone na potrzeby pokazu (invented for the demonstration): dorośli mieszkańcy"
