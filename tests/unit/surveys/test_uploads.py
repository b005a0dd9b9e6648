"""Files are known by their contents and say nothing about who sent them."""

import io
import zipfile

import pytest
from PIL import Image

from cityvoice.surveys.uploads import FileCode, Prepared, prepare, sniff

LIMIT = 1_000_000


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "green").save(written, form, **options)
    return written.getvalue()


def test_a_photo_loses_its_place_and_camera_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0110] = "Phone 7"
    exif[0x0112] = 6  # turned by a quarter
    exif[0x8825] = {1: "N", 2: (50.0, 15.0, 0.0)}
    sent = picture(exif=exif, comment=b"my street")
    assert b"Phone 7" in sent
    kept = prepare(sent, most_bytes=LIMIT)
    assert isinstance(kept, Prepared)
    assert b"Phone 7" not in kept.content
    assert b"my street" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as opened:
        assert opened.size == (20, 40)
        assert not opened.getexif()


@pytest.mark.parametrize(
    ("form", "media_type"), [("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/png")]
)
def test_pictures_are_drawn_anew(form: str, media_type: str) -> None:
    kept = prepare(picture(form), most_bytes=LIMIT)
    assert isinstance(kept, Prepared)
    assert kept.media_type == media_type
    assert sniff(kept.content) == media_type


def test_a_large_photo_becomes_smaller() -> None:
    kept = prepare(picture("PNG", (5000, 10)), most_bytes=LIMIT)
    assert isinstance(kept, Prepared)
    with Image.open(io.BytesIO(kept.content)) as opened:
        assert opened.width == 4096


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", FileCode.EMPTY_FILE),
        (b"x" * (LIMIT + 1), FileCode.FILE_TOO_LARGE),
        (b"\x7fELF\x00\x01", FileCode.WRONG_FILE),
        (b"\xff\xd8\xff broken", FileCode.BROKEN_PICTURE),
        (picture()[:300], FileCode.BROKEN_PICTURE),
    ],
)
def test_what_cannot_be_taken_is_refused(content: bytes, code: FileCode) -> None:
    assert prepare(content, most_bytes=LIMIT) is code


def test_a_page_under_a_pictures_name_is_text() -> None:
    assert sniff(b"<svg onload=alert(1)>") == "text/plain"


def test_office_files_are_told_from_other_archives() -> None:
    def archive(*names: str) -> bytes:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as zipped:
            for name in names:
                zipped.writestr(name, "")
        return written.getvalue()

    docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert sniff(archive("[Content_Types].xml", "word/document.xml")) == docx
    assert sniff(archive("virus.exe")) is None
