"""What the labels of a scale say: which end is favourable, whether the options are ordered, what is missing.

A small Polish and English vocabulary; whatever it does not know stays undecided, and a document or codebook
that says it explicitly is believed instead.
"""

import re
from collections.abc import Sequence

from cityvoice.questionnaire.kinds import MissingKind


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(patterns)})\b")


_NEUTRAL = _words(
    r"neither|neutral\w*|about the same|unchanged|fair",
    r"ani|neutraln\w*|obojętn\w*|bez zmian|tak samo|średnio|przeciętnie",
)
_HARDLY = _words(r"not (very|too|really|so)", r"niezbyt|nie (bardzo|zbyt|za bardzo)|mało")
_NEGATIVE = _words(
    r"not?|poor\w*|bad(ly)?|worse|dissatisf\w*|disagree\w*|unsafe|unhappy|unimportant|unlikely|difficult|hard",
    r"below average|negative\w*",
    r"nie|źle|zł[aeyio]\w*|gorzej|gors\w*|niezadow\w*|niebezp\w*|nieszczęśl\w*|nieudan\w*|nieważn\w*",
    r"niedobr\w*|trudn\w*|negatywn\w*",
)
_POSITIVE = _words(
    r"yes|good|well|better|satisf\w*|agree\w*|safe|happy|important|likely|easy|easily|above average",
    r"tak|dobr\w*|lepiej|leps\w*|zadow\w*|zgadzam|bezpieczn\w*|szczęśliw\w*|udan\w*|ważn\w*|łatw\w*",
    r"positive\w*|pozytywn\w*",
)
_WORST = _words(r"terribl\w*|awful\w*|worst", r"okropn\w*|fataln\w*|tragiczn\w*")
_BEST = _words(r"excellent\w*|outstanding|best", r"wspania\w*|doskona\w*|znakomi\w*|świetn\w*|idealn\w*")
_STRONG = _words(r"very|strongly|much|extremely|completely|definitely", r"bardzo|zdecydowanie|całkowicie")
_WEAK = _words(r"rather|somewhat|fairly|slightly|partly", r"raczej|dosyć|dość|trochę|częściowo")
_NEVER = _words(r"never|rarely", r"nigdy|wcale|rzadko")
_RANGE = re.compile(
    r"[-–+]|\b(to|under|over|more|less|above|below|do|od|poniżej|powyżej|ponad|więcej|mniej)\b"
)
_NUMBER = re.compile(r"\d[\d\s.,]*")

_MISSING_PATTERNS = {
    MissingKind.DONT_KNOW: _words(
        r"(i )?(don.?t|do not) know|dk|not sure|unsure|no opinion|hard to say|difficult to say",
        r"nie wiem|trudno (powiedzieć|orzec|ocenić|określić)|nie mam zdania|brak zdania",
    ),
    MissingKind.REFUSED: _words(
        r"refus(ed|al)|(i )?(would )?(prefer|rather) not( to)? (say|answer)",
        r"odmowa( odpowiedzi)?|odmawiam( odpowiedzi)?|nie chcę (odpowiadać|odpowiedzieć|podawać)",
    ),
    MissingKind.NOT_APPLICABLE: _words(r"not applicable|n/?a|does not apply", r"nie dotyczy"),
    MissingKind.NO_ANSWER: _words(
        r"no (answer|response)|not (provided|answered)|missing",
        r"brak (odpowiedzi|danych)|bez odpowiedzi",
    ),
}

LARGEST_INFERRED = (
    7  # of a longer scale, such as 0-10, the favourable part is a choice that someone must state
)


def valence(label: str) -> int | None:
    """How favourable a label is: -3 (okropne) ... 0 (ani tak, ani nie) ... 3 (wspaniałe); None: unknown."""
    words = label.casefold()
    if _NEUTRAL.search(words):
        return 0
    if _HARDLY.search(words):
        return -1
    for pattern, value in ((_WORST, -3), (_BEST, 3), (_NEGATIVE, -2), (_POSITIVE, 2)):
        if pattern.search(words):
            return _intensified(value, words)
    return None


def _intensified(value: int, words: str) -> int:
    size = 3 if _STRONG.search(words) else 1 if _WEAK.search(words) else abs(value)
    return size if value > 0 else -size


def favourable(labels: Sequence[str]) -> tuple[int, ...] | None:
    """The places of the favourable labels of a scale, in its order; None when the labels do not tell.

    They tell when the two ends have opposite valence and the labels between run steadily from one to the
    other. The favourable part is the better half without the middle: two of four or five, three of seven.
    Two options make no scale: "yes" to a question may well be bad news.
    """
    if not 3 <= len(labels) <= LARGEST_INFERRED:
        return None
    direction = _direction(labels)
    if direction is None:
        return None
    places = range(len(labels))
    half = len(labels) // 2
    return tuple(places[-half:] if direction > 0 else places[:half])


def _direction(labels: Sequence[str]) -> int | None:
    """1 when valence rises from first to last, -1 when it falls, None when it does neither."""
    known = [value for value in map(valence, labels) if value is not None]
    first, last = valence(labels[0]), valence(labels[-1])
    if first is None or last is None or first * last >= 0 or 2 * len(known) < len(labels):
        return None
    steady = known == sorted(known, reverse=first > 0)
    return None if not steady else (1 if last > 0 else -1)


def is_ordered(labels: Sequence[str]) -> bool:
    """Whether labels in this order run from one end to the other: by valence, by frequency, or as ranges."""
    if len(labels) < 3:
        return False
    ends = (labels[0].casefold(), labels[-1].casefold())
    return _direction(labels) is not None or any(map(_NEVER.match, ends)) or _are_ranges(labels)


def _are_ranges(labels: Sequence[str]) -> bool:
    """Such as 18-24, 25-34, ..., 65+: every label says a range, and its numbers rise."""
    numbers = []
    for label in labels:
        number = _NUMBER.search(label)
        if number is None or not _RANGE.search(label.casefold()):
            return False
        numbers.append(int(re.sub(r"\D", "", number.group())))
    return numbers == sorted(numbers) and numbers[0] < numbers[-1]


def in_order(labels: Sequence[str]) -> tuple[str, ...] | None:
    """Labels found in any order, put from the least to the most favourable; None when that cannot be told."""
    values = {label: valence(label) for label in labels}
    known = [value for value in values.values() if value is not None]
    if len(set(known)) < len(labels) or not min(known, default=0) < 0 < max(known, default=0):
        return None
    return tuple(sorted(labels, key=lambda label: values[label] or 0))


def missing_kind(label: str) -> MissingKind | None:
    """The kind of missing answer that a label names ("Trudno powiedzieć", "Refused"), or None."""
    parts = [part.strip(" .()[]*") for part in re.split(r"\s/\s|/(?=\w{3})|[,;(]", label.casefold())]
    kinds = [_missing_part(part) for part in parts if part]
    return kinds[0] if kinds and all(kinds) else None


def _missing_part(part: str) -> MissingKind | None:
    return next((kind for kind, pattern in _MISSING_PATTERNS.items() if pattern.fullmatch(part)), None)
