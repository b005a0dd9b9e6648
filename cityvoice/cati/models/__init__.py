"""Tables of interviewing by phone."""

from cityvoice.cati.models.calling import Appointment, BackCheck, LedgerEntry
from cityvoice.cati.models.cases import CaseGroup, PhoneCase, Telephone
from cityvoice.cati.models.sampling import FrameUnit, NeverCall, SampleDraw, SampleFrame
from cityvoice.cati.models.staffing import CallingPlan, Interviewer, Shift

__all__ = [
    "Appointment",
    "BackCheck",
    "CallingPlan",
    "CaseGroup",
    "FrameUnit",
    "Interviewer",
    "LedgerEntry",
    "NeverCall",
    "PhoneCase",
    "SampleDraw",
    "SampleFrame",
    "Shift",
    "Telephone",
]
