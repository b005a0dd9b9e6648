"""An invented survey of any size, written to Parquet chunk by chunk: the same seed makes the same file."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 20260101
CHUNK = 500_000
N_STRATA, PSUS_PER_STRATUM = 50, 40
N_PSUS = N_STRATA * PSUS_PER_STRATUM
POPULATION = 1_200_000.0
MISSING = 0.03

AGES = ("15-24", "25-34", "35-44", "45-54", "55-64", "65+")
SHARES: dict[str, dict[str, float]] = {
    "sex": {"F": 0.53, "M": 0.47},
    "age": dict(zip(AGES, (0.12, 0.17, 0.20, 0.17, 0.14, 0.20), strict=True)),
    "district": {f"D{k + 1:02d}": (3 + k % 5) / 100 for k in range(20)},
    "education": {"primary": 0.14, "vocational": 0.21, "secondary": 0.35, "higher": 0.30},
    "mode": {"CATI": 0.45, "CAWI": 0.55},
    "household": {"1": 0.24, "2": 0.30, "3": 0.21, "4": 0.16, "5": 0.09},
}


def item_names(n_items: int) -> list[str]:
    return [f"q{k + 1:02d}" for k in range(n_items)]


def write_survey(
    path: Path,
    n_rows: int,
    *,
    n_items: int = 30,
    n_districts: int = 20,
    n_psus: int = N_PSUS,
    seed: int = SEED,
) -> None:
    """Write respondents in the order they happened to answer: PSUs are mixed."""
    rng = np.random.default_rng(seed)
    effects = rng.normal(0, 0.35, (n_psus, n_items)).astype(np.float32)
    with pq.ParquetWriter(path, _schema(n_items)) as writer:
        for size in _chunks(n_rows):
            writer.write_table(_chunk(rng, size, effects, n_districts))


def _chunks(n_rows: int) -> Iterator[int]:
    for start in range(0, n_rows, CHUNK):
        yield min(CHUNK, n_rows - start)


def _schema(n_items: int) -> pa.Schema:
    words = [(name, pa.dictionary(pa.int8(), pa.string())) for name in SHARES if name != "household"]
    numbers = [
        ("household", pa.int8()),
        ("stratum", pa.int16()),
        ("psu", pa.int16()),
        ("weight", pa.float64()),
    ]
    return pa.schema(words + numbers + [(name, pa.int8()) for name in item_names(n_items)])


def _chunk(
    rng: np.random.Generator, size: int, effects: npt.NDArray[np.float32], n_districts: int
) -> pa.Table:
    n_psus, n_items = effects.shape
    psu = rng.integers(0, n_psus, size)
    # a tract lies in one district and one stratum
    codes = {"district": psu * n_districts // n_psus}
    for name, shares in SHARES.items():
        if name != "district":  # the sample is off the population, so raking has work to do
            tilt = np.array(list(shares.values())) * np.linspace(0.8, 1.25, len(shares))
            codes[name] = rng.choice(len(shares), size, p=tilt / tilt.sum())
    columns = {name: _words(codes[name], tuple(SHARES[name])) for name in SHARES if name != "household"}
    columns["household"] = pa.array((codes["household"] + 1).astype(np.int8))
    columns["stratum"] = pa.array((psu * N_STRATA // n_psus + 1).astype(np.int16))
    columns["psu"] = pa.array((psu + 1).astype(np.int16))
    columns["weight"] = pa.array(POPULATION / 1000 * np.exp(rng.normal(0, 0.5, size)))
    lean = 3.2 + 0.15 * (codes["age"] - 2) + 0.2 * (codes["education"] - 1) - 0.25 * codes["mode"]
    for k, name in enumerate(item_names(n_items)):
        noise = rng.standard_normal(size, dtype=np.float32)
        answer = np.clip(np.rint(lean + effects[psu, k] + noise), 1, 5).astype(np.int8)
        columns[name] = pa.array(answer, mask=rng.random(size, dtype=np.float32) < MISSING)
    return pa.table(columns, schema=_schema(n_items))


def _words(codes: npt.NDArray[np.int64], levels: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(levels))
