"""Snapshot files: a survey's answers in columns, named by the hash of what they hold."""

import io
from pathlib import Path

import pandas as pd

from cityvoice.analysis.models import Snapshot
from cityvoice.core.storage import write_whole


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
