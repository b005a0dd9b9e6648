"""What one resident answers, question by question: contentment, district, age and chance decide."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from cityvoice.demo.city import DISTRICTS
from cityvoice.demo.comments import write_comment
from cityvoice.demo.dice import Dice
from cityvoice.demo.tendencies import (
    AGES,
    CHANNELS,
    CONTENTMENT,
    CONTENTMENT_OF_AGE,
    ONLINE,
    PRIORITIES,
    SAFETY,
    SERVICES,
    URGENT_AT,
    URGENT_IN,
    Service,
)
from cityvoice.questionnaire.kinds import Mode
from cityvoice.questionnaire.question import Answer

HARD_TO_SAY, NOT_SAID = "99", "98"
SKIPPED = 0.015  # on the web a question may be left out; an interviewer always notes something
COMMENTS = {Mode.CATI: 0.3, Mode.CAWI: 0.41}
POLITENESS = 0.12  # how much kinder grades are when a person listens
FIVE = (-1.7, -0.7, 0.1, 1.3)  # where feelings turn into the grades 1 to 5
FOUR = (-1.5, -0.3, 1.1)


@dataclass(frozen=True)
class Person:
    mode: Mode
    district: str
    sex: str
    age: str
    contentment: float

    @property
    def seniority(self) -> float:
        """0 in the youngest age group, 1 in the oldest."""
        return AGES.index(self.age) / (len(AGES) - 1)

    @property
    def kindness(self) -> float:
        return POLITENESS if self.mode is Mode.CATI else 0.0


def meet(dice: Dice, mode: Mode, district: str, sex: str, age: str) -> Person:
    """A person of these groups, more or less content."""
    contentment = CONTENTMENT[district] + CONTENTMENT_OF_AGE[age] + 0.9 * dice.normal()
    return Person(mode, district, sex, age, contentment)


def answer(dice: Dice, person: Person) -> dict[str, Answer]:
    """Everything that `person` would answer; questions that routing would not ask are answered too."""
    given: dict[str, Answer | None] = {"life": _life(dice, person)}
    given |= {f"services_{name}": _service(dice, person, service) for name, service in SERVICES.items()}
    given |= {
        "district": person.district,
        "attractive": _grade(dice, person, 0.5 + 1.2 * CONTENTMENT[person.district], FIVE, unsure=0.02),
        "safety": _grade(dice, person, _felt_safety(person), FOUR, unsure=0.03),
        "channels": _channels(dice, person),
        "eservices": _skip(dice, person, _eservices(dice, person)),
        "eservices_ease": _grade(dice, person, 0.5 - 0.6 * person.seniority, FIVE, unsure=0.02),
        "officials": _officials(dice, person),
        "trust": _trust(dice, person),
        "consultations": _skip(dice, person, _consultations(dice, person)),
        "priorities": _priorities(dice, person),
        "age": person.age,
        "sex": person.sex,
    }
    return {name: each for name, each in given.items() if each is not None}


def comment(dice: Dice, person: Person, answers: Mapping[str, Answer]) -> str | None:
    """What `person` adds in words about what the answers praise or blame; None from most."""
    if not dice.chance(COMMENTS[person.mode]):
        return None
    topics = {name: f"services_{name}" for name in SERVICES}
    topics |= {"eservices": "eservices_ease", "officials": "officials"}
    grades = {topic: _feeling(answers.get(name)) for topic, name in topics.items()}
    grades["safety"] = {"1": -2, "2": -1, "4": 1}.get(str(answers.get("safety")), 0)
    return write_comment(dice, grades, DISTRICTS[person.district]) or None


def _feeling(code: Answer | None) -> int:
    """From -2 (very poor) to 2 (very good); 0 where nothing was said."""
    return int(code) - 3 if isinstance(code, str) and code not in (HARD_TO_SAY, NOT_SAID) else 0


def _skip(dice: Dice, person: Person, code: str) -> str | None:
    return None if person.mode is Mode.CAWI and dice.chance(SKIPPED) else code


def _grade(dice: Dice, person: Person, level: float, cuts: tuple[float, ...], *, unsure: float) -> str | None:
    """A point of an ordered scale, "hard to say", or nothing."""
    feeling = level + 0.6 * person.contentment + person.kindness + 0.8 * dice.normal()
    point = str(1 + bisect_right(cuts, feeling))
    return _skip(dice, person, HARD_TO_SAY if dice.chance(unsure) else point)


def _life(dice: Dice, person: Person) -> str | None:
    points = 6.7 + 1.5 * person.contentment + person.kindness + 0.9 * dice.normal()
    code = str(min(max(int(points + 0.5), 0), 10))
    return _skip(dice, person, HARD_TO_SAY if dice.chance(0.01) else code)


def _service(dice: Dice, person: Person, service: Service) -> str | None:
    level = service.level + service.district.get(person.district, 0) + service.age.get(person.age, 0)
    return _grade(dice, person, level, FIVE, unsure=service.unsure)


def _felt_safety(person: Person) -> float:
    return SAFETY[person.district] + (0.2 if person.sex == "M" else -0.2) - 0.2 * person.seniority


def _channels(dice: Dice, person: Person) -> list[str]:
    chosen = [
        channel
        for channel, (young, old) in CHANNELS.items()
        if dice.chance(young + (old - young) * person.seniority)
    ]
    return chosen or ["none"]


def _eservices(dice: Dice, person: Person) -> str:
    online = ONLINE[person.age] * (1.25 if person.mode is Mode.CAWI else 0.8)
    if dice.chance(online):
        return "several" if dice.chance(0.6) else "once"
    reasons = {"in_person": 0.3 + 0.5 * person.seniority, "no_need": 0.7, "unaware": 0.18, HARD_TO_SAY: 0.04}
    return dice.pick(reasons)


def _officials(dice: Dice, person: Person) -> str | None:
    if dice.chance(0.12 if person.age == "18-24" else 0.05):
        return NOT_SAID
    return _grade(dice, person, 0.35 + 0.3 * person.seniority, FIVE, unsure=0.05)


def _trust(dice: Dice, person: Person) -> str | None:
    if dice.chance(0.05 if person.mode is Mode.CATI else 0.02):
        return NOT_SAID
    return _grade(dice, person, 0.15 * person.seniority - 0.1, FOUR, unsure=0.08)


def _consultations(dice: Dice, person: Person) -> str:
    """Those who answer on the web of their own accord take part in other things too."""
    took_part = (0.26 if person.mode is Mode.CAWI else 0.14) + 0.03 * max(person.contentment, -2)
    if dice.chance(took_part):
        return "took_part"
    young = 1 - person.seniority
    return dice.pick({"would": 0.35 + 0.3 * young, "would_not": 0.5, HARD_TO_SAY: 0.07})


def _priorities(dice: Dice, person: Person) -> list[str]:
    """One to three of them, in the order of the questionnaire."""
    if dice.chance(0.03):
        return ["unsure"]
    left = dict(PRIORITIES)
    for urgent in (URGENT_IN.get(person.district, {}), URGENT_AT.get(person.age, {})):
        left |= {name: left[name] * factor for name, factor in urgent.items()}
    n_chosen = dice.pick({1: 0.1, 2: 0.2, 3: 0.7})
    while len(left) > len(PRIORITIES) - n_chosen:
        del left[dice.pick(left)]
    return [name for name in PRIORITIES if name not in left]
