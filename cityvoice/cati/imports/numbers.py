"""Phone numbers from a file or typed, one in a line; what is wrong with one, in words."""

from collections.abc import Iterable

from cityvoice.cati.errors import FileRefused
from cityvoice.fieldwork.phones import PhoneFault, PhoneProblem, read_phone
from cityvoice.questionnaire.message import Message

SHOWN = 20  # problems in words; all are counted

FAULTS: dict[PhoneFault, Message] = {
    PhoneFault.EMPTY: Message("expected a phone number such as 600 123 456"),
    PhoneFault.WORDS: Message("expected a phone number such as 600 123 456, without words or extensions"),
    PhoneFault.SEVERAL: Message("expected one phone number; further ones have columns of their own"),
    PhoneFault.SHORT: Message("expected a phone number such as 600 123 456; this one has too few digits"),
    PhoneFault.LONG: Message("expected a phone number such as 600 123 456; this one has too many digits"),
    PhoneFault.UNKNOWN: Message(
        "expected a phone number such as 600 123 456; no number begins like this one"
    ),
    PhoneFault.PREMIUM: Message("expected the number of a home or a mobile phone; this one costs extra"),
}


def describe(problem: PhoneProblem) -> Message:
    """What is wrong with a text that should be a number."""
    return FAULTS[problem.fault]


def read_numbers(lines: Iterable[str]) -> list[str]:
    """Numbers in E.164, each once, in their order; empty lines are passed over.

    Raises
    ------
    FileRefused
        naming the lines that are no numbers.
    """
    found: dict[str, None] = {}
    problems: list[Message] = []
    for row, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found[read_phone(line.strip()).e164] = None
        except PhoneProblem as problem:
            problems.append(
                Message(
                    "row %(row)s: %(expected)s, got %(found)r",
                    row=row,
                    expected=describe(problem),
                    found=line.strip()[:80],
                )
            )
    if problems:
        raise FileRefused(problems[:SHOWN], len(problems))
    return list(found)
