"""Tells what each column of a data file is for."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice

from cityvoice.questionnaire.errors import ImportCode, ImportProblem, MicrodataError
from cityvoice.questionnaire.microdata.codebook import Codebook, Role
from cityvoice.questionnaire.microdata.decoding import MODES
from cityvoice.questionnaire.tabular import Row

_CASE_IDS = frozenset({"id", "case_id", "caseid", "respondent_id", "id_respondenta"})
_MODES = frozenset({"method", "mode", "tryb"})


@dataclass
class Problems:
    """The first problems found, and how many there are."""

    limit: int
    found: list[ImportProblem] = field(default_factory=list)
    count: int = 0

    def add(
        self,
        code: ImportCode,
        expected: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        self.count += 1
        if len(self.found) < self.limit:
            self.found.append(ImportProblem(code, expected, row, column, value))

    def error(self) -> MicrodataError:
        return MicrodataError(self.found, self.count)

    def stop(self) -> None:
        """Raise what was found, if anything was."""
        if self.count:
            raise self.error()


@dataclass(frozen=True)
class Layout:
    """The places of a file's columns, by what they are for."""

    header: tuple[str, ...]
    places: Mapping[Role, tuple[int, ...]]

    def place(self, role: Role) -> int | None:
        """The one column of a role, if there is any."""
        return next(iter(self.places.get(role, ())), None)

    def first(self, role: Role) -> str | None:
        return next(iter(self.headers(role)), None)

    def headers(self, role: Role) -> tuple[str, ...]:
        return tuple(self.header[place] for place in self.places.get(role, ()))


def lay_out(
    header: Row, rows: Sequence[Row], codebook: Codebook, chosen: Mapping[str, Role], problems: Problems
) -> Layout:
    """What each column is for: as the caller chose, else as the codebook states, else by name and contents.

    Parameters
    ----------
    chosen
        Headers that the caller gave a role.
    """
    names = tuple(cell.strip() for cell in header.cells)
    if codebook.columns.keys().isdisjoint(names):
        examples = ", ".join(list(codebook.columns)[:3])
        expected = f"column names in the first row, some of them known to the codebook (such as {examples})"
        problems.add(ImportCode.WRONG_HEADER, expected, row=header.number, value=", ".join(names))
        return Layout(names, {})
    _check_names(names, header.number, codebook, chosen, problems)
    roles = {name: chosen.get(name) or _stated(name, codebook) for name in names}
    for role, guess in ((Role.CASE_ID, _is_case_id), (Role.MODE, _is_mode)):
        if role not in roles.values():
            columns = {name: place for place, name in enumerate(names) if roles[name] is None}
            fits = (name for name, place in columns.items() if guess(name, _cells(rows, place, codebook)))
            roles.update(dict.fromkeys(islice(fits, 1), role))
    places: dict[Role, tuple[int, ...]] = {}
    for place, name in enumerate(names):
        role = roles[name] or (Role.IGNORED if codebook.questionnaire else Role.QUESTION)
        places[role] = (*places.get(role, ()), place)
    return Layout(names, places)


def _stated(name: str, codebook: Codebook) -> Role | None:
    """The role that the codebook states; a declared scale states a question, no name at all an index."""
    column = codebook.columns.get(name)
    if column is None:
        return None if name else Role.IGNORED
    return column.role or (Role.QUESTION if column.scale else None)


def _cells(rows: Sequence[Row], place: int, codebook: Codebook) -> Iterator[str]:
    return (cell for row in rows if (cell := row.cells[place].strip()) not in codebook.not_asked)


def _is_case_id(name: str, cells: Iterator[str]) -> bool:
    return name.casefold() in _CASE_IDS


def _is_mode(name: str, cells: Iterator[str]) -> bool:
    """Called mode or method, and every cell names one: it may also be a mode of transport."""
    return name.casefold() in _MODES and all(cell.casefold() in MODES for cell in cells)


def _check_names(
    names: Sequence[str], row: int, codebook: Codebook, chosen: Mapping[str, Role], problems: Problems
) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            what = f"{name!r} stands {times} times" if name else f"{times} columns have no name"
            problems.add(ImportCode.WRONG_HEADER, f"a name of its own for each column: {what}", row=row)
    needed = [
        name
        for name, column in codebook.columns.items()
        if codebook.complete and column.role is not Role.IGNORED
    ]
    for name in dict.fromkeys((*chosen, *needed)):
        if name not in names:
            close = get_close_matches(name, names, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            problems.add(
                ImportCode.MISSING_COLUMN, f"a column {name!r} in the first row{hint}", row=row, column=name
            )
