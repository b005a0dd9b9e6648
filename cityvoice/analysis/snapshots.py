"""Answers in columns: snapshots, files named by the hash of what they hold, and the answers of now.

The answers of now are read from the database, as text, every time they are asked for, and parsed once: a
process keeps the columns of every block of responses with the hash of its text, and parses only blocks that
have changed. So nobody has to tell of an answer that came, changed or went, and no file can be out of date.
"""

import hashlib
import io
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pandas as pd
from sqlalchemy.orm import Session

from cityvoice.analysis.frames import build_frame, frame_of_documents
from cityvoice.analysis.models import Snapshot
from cityvoice.core.storage import write_whole
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import data_digest, data_questionnaire
from cityvoice.surveys.queries import stream_documents

MOST_IN_MEMORY = 4  # surveys
BLOCK = 16_384  # responses by number: many cost little to parse at once, few to parse again


@dataclass(frozen=True, eq=False)
class Present:
    """The complete responses as they stand now, rows named by the response's number.

    Attributes
    ----------
    blocks
        By their number: a hash of the responses, which no other process shares, and their columns.
    frame
        All of them together.
    """

    blocks: dict[int, tuple[int, pd.DataFrame]]
    frame: pd.DataFrame

    @property
    def name(self) -> str:
        """Equal for equal answers, in one process."""
        marks = [(number, mark) for number, (mark, _) in self.blocks.items()]
        return hashlib.sha256(repr(marks).encode()).hexdigest()


NOTHING = Present({}, pd.DataFrame())
_present: dict[tuple[int, str], Present] = {}  # by survey and what it asked


def snapshot_path(storage: Path, sha256: str) -> Path:
    return storage / "snapshots" / f"{sha256}.parquet"


def save_frame(storage: Path, sha256: str, frame: pd.DataFrame) -> None:
    path = snapshot_path(storage, sha256)
    if not path.exists():
        buffer = io.BytesIO()
        frame.to_parquet(buffer)
        write_whole(path, buffer.getvalue())


def load_frame(storage: Path, snapshot: Snapshot) -> pd.DataFrame:
    return pd.read_parquet(snapshot_path(storage, snapshot.sha256))


def read_present(session: Session, *, survey: Survey) -> Present:
    """The complete responses as they stand now."""
    key = (survey.id, data_digest(survey))
    known = _present.pop(key, NOTHING)
    found = _read(session, survey, known)
    _present[key] = found
    for oldest in list(_present)[:-MOST_IN_MEMORY]:
        _present.pop(oldest, None)
    return found


def _read(session: Session, survey: Survey, known: Present) -> Present:
    questionnaire = data_questionnaire(survey)
    blocks: dict[int, tuple[int, pd.DataFrame]] = {}
    for number, streamed in groupby(stream_documents(session, survey, BLOCK), itemgetter(-1)):
        rows = tuple(streamed)
        mark = hash(rows)
        known_mark, frame = known.blocks.get(number, (None, None))
        if frame is None or known_mark != mark:
            frame = frame_of_documents(questionnaire, rows)
        blocks[number] = mark, frame
    found = Present(blocks, known.frame)
    if found.name == known.name and not known.frame.empty:
        return found
    parts = [frame for _, frame in blocks.values()]
    return replace(found, frame=pd.concat(parts) if parts else build_frame(questionnaire, ()))
