"""What can be wrong with an answer, as codes that whoever shows a page puts into words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cityvoice.questionnaire.question import Text


class ErrorCode(StrEnum):
    REQUIRED = "required"
    NOT_AN_OPTION = "not_an_option"
    NOT_A_NUMBER = "not_a_number"
    TOO_SMALL = "too_small"  # params: low
    TOO_LARGE = "too_large"  # params: high
    NOT_A_STEP = "not_a_step"  # params: step
    TOTAL = "total"  # params: total, sum: the numbers do not add up
    TOO_LONG = "too_long"  # params: max_length, length
    NOT_TEXT = "not_text"  # control characters that no keyboard types
    NOT_EMAIL = "not_email"
    NOT_PHONE = "not_phone"
    NOT_WEB = "not_web"
    PATTERN = "pattern"  # not of the form that the question asks for
    NOT_A_DATE = "not_a_date"
    NOT_A_TIME = "not_a_time"
    TOO_EARLY = "too_early"  # params: earliest, as 2026-11-23 or 18:05
    TOO_LATE = "too_late"  # params: latest
    NOT_A_FILE = "not_a_file"
    NOT_A_PLACE = "not_a_place"
    TOO_MANY_POINTS = "too_many_points"  # params: most
    EXCLUSIVE = "exclusive"  # params: code: an option that excludes all others came with others
    TOO_FEW = "too_few"  # params: min_answers
    TOO_MANY = "too_many"  # params: max_answers
    REPEATED = "repeated"  # one option twice, or one rank for two options
    NOT_A_RANK = "not_a_rank"  # params: high: the lowest rank
    RANK_GAP = "rank_gap"  # params: rank: the first rank that is missing
    SAME = "same"  # the best is the worst, too
    RULE = "rule"  # a rule of the questionnaire, with its message if it has one


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one form field, and the numbers that its message needs.

    `field` is the question's name where several of its fields are wrong only together.
    """

    field: str
    code: ErrorCode
    params: Mapping[str, str | float]
    message: Text | None = None  # of a rule, in the questionnaire's words; may hold ``{expression}``


class Refusal(Exception):
    """A value that is no answer."""

    def __init__(self, code: ErrorCode, /, **params: str | float) -> None:
        self.code = code
        self.params = params
