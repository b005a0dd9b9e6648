"""What residents tend to say, by district and age: the numbers behind the demo's findings, all invented.

Where nothing else is said, a number is added to a feeling that varies by about 1 from person to person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

CONTENTMENT = {"1": 0.1, "2": -0.2, "3": 0.55, "4": -0.65, "5": 0.2, "6": -0.25}  # by district
CONTENTMENT_OF_AGE = {"18-24": 0.1, "25-34": -0.1, "35-44": -0.15, "45-54": -0.05, "55-64": 0.05, "65+": 0.2}


@dataclass(frozen=True)
class Service:
    """How a service fares: in general, in some districts, in some age groups, and how many cannot say."""

    level: float
    unsure: float
    district: Mapping[str, float] = field(default_factory=dict)
    age: Mapping[str, float] = field(default_factory=dict)


SERVICES = {
    "transport": Service(0.25, 0.03, {"1": 0.5, "2": 0.3, "5": -0.5, "6": -1.1}, {"18-24": -0.2, "65+": 0.3}),
    "health": Service(-0.4, 0.03, {"6": -0.3}, {"65+": -0.35}),
    "parks": Service(0.7, 0.02, {"1": -0.4, "3": 0.4, "4": -0.7}),
    "cleanliness": Service(0.0, 0.02, {"3": 0.3, "4": -0.6, "5": 0.3}),
    "culture": Service(0.45, 0.09, {"1": 0.3, "6": -0.4}, {"18-24": -0.4, "65+": 0.2}),
    "sport": Service(0.3, 0.11, {"4": -0.4, "5": 0.2}, {"18-24": 0.2}),
    "schools": Service(0.2, 0.2, {"5": -0.8}, {"25-34": -0.3, "35-44": -0.3, "65+": 0.3}),
    "housing": Service(-0.8, 0.14, {"3": 0.3, "5": 0.4}, {"18-24": -0.6, "25-34": -0.5, "65+": 0.3}),
}
SAFETY = {"1": -0.1, "2": 0.0, "3": 0.5, "4": -0.8, "5": 0.4, "6": 0.0}

CHANNELS = {  # how likely each one is: at 18-24, and at 65 and over
    "website": (0.30, 0.20),
    "bip": (0.03, 0.06),
    "social": (0.75, 0.15),
    "media": (0.25, 0.60),
    "posters": (0.15, 0.30),
    "people": (0.45, 0.45),
}
AGES = tuple(CONTENTMENT_OF_AGE)
ONLINE = {"18-24": 0.5, "25-34": 0.62, "35-44": 0.6, "45-54": 0.5, "55-64": 0.35, "65+": 0.17}

PRIORITIES = {
    "transport": 1.0,
    "streets": 1.3,
    "parks": 0.8,
    "air": 1.0,
    "housing": 1.0,
    "health": 1.4,
    "children": 0.7,
    "safety": 0.7,
    "culture": 0.5,
}
URGENT_IN = {
    "2": {"streets": 1.5},
    "4": {"safety": 3.0, "air": 1.8},
    "5": {"children": 2.5},
    "6": {"transport": 3.0},
}
URGENT_AT = {
    "18-24": {"housing": 2.5, "culture": 1.8},
    "25-34": {"housing": 2.0, "children": 2.5},
    "35-44": {"children": 2.2},
    "55-64": {"health": 1.6},
    "65+": {"health": 2.5, "children": 0.3, "housing": 0.5},
}
