"""A case with its data and design, built from the suite's description."""

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cityvoice.stats.design import SurveyDesign
from tests.stats.oracle.designs import BuiltDesign, build_design, read_data, read_text


@dataclass(frozen=True, eq=False)
class Suite:
    """One JSON file of cases."""

    path: Path
    content: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> "Suite":
        return cls(path, json.loads(read_text(path)))

    @property
    def name(self) -> str:
        return self.path.name.partition(".")[0]

    @property
    def data_dir(self) -> Path:
        return self.path.parent / "data"

    @cached_property
    def built(self) -> dict[tuple[str, str], BuiltDesign]:
        """Designs built so far, by name and convention."""
        return {}

    def design(self, name: str, compat: str = "") -> BuiltDesign:
        if (name, compat) not in self.built:
            self.built[name, compat] = build_design(self.content, name, self.data_dir, compat)
        return self.built[name, compat]

    @property
    def cases(self) -> list["Case"]:
        return [Case(self, description) for description in self.content["cases"]]


@dataclass(frozen=True, eq=False)
class Case:
    """One reference case; `op` says what to compute, `compat` by whose conventions (see `runner`)."""

    suite: Suite
    description: dict[str, Any]
    compat: str = ""

    def under_r(self) -> "Case":
        """The same case by R's conventions."""
        return replace(self, compat="R")

    @property
    def id(self) -> str:
        return self.description["id"]

    @property
    def op(self) -> dict[str, Any]:
        return self.description["op"]

    @property
    def is_strict(self) -> bool:
        return bool(self.description.get("strict", True))

    @property
    def expect(self) -> dict[str, Any] | None:
        """None where an error is expected."""
        return None if self.description.get("expect_error") else self.description["expect"]

    @property
    def built(self) -> BuiltDesign:
        return self.suite.design(self.description["design"], self.compat)

    @property
    def design(self) -> SurveyDesign:
        return self.built.design

    @property
    def frame(self) -> pd.DataFrame:
        """The rows of the design, or of ``op.data`` where there is no design."""
        if self.description["design"] is not None:
            return self.built.frame
        return self.read(self.op["data"])

    def read(self, name: str) -> pd.DataFrame:
        """A file of the data folder, categorical columns with their levels."""
        return read_data(self.suite.data_dir / name)

    @property
    def missing(self) -> str:
        """How the case treats missing values."""
        return "drop" if self.op.get("na_rm") else "propagate"
