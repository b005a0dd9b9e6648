"""In which mode each answer was given."""

from collections.abc import Mapping
from typing import Any

from cityvoice.questionnaire.kinds import Mode
from cityvoice.surveys.models import Response


def modes_after(response: Response, answers: Mapping[str, Any], mode: Mode) -> dict[str, Any] | None:
    """The modes of answers other than the response's own, after `answers` replaced what there was.

    What did not change keeps the mode in which it was given. Nearly all responses have one mode; of those
    nothing is kept but `Response.mode`.
    """
    known = response.modes or {}
    if not known and mode == response.mode:
        return None
    modes = {name: given for name, given in known.items() if name in answers}
    for name, answer in answers.items():
        if response.answers.get(name) != answer:
            modes[name] = mode
            if mode == response.mode:
                del modes[name]
    return modes or None
