"""Answers that come with survey microdata: a table of rows and the codebook that explains it."""

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from cityvoice.questionnaire.document import digest
from cityvoice.questionnaire.microdata.reading import Microdata
from cityvoice.questionnaire.microdata.records import MicrodataRecord
from cityvoice.surveys import queries
from cityvoice.surveys.errors import ImportRefused
from cityvoice.surveys.models import Case, Response, Survey
from cityvoice.surveys.published import published_version
from cityvoice.surveys.types import CaseOrigin, ResponseStatus

BATCH = 2000
LONGEST_CASE_ID = 120  # characters, as the table keeps them
GZIP_MAGIC = b"\x1f\x8b"


def read_text(path: Path) -> str:
    """The text of a file, unpacked if it is gzipped.

    Raises
    ------
    ImportRefused
        when it is no UTF-8 text or its packing is broken; says where.
    """
    content = path.read_bytes()
    try:
        if content.startswith(GZIP_MAGIC):
            content = gzip.decompress(content)
        return content.decode("utf-8-sig")
    except (EOFError, OSError, zlib.error) as error:
        raise ImportRefused([f"{path.name}: the gzip file is broken: {error}"], 1) from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ImportRefused(
            [f"{path.name}, row {line}: expected UTF-8 text, found another encoding"], 1
        ) from None


def import_answers(
    session: Session,
    *,
    survey: Survey,
    microdata: Microdata,
    on_progress: Callable[[int], None] = lambda _n: None,
) -> int:
    """Store every record as a case with a complete response; all of them or none.

    Raises
    ------
    ImportRefused
        when the survey asks other questions, or has some of these cases already.
    """
    _check_same_questions(survey, microdata)
    _check_new_cases(session, survey, microdata)
    for batch in _batches(microdata.records, BATCH):
        identified = microdata.case_id_column is not None
        cases = [_case(survey, record, identified) for record in batch]
        ids = session.scalars(insert(Case).returning(Case.id, sort_by_parameter_order=True), cases).all()
        responses = [_response(survey, record, case_id) for record, case_id in zip(batch, ids, strict=True)]
        session.execute(insert(Response), responses)
        on_progress(len(batch))
    return len(microdata.records)


def _check_same_questions(survey: Survey, microdata: Microdata) -> None:
    if published_version(survey).sha256 != digest(microdata.questionnaire):
        problem = (
            f"survey {survey.slug} has another questionnaire than these data; import them as a new survey"
        )
        raise ImportRefused([problem], 1)


def _check_new_cases(session: Session, survey: Survey, microdata: Microdata) -> None:
    known = queries.list_external_ids(session, survey)
    if microdata.case_id_column is None:
        if queries.fieldwork_progress(session, survey).n_complete:
            problem = (
                f"survey {survey.slug} has answers already; name the column of case identifiers (--case-id)"
            )
            raise ImportRefused([problem], 1)
        return
    long = [record for record in microdata.records if len(record.case_id) > LONGEST_CASE_ID]
    if long:
        where = f"row {long[0].row}, column '{microdata.case_id_column}'"
        problem = f"{where}: expected a case identifier of at most {LONGEST_CASE_ID} characters"
        raise ImportRefused([problem], len(long))
    twice = [record for record in microdata.records if record.case_id in known]
    column = microdata.case_id_column
    problems = [
        f"row {record.row}, column '{column}': case {record.case_id} is in the survey already"
        for record in twice[:20]
    ]
    if problems:
        raise ImportRefused(problems, len(twice))


def _case(survey: Survey, record: MicrodataRecord, identified: bool) -> dict[str, Any]:
    return {
        "survey_id": survey.id,
        "wave_id": survey.current_wave.id,
        "origin": CaseOrigin.IMPORTED,
        "external_id": record.case_id if identified else None,
        "base_weight": 1.0 if record.weight is None else record.weight,
    }


def _response(survey: Survey, record: MicrodataRecord, case_id: int) -> dict[str, Any]:
    return {
        "survey_id": survey.id,
        "case_id": case_id,
        "version_id": published_version(survey).id,
        "mode": record.mode,
        "status": ResponseStatus.COMPLETE,
        "answers": record.answers,
    }


def _batches(records: Sequence[MicrodataRecord], size: int) -> Iterator[Sequence[MicrodataRecord]]:
    return (records[start : start + size] for start in range(0, len(records), size))
