"""What the designer's codes say to people."""

import re
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cityvoice.questionnaire.diff import ChangeKind, Fate
from cityvoice.questionnaire.expressions.types import ValueType
from cityvoice.questionnaire.kinds import ColumnKind, Display, QuestionKind, SelectionMethod
from cityvoice.questionnaire.message import Place
from cityvoice.web import sentences

K = QuestionKind

question_kinds: dict[str, LazyString] = {
    K.SINGLE: _("one answer"),
    K.MULTIPLE: _("several answers"),
    K.MATRIX: _("several items, one scale"),
    K.TABLE: _("several items, several columns"),
    K.SCALE: _("numbered scale"),
    K.RANKING: _("put in order"),
    K.BEST_WORST: _("best and worst"),
    K.NUMBER: _("number"),
    K.NUMBERS: _("several numbers, a budget"),
    K.TEXT: _("text"),
    K.TEXTS: _("several texts"),
    K.DATE: _("date"),
    K.TIME: _("time of day"),
    K.FILE: _("file or photo"),
    K.PLACE: _("place on the map"),
    K.CONSENT: _("consent"),
    K.INFO: _("information, nothing asked"),
    K.HIDDEN: _("hidden, computed"),
}

M = SelectionMethod

selection_methods: dict[str, LazyString] = {
    M.LAST_BIRTHDAY: _("the one whose birthday was last"),
    M.NEXT_BIRTHDAY: _("the one whose birthday is next"),
    M.KISH: _("by the Kish grid"),
    M.RANDOM: _("at random"),
    M.YOUNGEST: _("the youngest"),
    M.OLDEST: _("the oldest"),
}

setting_labels: dict[str, LazyString] = {
    "required": _("An answer is required"),
    "ordered": _("The options run from one end to the other"),
    "shuffle": _("Random order for each person"),
    "low": _("Lowest value"),
    "high": _("Highest value"),
    "step": _("Step"),
    "low_label": _("Words at the low end"),
    "high_label": _("Words at the high end"),
    "unit": _("Unit"),
    "total": _("The numbers must add up to"),
    "min_answers": _("At least so many answers"),
    "max_answers": _("At most so many answers"),
    "max_length": _("Longest text, in characters"),
    "format": _("The text is"),
    "earliest": _("Earliest"),
    "latest": _("Latest"),
    "geometry": _("What is drawn on the map"),
    "display": _("How it is drawn"),
    "comment": _("Ask for a remark under these words"),
    "value": _("Computed from"),
    "when": _("Asked only if"),
}

choice_labels: dict[str, LazyString] = {  # by setting and value
    "display.list": _("a list"),
    "display.dropdown": _("a drop-down list"),
    "display.buttons": _("buttons in a row"),
    "display.slider": _("a slider"),
    "display.line": _("one line"),
    "format.email": _("an e-mail address"),
    "format.phone": _("a phone number"),
    "format.web": _("a web address"),
    "geometry.point": _("a point"),
    "geometry.line": _("a line"),
    "geometry.polygon": _("an area"),
}

column_kinds: dict[str, LazyString] = {
    ColumnKind.SINGLE: _("one answer"),
    ColumnKind.NUMBER: _("number"),
    ColumnKind.TEXT: _("text"),
    ColumnKind.FLAG: _("a box to tick"),
}

part_labels: dict[str, LazyString] = {
    "": _("an answer"),
    "specify": _("asks for own words"),
    "exclusive": _("excludes the others"),
    "dont_know": _("don't know"),
    "refused": _("refused"),
    "not_applicable": _("does not apply"),
}

input_errors: dict[str, LazyString] = {
    "missing": _("Write some words here."),
    "not_a_name": _("A name begins with a letter (a–z) and has letters, digits and underscores only."),
    "taken": _("Another question or section has this name."),
    "not_a_number": _("Write a number, such as 10 or 2,5."),
    "not_whole": _("Write a whole number."),
    "not_an_option": _("Choose one of the list."),
    "not_a_slug": _("Use small letters a–z, digits and single hyphens, such as city-2026."),
    "slug_taken": _("A survey with this address exists already."),
    "not_a_questionnaire": _("Choose a file with a questionnaire."),
    "unreadable": _("This file cannot be read."),
}

