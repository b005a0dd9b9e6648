"""What every writer of a foreign format gives."""

from dataclasses import dataclass

from cityvoice.questionnaire.importers.imported import Loss


@dataclass(frozen=True)
class Exported:
    """A file's bytes, and what the other program cannot hold."""

    content: bytes
    losses: tuple[Loss, ...] = ()
