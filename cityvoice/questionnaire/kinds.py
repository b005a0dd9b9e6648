"""The words that a questionnaire chooses from: modes, kinds of questions, formats, reasons for no answer."""

from enum import StrEnum


class Mode(StrEnum):
    """How an answer was collected."""

    CAWI = "CAWI"
    CATI = "CATI"
    CAPI = "CAPI"
    PAPI = "PAPI"


class QuestionKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    MATRIX = "matrix"  # several items, one scale of options
    TABLE = "table"  # several items, several columns: a dual scale, satisfaction and importance, numbers
    SCALE = "scale"  # numbered points with labelled ends, such as 0-10
    RANKING = "ranking"  # options put in order; each option's answer is its rank, 1 for the first
    BEST_WORST = "best_worst"  # the best and the worst of the options
    NUMBER = "number"
    NUMBERS = "numbers"  # a number for each item; with `total`, a budget to share out
    TEXT = "text"
    TEXTS = "texts"  # a text for each item
    DATE = "date"  # stored as 2026-11-23
    TIME = "time"  # stored as 18:05
    FILE = "file"  # stored as the upload's identifier
    PLACE = "place"  # a point, line or polygon as well-known text, or the place in words
    CONSENT = "consent"  # one box to tick; stored as "1"
    INFO = "info"  # a text to read; nothing is asked
    HIDDEN = "hidden"  # never shown: computed from `value`, or handed over with the link


class MissingKind(StrEnum):
    """Why an answer that was given holds no value. A question that was not asked has no answer at all."""

    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"
    NO_ANSWER = "no_answer"  # left blank on paper, and recorded so
    UNDECLARED = "undeclared"  # imported data held a code that its codebook does not explain


class Display(StrEnum):
    """How a question is drawn, where its kind leaves a choice."""

    LIST = "list"
    DROPDOWN = "dropdown"
    BUTTONS = "buttons"
    SLIDER = "slider"
    LINE = "line"  # a text of one line
    HEADING = "heading"  # an information that begins a group


class TextFormat(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    WEB = "web"


class Geometry(StrEnum):
    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"


class ColumnKind(StrEnum):
    SINGLE = "single"
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"  # a box to tick; stored as "1"


class SelectionMethod(StrEnum):
    """How one member of a household is chosen for the interview (`cityvoice.questionnaire.selection`)."""

    LAST_BIRTHDAY = "last_birthday"
    NEXT_BIRTHDAY = "next_birthday"
    KISH = "kish"
    RANDOM = "random"
    YOUNGEST = "youngest"
    OLDEST = "oldest"