change_kinds: dict[str, LazyString] = {
    ChangeKind.ADDED: _("new question"),
    ChangeKind.REMOVED: _("no longer asked; answers given stay"),
    ChangeKind.MOVED: _("moved"),
    ChangeKind.KIND: _("another kind of question"),
    ChangeKind.WORDS: _("other words"),
    ChangeKind.TRANSLATION: _("new translation"),
    ChangeKind.OPTION_ADDED: _("new option"),
    ChangeKind.OPTION_REMOVED: _("option no longer offered; answers given stay"),
    ChangeKind.OPTION_WORDS: _("other words of an option"),
    ChangeKind.ITEM_ADDED: _("new item"),
    ChangeKind.ITEM_REMOVED: _("item no longer asked; answers given stay"),
    ChangeKind.ROUTING: _("other people are asked"),
    ChangeKind.LIMITS: _("other answers are accepted"),
    ChangeKind.DRAWING: _("looks different"),
}

fates: dict[str, LazyString] = {
    Fate.KEPT: _("kept"),
    Fate.NEW: _("new, empty so far"),
    Fate.ENDED: _("ends, answers stay"),
    Fate.CHANGED: _("means something else"),
}

_SEGMENT = re.compile(r"([a-z_]+)(?:\[(\d+)\])?")  # of a path in the document form
_value_types: dict[str, LazyString] = {
    ValueType.TRUTH: _("true or false"),
    ValueType.NUMBER: _("a number"),
    ValueType.TEXT: _("text"),
    ValueType.CODE: _("a response option"),
    ValueType.CODES: _("several response options"),
    ValueType.DATE: _("a date"),
    ValueType.TIME: _("a time of day"),
}
_members: dict[type[StrEnum], dict[str, LazyString]] = {
    QuestionKind: question_kinds,
    ColumnKind: column_kinds,
    SelectionMethod: selection_methods,
    ValueType: _value_types,
    Display: {label.removeprefix("display."): words for label, words in choice_labels.items()},
}

_counted: dict[str, LazyString] = {  # lists of a document, by their key
    "sections": _("section %(n)s"),
    "questions": _("question %(n)s"),
    "options": _("option %(n)s"),
    "items": _("item %(n)s"),
    "columns": _("column %(n)s"),
    "rules": _("rule %(n)s"),
    "languages": _("language %(n)s"),
    "quotas": _("quota %(n)s"),
    "splits": _("split %(n)s"),
    "arms": _("arm %(n)s"),
}
_fields: dict[str, LazyString] = {
    **setting_labels,
    "name": _("Name"),
    "title": _("Title"),
    "text": _("Words of the question"),
    "hint": _("Hint under the question"),
    "label": _("Words"),
    "instruction": _("Note for the interviewer, not read aloud"),
    "code": _("Code"),
    "limit": _("At most"),
    "count": _("How many times"),
    "maximum": _("At most so many times"),
    "more": _("Question whether there is one more"),
    "select": _("Who is selected"),
    "by": _("Date of birth, or age"),
    "pattern": _("Pattern of the text"),
    "default": _("Filled in beforehand"),
    "option_filter": _("Options offered only if"),
    "favourable": _("Favourable"),
}


def said(message: str) -> str:
    """A message of the engine in the reader's language."""
    return sentences.said(message, _words)


def place_words(path: str) -> str:
    """A path of the document form, ``options[1].code``: option 2, “Code”. What has no words is left out."""
    return ", ".join(filter(None, (_segment(*each) for each in _SEGMENT.findall(path))))


def _segment(key: str, number: str) -> str:
    if number:
        return str(_counted[key]) % {"n": int(number) + 1} if key in _counted else ""
    return sentences.quoted(str(_fields[key])) if key in _fields else ""


def _words(value: str) -> str | None:
    if isinstance(value, Place):
        return place_words(value)
    return str(_members.get(type(value), {}).get(value, value)) if isinstance(value, StrEnum) else None
