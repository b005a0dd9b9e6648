"""Every kind of job and who does it: what the worker and the queue must know of all features."""

from cityvoice.core.queue import Handler
from cityvoice.invitations.jobs import PRINT_LETTERS, SEND_MAIL, print_letters, send
from cityvoice.reports.jobs import BUILD_REPORT, build

HANDLERS: dict[str, Handler] = {BUILD_REPORT: build, PRINT_LETTERS: print_letters, SEND_MAIL: send}
