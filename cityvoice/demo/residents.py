"""The 595 residents who answered: who they are, when and how. The same seed gives the same people.

Not everybody is as likely to take part: homeowners on the hill come, the neglected district stays away; the
phone reaches the old and the web the younger. So the sample is not the city, and weighting has work to do.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from cityvoice.demo import opinions
from cityvoice.demo.city import POPULATION
from cityvoice.demo.dice import Dice
from cityvoice.questionnaire.kinds import Mode
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.question import Answer
from cityvoice.questionnaire.routing import prune

SEED = 20_260_907
INTERVIEWS = {Mode.CATI: 297, Mode.CAWI: 298}
FIRST_DAY = date(2026, 9, 7)  # a Monday
DAYS = {  # interviews by day of fieldwork: no calls on Sundays; the web after its announcement and a reminder
    Mode.CATI: (20, 26, 27, 26, 22, 12, 0, 25, 27, 26, 24, 20, 10, 0),
    Mode.CAWI: (52, 38, 22, 15, 12, 14, 16, 40, 27, 15, 10, 8, 12, 17),
}
LAST_DAY = FIRST_DAY + timedelta(days=len(DAYS[Mode.CATI]) - 1)
LANGUAGES = {Mode.CATI: {"pl": 1.0}, Mode.CAWI: {"pl": 0.95, "uk": 0.04, "en": 0.01}}

# How likely people of a group are to take part, compared with others.
TURNOUT_OF_DISTRICT = {"1": 1.2, "2": 0.65, "3": 1.9, "4": 0.55, "5": 1.15, "6": 0.85}
TURNOUT_OF_SEX = {"F": 1.25, "M": 0.75}
TURNOUT_OF_AGE = {
    Mode.CATI: {"18-24": 0.35, "25-34": 0.45, "35-44": 0.8, "45-54": 1.1, "55-64": 1.5, "65+": 1.4},
    Mode.CAWI: {"18-24": 0.9, "25-34": 1.4, "35-44": 1.7, "45-54": 1.4, "55-64": 0.8, "65+": 0.25},
}


@dataclass(frozen=True)
class Resident:
    """One completed interview."""

    mode: Mode
    language: str
    answered_on: date
    answers: dict[str, Answer]


def draw_residents(questionnaire: Questionnaire, seed: int = SEED) -> tuple[Resident, ...]:
    """The demo city's respondents, in the order in which they answered.

    Parameters
    ----------
    questionnaire
        The demo survey's: its routing decides which answers are kept.
    """
    dice = Dice(seed)
    drawn = [_draw(dice, questionnaire, mode) for mode, n in INTERVIEWS.items() for _ in range(n)]
    return tuple(sorted(drawn, key=lambda resident: resident.answered_on))


def _draw(dice: Dice, questionnaire: Questionnaire, mode: Mode) -> Resident:
    district = dice.pick(_respondents("district", TURNOUT_OF_DISTRICT))
    sex = dice.pick(_respondents("sex", TURNOUT_OF_SEX))
    age = dice.pick(_respondents("age", TURNOUT_OF_AGE[mode]))
    language = dice.pick(LANGUAGES[mode])
    day = dice.pick(dict(enumerate(DAYS[mode])))
    person = opinions.meet(dice, mode, district, sex, age)
    answers = prune(questionnaire, opinions.answer(dice, person))
    comment = opinions.comment(dice, person, answers)
    if comment and language == "pl":
        answers = prune(questionnaire, answers | {"comment": comment})
    return Resident(mode, language, FIRST_DAY + timedelta(days=day), answers)


def _respondents(variable: str, turnout: dict[str, float]) -> dict[str, float]:
    return {code: people * turnout[code] for code, people in POPULATION[variable].items()}
