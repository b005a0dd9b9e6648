"""Files that come with answers: known by contents, freed of what they tell about their sender, kept by hash.

A photo tells where and with what it was taken, a file's name often whose it is. So a picture is drawn anew,
only its pixels are kept, and no file's name is. A document stays as it was sent, with what it says of its
author. Work on the bytes (`prepare`) needs no database and is done before a transaction is begun.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path
from secrets import token_hex

from PIL import Image, ImageOps
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from cityvoice.core.storage import sha256, write_whole
from cityvoice.questionnaire.question import Answer, Question
from cityvoice.surveys.models import Response, Survey, Upload

ACCEPTED = ("image/*", "application/pdf")  # where a question does not say
LONGEST_EDGE = 4096  # pixels; more than any screen or report shows
MOST_PIXELS = 25_000_000  # unfolded they take four bytes each, and some steps copy them
MOST_IN_JPEG = 110_000_000
_PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_OPEN_DOCUMENTS = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.graphics": "odg",
}
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_EXTENSIONS = {
    **{media_type: form.lower() for media_type, form in _PICTURES.items()},
    **_OPEN_DOCUMENTS,
    **dict(zip(_OFFICE.values(), ("docx", "xlsx", "pptx"), strict=True)),
    "application/pdf": "pdf",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "text/plain": "txt",
}
_SIGNATURES = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftyp(heic|heix|mif1|msf1|avif)", re.DOTALL), "image/heic"),
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"ID3|\xff[\xf2\xf3\xfb]"), "audio/mpeg"),
    (re.compile(rb"....ftypM4A", re.DOTALL), "audio/mp4"),
    (re.compile(rb"....ftyp", re.DOTALL), "video/mp4"),
    (re.compile(rb"\x1aE\xdf\xa3"), "video/webm"),
)


class FileCode(StrEnum):
    EMPTY_FILE = "empty_file"
    FILE_TOO_LARGE = "file_too_large"  # params: most, in megabytes
    WRONG_FILE = "wrong_file"
    BROKEN_PICTURE = "broken_picture"


@dataclass(frozen=True)
class FileError:
    """What is wrong with a file, in the form of the engine's errors."""

    field: str
    code: FileCode
    params: Mapping[str, str | float]


@dataclass(frozen=True)
class Prepared:
    """A file that may be kept."""

    content: bytes
    media_type: str


def prepare(content: bytes, *, most_bytes: int) -> Prepared | FileCode:
    """Tell a file by its contents and free it of what it need not say; a code when it cannot be taken."""
    if not content:
        return FileCode.EMPTY_FILE
    if len(content) > most_bytes:
        return FileCode.FILE_TOO_LARGE
    media_type = sniff(content)
    if media_type is None:
        return FileCode.WRONG_FILE
    if media_type.startswith("image/"):
        return _redrawn(content, media_type)
    return Prepared(content, media_type)


def sniff(content: bytes) -> str | None:
    """The media type that the bytes themselves show, whatever name they came under; None: none we know."""
    for signature, media_type in _SIGNATURES:
        if signature.match(content):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return "text/plain" if _is_text(content) else None


def keep(
    session: Session, *, response: Response, question: Question, file: Prepared, folder: Path
) -> Upload | FileError:
    """Keep a file as the answer to a question, in place of one that was there.

    The same again changes nothing. Its name says what it answers, not how its sender called it.
    """
    patterns = question.accept or ACCEPTED
    if not any(fnmatch(file.media_type, pattern) for pattern in patterns):
        return FileError(question.name, FileCode.WRONG_FILE, {})
    digest = sha256(file.content)
    _store(session, path_of(folder, digest), file.content)
    for upload in _uploads(session, response, question.name):
        if upload.sha256 == digest:
            return upload
    remove(session, response=response, field=question.name, folder=folder)
    upload = Upload(
        response_id=response.id,
        field=question.name,
        sha256=digest,
        media_type=file.media_type,
        n_bytes=len(file.content),
        name=f"{question.name}.{_EXTENSIONS[file.media_type]}",
    )
    session.add(upload)
    session.flush()
    return upload


