"""One file of answers, in whichever format was asked for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from cityvoice.questionnaire.model import Questionnaire
from cityvoice.surveys.errors import TooLargeForFormat
from cityvoice.surveys.exports.columns import Column, ResponseRow, columns_of
from cityvoice.surveys.exports.delimited import write_csv
from cityvoice.surveys.exports.statistical import write_dta, write_parquet, write_sav
from cityvoice.surveys.exports.workbook import write_xlsx


class AnswersFormat(StrEnum):
    CSV = "csv"  # codes
    WORDS = "words.csv"  # choices in words
    XLSX = "xlsx"
    SAV = "sav"  # SPSS
    DTA = "dta"  # Stata
    PARQUET = "parquet"


def write_answers(
    path: Path, form: AnswersFormat, questionnaire: Questionnaire, rows: Iterable[ResponseRow], language: str
) -> None:
    """Write the responses to `path`.

    Parameters
    ----------
    questionnaire
        The flat one for reading data, `published.data_questionnaire`.
    language
        Of labels; where the questionnaire has other languages, its first.

    Raises
    ------
    TooLargeForFormat
        when a workbook has no room for so many; nothing is written then.
    """
    _WRITERS[form](path, columns_of(questionnaire, language), rows)


def _csv(path: Path, columns: Sequence[Column], rows: Iterable[ResponseRow]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        write_csv(out, columns, rows)


def _words(path: Path, columns: Sequence[Column], rows: Iterable[ResponseRow]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        write_csv(out, columns, rows, labels=True)


def _xlsx(path: Path, columns: Sequence[Column], rows: Iterable[ResponseRow]) -> None:
    try:
        with path.open("wb") as out:
            write_xlsx(out, columns, rows)
    except TooLargeForFormat:
        path.unlink()
        raise


_WRITERS: Mapping[AnswersFormat, Callable[[Path, Sequence[Column], Iterable[ResponseRow]], None]] = {
    AnswersFormat.CSV: _csv,
    AnswersFormat.WORDS: _words,
    AnswersFormat.XLSX: _xlsx,
    AnswersFormat.SAV: write_sav,
    AnswersFormat.DTA: write_dta,
    AnswersFormat.PARQUET: write_parquet,
}
