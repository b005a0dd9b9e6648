"""Reads the response scales of a codebook: codes, labels, missing codes, order and favourable codes.

``{"1": "Poor", ..., "9": "Don't know"}``, or ``{"labels": {...}, "missing": {"9": "dont_know"}, "ordered":
true, "favourable": ["4", "5"]}`` where the labels alone would be misread. Labels may be translated:
``{"1": {"pl": "Źle", "en": "Poor"}}``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cityvoice.questionnaire.errors import Problem
from cityvoice.questionnaire.kinds import MissingKind, QuestionKind
from cityvoice.questionnaire.microdata.polarity import favourable, is_ordered, missing_kind
from cityvoice.questionnaire.question import Question, ResponseOption, Text


@dataclass(frozen=True)
class Scale:
    options: tuple[ResponseOption, ...]
    ordered: bool = False
    favourable: tuple[str, ...] | None = None

    def question(self, name: str, text: Text) -> Question:
        """The single choice question that this scale answers."""
        return Question(
            name=name,
            kind=QuestionKind.SINGLE,
            text=text,
            options=self.options,
            ordered=self.ordered,
            favourable=self.favourable,
        )


def scale_of(options: tuple[ResponseOption, ...], language: str) -> Scale:
    """A scale of these options, its order and favourable codes read from their labels."""
    valid = [option for option in options if not option.missing]
    labels = [option.label.in_(language) for option in valid]
    places = favourable(labels)
    codes = None if places is None else tuple(valid[place].code for place in places)
    return Scale(options, ordered=is_ordered(labels), favourable=codes)


def read_scale(document: Any, path: str, language: str, problems: list[Problem]) -> Scale | None:
    """The scale that a codebook's mapping describes; what is wrong with it goes to `problems`."""
    stated = document if isinstance(document, Mapping) and "labels" in document else {"labels": document}
    labels = stated["labels"]
    if not isinstance(labels, Mapping) or not labels:
        problems.append(Problem(path, 'expected a mapping of codes to labels, such as {"1": "Poor"}'))
        return None
    missing = _missing(stated.get("missing", {}), f"{path}.missing", labels, problems)
    options = []
    for code, label in labels.items():
        text = _text(label, language)
        if text is None or not str(code).strip():
            problems.append(Problem(f"{path}.{code}", "expected a code and a label in words"))
            continue
        kind = missing.get(str(code)) or missing_kind(text.in_(language))
        options.append(ResponseOption(str(code).strip(), text, missing=kind))
    if all(option.missing for option in options):
        problems.append(Problem(path, "the scale has no valid code"))
    return _as_stated(scale_of(tuple(options), language), stated, path, problems)


def _text(label: Any, language: str) -> Text | None:
    if isinstance(label, str) and label.strip():
        return Text({language: label.strip()})
    if isinstance(label, Mapping) and label and all(isinstance(words, str) for words in label.values()):
        return Text({str(key): words for key, words in label.items()})
    return None


def _missing(
    stated: Any, path: str, labels: Mapping[Any, Any], problems: list[Problem]
) -> Mapping[str, MissingKind]:
    """Missing codes as stated: a mapping of codes to kinds, or a list of codes, whose kind is "no answer"."""
    if not isinstance(stated, Mapping | list):
        problems.append(Problem(path, "expected a mapping of codes to kinds of missing, or a list of codes"))
        return {}
    kinds = stated if isinstance(stated, Mapping) else dict.fromkeys(map(str, stated), MissingKind.NO_ANSWER)
    known = {str(code) for code in labels}
    found = {}
    for code, kind in kinds.items():
        if str(code) not in known:
            problems.append(Problem(f"{path}.{code}", "the scale has no such code"))
        elif str(kind) not in set(MissingKind):
            problems.append(Problem(f"{path}.{code}", f"expected one of {', '.join(MissingKind)}"))
        else:
            found[str(code)] = MissingKind(str(kind))
    return found


def _as_stated(scale: Scale, stated: Mapping[str, Any], path: str, problems: list[Problem]) -> Scale:
    if isinstance(stated.get("ordered"), bool):
        scale = replace(scale, ordered=stated["ordered"])
    codes = stated.get("favourable")
    if codes is None:
        return scale
    known = {option.code for option in scale.options if not option.missing}
    if not isinstance(codes, list) or not {str(code) for code in codes} <= known:
        problems.append(
            Problem(f"{path}.favourable", f"expected a list of valid codes: {', '.join(sorted(known))}")
        )
        return scale
    return replace(scale, favourable=tuple(map(str, codes)))