def remove(session: Session, *, response: Response, field: str, folder: Path) -> None:
    """Take away the file of an answer: the row now, the bytes after the commit if nobody has the same."""
    for upload in _uploads(session, response, field):
        session.delete(upload)
        _sweep_after_commit(session, path_of(folder, upload.sha256))
    session.flush()


def find_upload(session: Session, *, response: Response, field: str, answer: Answer | None) -> Upload | None:
    """The file that an answer names, if it is this response's own."""
    return next((each for each in _uploads(session, response, field) if str(each.id) == answer), None)


def find_upload_of_survey(session: Session, survey: Survey, upload_id: int) -> Upload | None:
    """A file that came with the answers to a survey, a trial's too."""
    statement = select(Upload).join(Response, Response.id == Upload.response_id)
    return session.scalar(statement.where(Response.survey_id == survey.id, Upload.id == upload_id))


def list_uploads(session: Session, survey: Survey) -> Sequence[Upload]:
    """The files that came with the answers to a survey, trials left out, by question."""
    statement = select(Upload).join(Response, Response.id == Upload.response_id)
    kept = statement.where(Response.survey_id == survey.id, ~Response.is_test)
    return session.scalars(kept.order_by(Upload.field, Upload.id)).all()


def path_of(folder: Path, digest: str) -> Path:
    """Where the bytes with this hash are."""
    return folder / "uploads" / digest[:2] / digest


def _uploads(session: Session, response: Response, field: str) -> Sequence[Upload]:
    statement = select(Upload).where(Upload.response_id == response.id, Upload.field == field)
    return session.scalars(statement.order_by(Upload.id)).all()


def _store(session: Session, path: Path, content: bytes) -> None:
    """Write the bytes, and again after the commit if another transaction swept them before it saw the row."""

    def write(_session: Session) -> None:
        if not path.is_file():
            write_whole(path, content)

    write(session)
    event.listen(session, "after_commit", write, once=True)


def _sweep_after_commit(session: Session, path: Path) -> None:
    """Delete the bytes if by then no row has them.

    They are put aside before the rows are looked at. So whoever commits one later finds them missing and
    writes them again, and whoever has committed one gets them back.
    """
    bind = session.get_bind(Upload)

    def sweep(_session: Session) -> None:
        aside, is_used = path.with_name(f".{path.name}-{token_hex(4)}"), True
        try:
            path.rename(aside)
        except FileNotFoundError:
            return
        try:
            with Session(bind) as reading:
                is_used = (
                    reading.scalar(select(Upload.id).where(Upload.sha256 == path.name).limit(1)) is not None
                )
        finally:
            aside.replace(path) if is_used else aside.unlink()

    event.listen(session, "after_commit", sweep, once=True)


def _redrawn(content: bytes, media_type: str) -> Prepared | FileCode:
    """The same picture, upright and no larger than useful, without position, camera, hour or thumbnail."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > (MOST_IN_JPEG if picture.format == "JPEG" else MOST_PIXELS):
                return FileCode.FILE_TOO_LARGE
            picture.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # a JPEG is unfolded at half its size or less
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
            kept = media_type if media_type in _PICTURES else "image/png"
            return Prepared(_encoded(upright, _PICTURES[kept]), kept)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return FileCode.BROKEN_PICTURE


def _encoded(picture: Image.Image, form: str) -> bytes:
    mode = (
        "RGB"
        if form == "JPEG" or ("A" not in picture.getbands() and "transparency" not in picture.info)
        else "RGBA"
    )
    bare = picture.convert(mode)
    bare.info.clear()
    written = io.BytesIO()
    bare.save(written, form, **({} if form == "PNG" else {"quality": 85}))
    return written.getvalue()


def _office_type(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                declared = archive.read("mimetype").decode("ascii", "replace")
                return declared if declared in _OPEN_DOCUMENTS else None
            if "[Content_Types].xml" in names:
                return next(
                    (kind for part, kind in _OFFICE.items() if any(n.startswith(part) for n in names)), None
                )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return None
    return None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\n\r\t\ufeff" for character in text)
