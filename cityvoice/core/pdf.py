"""PDF documents, made in a process of their own."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

DEFAULT_TIMEOUT = 600.0  # seconds
RENDERER = "cityvoice.core.pdf_process"


class PdfError(Exception):
    """The document could not be made; the message says why."""


def render_pdf_in_child(html: str, *, source_date: datetime, timeout: float = DEFAULT_TIMEOUT) -> bytes:
    """`pdf_process.render_pdf` in a child: its memory ends with it, and its crash is only an error.

    Raises
    ------
    PdfError
        When the child fails, crashes, or does not finish within `timeout` seconds.
    """
    command = [sys.executable, "-m", RENDERER, source_date.isoformat()]
    try:
        child = subprocess.run(
            command,
            input=html.encode(),
            capture_output=True,
            timeout=timeout,
            cwd=Path(__file__).parents[2],  # where the package is found even when it is not installed
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PdfError(f"the PDF was not finished within {timeout:g} seconds") from error
    if child.returncode != 0:
        lines = child.stderr.decode(errors="replace").strip().splitlines()
        raise PdfError(lines[-1] if lines else f"the PDF process ended with status {child.returncode}")
    if not child.stdout.startswith(b"%PDF"):
        raise PdfError("the PDF process ended without a document")
    return child.stdout
