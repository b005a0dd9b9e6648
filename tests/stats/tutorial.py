"""Run a tutorial in percent format and write what it shows: ``python -m tests.stats.tutorial``.

Cells begin with ``# %%``. A ``# %% [markdown]`` cell is prose; of any other the code is shown, and the value
of its last expression below it: a frame as a table, a figure as an SVG file, anything else as text.
"""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cityvoice.figures.theme import SCREEN

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "weighted-results-from-microdata.py"
MICRODATA = ROOT.parent / "shared" / "data" / "surveys"
CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)


def render(script: Path = TUTORIAL) -> dict[Path, str]:
    """Every file that running the script makes, with its content; nothing is written."""
    made: dict[Path, str] = {}
    names: dict[str, Any] = {}
    parts = [f"<!-- Written by `make tutorial` from {script.name}: edit that file. -->"]
    for kind, source in cells(script):
        if kind == "[markdown]":
            parts.append(re.sub(r"^# ?", "", source, flags=re.MULTILINE))
            continue
        parts.append(f"```python\n{source}\n```")
        shown = run(source, names)
        if hasattr(shown, "svg"):
            name = next(key for key, value in names.items() if value is shown)
            image = script.with_name(f"{name.replace('_', '-')}.svg")
            made[image] = shown.svg(SCREEN) + "\n"
            parts.append(f"![{shown.alt}]({image.name})")
        elif shown is not None:
            parts.append(as_text(shown))
    return made | {script.with_suffix(".md"): "\n\n".join(parts) + "\n"}


def cells(script: Path) -> Iterator[tuple[str, str]]:
    _, *parts = CELL.split(script.read_text(encoding="utf-8"))
    for kind, source in zip(parts[::2], parts[1::2], strict=True):
        yield kind.strip(), source.strip()


def run(source: str, names: dict[str, Any]) -> Any:
    """Execute a cell; the value of its last statement where that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "tutorial", "exec"), names)  # noqa: S102 - the tutorial is part of the repository
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), "tutorial", "eval"), names)  # noqa: S307 - the same


def as_text(shown: Any) -> str:
    if isinstance(shown, pd.DataFrame):
        return markdown_table(shown)
    lines = shown if isinstance(shown, list) else [shown]
    return "\n".join(["```text", *map(str, lines), "```"])


def markdown_table(frame: pd.DataFrame) -> str:
    """The frame with its index, unless that only counts rows."""
    counts_rows = pd.api.types.is_integer_dtype(frame.index)
    plain = frame if counts_rows else frame.reset_index(names=frame.index.name or "")
    rows = [plain.columns, ["---"] * plain.shape[1], *plain.astype(object).to_numpy()]
    return "\n".join(f"| {' | '.join(map(as_cell, row))} |" for row in rows)


def as_cell(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def main() -> None:
    os.chdir(MICRODATA)  # the tutorial's paths begin here
    for path, content in render().items():
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
