"""Makes records of the rows of a data file."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cityvoice.questionnaire.errors import ImportCode
from cityvoice.questionnaire.kinds import Mode
from cityvoice.questionnaire.microdata.codebook import Role
from cityvoice.questionnaire.microdata.decoding import MODES, Refused, Rules, Undeclared, read_number
from cityvoice.questionnaire.microdata.layout import Layout, Problems
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.names import TICKED
from cityvoice.questionnaire.question import Answer
from cityvoice.questionnaire.tabular import Row
from cityvoice.questionnaire.variables import Variable, VariableKind, variables


@dataclass(frozen=True)
class MicrodataRecord:
    """One response."""

    row: int  # in the file, the header being row 1
    case_id: str  # from the file, or else the row
    mode: Mode | None
    weight: float | None
    answers: dict[str, Answer]


class RecordReader:
    """Makes records of rows; notes problems and the codes that no scale declares."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        columns: Mapping[str, str],
        layout: Layout,
        rules: Rules,
        problems: Problems,
    ) -> None:
        places = {header: place for place, header in enumerate(layout.header)}
        known = {variable.name: variable for variable in variables(questionnaire)}
        self.columns = [
            (places[header], known[name], rules.decoder(known[name])) for name, header in columns.items()
        ]
        self.layout = layout
        self.problems = problems
        self.undeclared: dict[str, Counter[str]] = {}
        self.not_asked = rules.not_asked
        self.rows_of_cases: dict[str, int] = {}
        self.weight_place = layout.place(Role.WEIGHT)
        self.case_place = layout.place(Role.CASE_ID)
        self.mode_place = layout.place(Role.MODE)

    def record(self, row: Row) -> MicrodataRecord:
        return MicrodataRecord(
            row=row.number,
            case_id=self._case_id(row),
            mode=self._mode(row),
            weight=self._weight(row),
            answers=self._answers(row),
        )

    def _answers(self, row: Row) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        cells = row.cells
        for place, variable, decode in self.columns:
            value = decode(cells[place])
            if value is None:
                continue
            if isinstance(value, Refused):
                self._refuse(value.code, value.expected, row, place)
            elif isinstance(value, Undeclared):
                answers[variable.field] = value.code
                self.undeclared.setdefault(variable.name, Counter())[value.code] += 1
            elif variable.kind is VariableKind.FLAG and variable.field != variable.name:
                _tick(answers, variable, value)
            elif variable.kind is VariableKind.FLAG:
                answers |= {variable.field: TICKED} if value is True else {}
            else:
                answers[variable.field] = value
        return answers

    def _refuse(self, code: ImportCode, expected: str, row: Row, place: int) -> None:
        column, value = self.layout.header[place], row.cells[place].strip()
        self.problems.add(code, expected, row=row.number, column=column, value=value)

    def _case_id(self, row: Row) -> str:
        if self.case_place is None:
            return str(row.number)
        case_id = row.cells[self.case_place].strip()
        if not case_id:
            self._refuse(ImportCode.BAD_CASE_ID, "a case identifier", row, self.case_place)
        elif case_id in self.rows_of_cases:
            expected = f"each case once; row {self.rows_of_cases[case_id]} has it too"
            self._refuse(ImportCode.BAD_CASE_ID, expected, row, self.case_place)
        self.rows_of_cases.setdefault(case_id, row.number)
        return case_id

    def _mode(self, row: Row) -> Mode | None:
        if self.mode_place is None:
            return None
        cell = row.cells[self.mode_place].strip()
        if cell in self.not_asked:
            return None
        mode = MODES.get(cell.casefold())
        if mode is None:
            expected = f"a mode of interview: {', '.join(Mode)}, web, phone, mail"
            self._refuse(ImportCode.UNKNOWN_CODE, expected, row, self.mode_place)
        return mode

    def _weight(self, row: Row) -> float | None:
        if self.weight_place is None:
            return None
        weight = read_number(row.cells[self.weight_place].strip())
        if weight is None or weight < 0:
            self._refuse(ImportCode.BAD_WEIGHT, "a weight: a number, 0 or more", row, self.weight_place)
        return weight


def _tick(answers: dict[str, Answer], variable: Variable, value: str | float) -> None:
    """Add one flag's column to the answer of its multiple choice: a missing code, or ticked or not."""
    chosen = answers.setdefault(variable.field, [])
    code = variable.code if value is True else value if isinstance(value, str) else None
    if isinstance(chosen, list) and code is not None and code not in chosen:
        chosen.append(code)
