"""Background work of invitations: mail sent one message at a time, letters set."""

from cityvoice.core.config import Config
from cityvoice.core.db import Database
from cityvoice.core.mail import Mailer, MailError, RecipientRefused, Unsure, mailer
from cityvoice.core.pdf import PdfError
from cityvoice.core.queue import JobError, JobRun
from cityvoice.invitations import queries, services
from cityvoice.invitations.errors import InvitationError
from cityvoice.invitations.services.mailings import PRINT_LETTERS, SEND_MAIL

__all__ = ["PRINT_LETTERS", "SEND_MAIL", "print_letters", "send"]


def send(run: JobRun) -> None:
    if run.config.mail is None:
        raise JobError("CITYVOICE_MAIL_HOST is not set for the worker")
    with run.database.writing() as session:
        mailing = queries.get_mailing_of_job(session, run.job_id)
        services.note_interrupted(session, mailing=mailing)
        waiting = queries.list_waiting(session, mailing)
    try:
        with mailer(run.config.mail) as server:
            for n_done, delivery_id in enumerate(waiting):
                run.progress("mail", n_done, len(waiting))
                _send_one(run.database, run.config, server, delivery_id)
    except (InvitationError, MailError) as error:
        raise JobError(str(error)) from error
    run.progress("mail", len(waiting), len(waiting))


def _send_one(database: Database, config: Config, server: Mailer, delivery_id: int) -> None:
    server.connect()  # a server that is away is noticed before anything is marked
    with database.writing() as session:
        mail = services.claim_delivery(session, delivery_id=delivery_id, config=config)
    if mail is None:
        return
    try:
        server.send(mail)
    except RecipientRefused as error:
        with database.writing() as session:
            services.note_refused(
                session, delivery_id=delivery_id, error=str(error), is_mailbox_gone=error.is_mailbox_gone
            )
    except Unsure as error:
        with database.writing() as session:
            services.note_unsure(session, delivery_id=delivery_id, error=f"it may have arrived: {error}")
    except MailError:
        with database.writing() as session:
            services.put_back(session, delivery_id=delivery_id)
        raise
    else:
        with database.writing() as session:
            services.note_sent(session, delivery_id=delivery_id)


def print_letters(run: JobRun) -> None:
    with run.database.reading() as session:
        mailing = queries.get_mailing_of_job(session, run.job_id)
        try:
            pdf = services.build_letters(session, mailing=mailing, config=run.config, progress=run.progress)
        except (InvitationError, PdfError) as error:
            raise JobError(str(error)) from error
    with run.database.writing() as session:
        mailing = queries.get_mailing_of_job(session, run.job_id)
        services.keep_letters(session, mailing=mailing, storage=run.config.storage, pdf=pdf)
