"""Use cases of invitations. They flush and never commit."""

from cityvoice.invitations.services.letters import build_letters, keep_letters, letters_path
from cityvoice.invitations.services.mailings import (
    claim_delivery,
    note_interrupted,
    note_refused,
    note_sent,
    note_unsure,
    put_back,
    request_mailing,
    retry_mailing,
    take_bounces,
)
from cityvoice.invitations.services.participants import add_people, address_of, opt_out, tokens_of

__all__ = [
    "add_people",
    "address_of",
    "build_letters",
    "claim_delivery",
    "keep_letters",
    "letters_path",
    "note_interrupted",
    "note_refused",
    "note_sent",
    "note_unsure",
    "opt_out",
    "put_back",
    "request_mailing",
    "retry_mailing",
    "take_bounces",
    "tokens_of",
]
