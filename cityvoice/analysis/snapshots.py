"""Files of answers in columns: snapshots, named by the hash of what they hold, and the answers of now.

The answers of now are kept beside the database and in memory, so that a page over a large survey reads only
the responses that came since: a complete response is never changed. When one is gone, all are read again.
"""

import io
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from cityvoice.analysis.frames import build_frame
from cityvoice.analysis.models import Snapshot
from cityvoice.core.storage import write_whole
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import data_digest, data_questionnaire
from cityvoice.surveys.queries import fingerprint, list_counted_ids, stream_answers

MOST_IN_MEMORY = 4  # surveys
MOST_NEW = 5_000  # responses that are added; more are read with all others
WORTH_A_FILE = 2_000  # responses that the file has not

_present: dict[Path, pd.DataFrame] = {}  # by file; rows are named by the response's number


def snapshot_path(storage: Path, sha256: str) -> Path:
    return storage / "snapshots" / f"{sha256}.parquet"


def save_frame(storage: Path, sha256: str, frame: pd.DataFrame) -> None:
    path = snapshot_path(storage, sha256)
    if not path.exists():
        _write(path, frame)


def load_frame(storage: Path, snapshot: Snapshot) -> pd.DataFrame:
    return pd.read_parquet(snapshot_path(storage, snapshot.sha256))


def present_frame(session: Session, *, survey: Survey, storage: Path) -> pd.DataFrame:
    """The complete responses as they stand now, rows named by the response's number."""
    path = storage / "present" / f"{survey.id}-{data_digest(survey)}.parquet"
    known = _known(path)
    if known is not None and fingerprint(session, survey) == _fingerprint(known):
        return known
    ids = list_counted_ids(session, survey)
    new = ids if known is None else sorted(set(ids).difference(known.index))
    if known is None or len(new) > MOST_NEW or len(known) + len(new) > len(ids):
        found, n_filed = _read(session, survey, ids, None), 0
    else:
        n_filed = known.attrs["n_filed"]
        found = pd.concat([known, _read(session, survey, new, new)]).sort_index()
    if len(found) - n_filed >= WORTH_A_FILE:
        _write(path, found)
        n_filed = len(found)
    found.attrs["n_filed"] = n_filed
    _keep(path, found)
    return found


def _fingerprint(frame: pd.DataFrame) -> tuple[int, int, int]:
    numbers = frame.index.to_numpy()
    return len(numbers), int(numbers.sum()), int(numbers.max(initial=0))


def _read(session: Session, survey: Survey, ids: list[int], only: list[int] | None) -> pd.DataFrame:
    rows = stream_answers(session, survey, ids=only)
    return build_frame(data_questionnaire(survey), rows).set_index(np.array(ids, dtype=np.int64))


def _known(path: Path) -> pd.DataFrame | None:
    if path not in _present and path.exists():
        filed = pd.read_parquet(path)
        filed.attrs["n_filed"] = len(filed)
        _keep(path, filed)
    return _present.get(path)


def _keep(path: Path, frame: pd.DataFrame) -> None:
    _present.pop(path, None)
    _present[path] = frame
    for oldest in list(_present)[:-MOST_IN_MEMORY]:
        _present.pop(oldest, None)


def _write(path: Path, frame: pd.DataFrame) -> None:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    write_whole(path, buffer.getvalue())
