"""One row of the survey sheet as a question."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cityvoice.questionnaire.expressions.ast import Literal
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.syntaxes.xpath import is_expression
from cityvoice.questionnaire.expressions.values import as_number, number_text
from cityvoice.questionnaire.importers.xlsform.form import OTHER, Form
from cityvoice.questionnaire.importers.xlsform.limits import limits_of
from cityvoice.questionnaire.importers.xlsform.tree import TRUE, Node
from cityvoice.questionnaire.kinds import Display, Geometry, QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import Question, ResponseOption, Rule, Text

MAX_OPTIONS = 5000
MOST_POINTS = 11  # of a range that is asked as a scale
_WITH_DEFAULT = frozenset(
    {"text", "integer", "decimal", "range", "select_one", "select_multiple", "date", "time"}
)

# The kind of each type, and what else it fixes.
_KINDS: Mapping[str, tuple[QuestionKind, Mapping[str, Any]]] = {
    "text": (QuestionKind.TEXT, {"display": Display.LINE}),
    "barcode": (QuestionKind.TEXT, {"display": Display.LINE}),
    "integer": (QuestionKind.NUMBER, {"step": 1}),
    "decimal": (QuestionKind.NUMBER, {}),
    "range": (QuestionKind.SCALE, {}),
    "note": (QuestionKind.INFO, {}),
    "date": (QuestionKind.DATE, {}),
    "dateTime": (QuestionKind.DATE, {}),
    "time": (QuestionKind.TIME, {}),
    "geopoint": (QuestionKind.PLACE, {}),
    "geotrace": (QuestionKind.PLACE, {"geometry": Geometry.LINE}),
    "geoshape": (QuestionKind.PLACE, {"geometry": Geometry.POLYGON}),
    "image": (QuestionKind.FILE, {"accept": ("image/*",)}),
    "audio": (QuestionKind.FILE, {"accept": ("audio/*",)}),
    "video": (QuestionKind.FILE, {"accept": ("video/*",)}),
    "file": (QuestionKind.FILE, {}),
    "acknowledge": (QuestionKind.CONSENT, {}),
    "calculate": (QuestionKind.HIDDEN, {}),
    "hidden": (QuestionKind.HIDDEN, {}),
    "select_one": (QuestionKind.SINGLE, {}),
    "select_multiple": (QuestionKind.MULTIPLE, {}),
    "select_one_external": (QuestionKind.SINGLE, {"display": Display.DROPDOWN}),
    "rank": (QuestionKind.RANKING, {}),
}
# What the device tells: kept where CityVoice knows it, else handed over with the personal link.
_TOLD = {"start": "now()", "end": "now()", "today": "today()"}
_HANDED_OVER = frozenset({"deviceid", "phonenumber", "username", "email", "simserial", "subscriberid"})
_WITHOUT_FILE = frozenset({"select_one_from_file", "select_multiple_from_file", "select_one_external"})
_DROPDOWNS = ("minimal", "autocomplete", "search")
_CHOICES = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.RANKING})


def build_question(form: Form, node: Node) -> Question | None:
    """The question of a row; None where there is no place for it, which is told as a loss."""
    kind = node.type.kind
    if kind in _TOLD:
        return Question(node.name, QuestionKind.HIDDEN, _named(form, node), value=_TOLD[kind])
    if kind in _HANDED_OVER:
        form.lose(
            node,
            Message("type %(kind)s", kind=kind),
            Message("no device is watched; a value may be handed over with the link"),
        )
        return Question(node.name, QuestionKind.HIDDEN, _named(form, node))
    if kind in _WITHOUT_FILE and not form.options_of(node):
        form.lose(
            node,
            Message("type %(kind)s", kind=kind),
            Message("the list stands in another file: asked as a text"),
        )
        return _built(form, node, QuestionKind.TEXT, {"display": Display.LINE})
    if kind not in _KINDS:
        form.lose(
            node, Message("type %(kind)r", kind=node.type.kind), Message("there is no such question here")
        )
        return None
    found, fixed = _KINDS[kind]
    if kind == "dateTime":
        form.lose(node, Message("type dateTime"), Message("the day is asked, not the time"))
    if found in _CHOICES and not form.options_of(node):
        form.lose(
            node,
            Message("list %(list_name)r", list_name=node.type.list_name),
            Message("it has no choices: asked as a text"),
        )
        return _built(form, node, QuestionKind.TEXT, {"display": Display.LINE})
    return _built(form, node, found, fixed)


def _built(form: Form, node: Node, kind: QuestionKind, fixed: Mapping[str, Any]) -> Question:
    text = form.text(node, "label") or form.text(node, "hint") or _named(form, node)
    question = Question(
        node.name,
        kind,
        text,
        when=form.condition(node, "relevant"),
        instruction=form.text(node, "guidance_hint"),
        **fixed,
    )
    if kind is QuestionKind.HIDDEN:
        return replace(question, value=form.calculation(node, "calculation"), instruction=None)
    if kind is QuestionKind.INFO:
        return replace(question, hint=_hint(form, node))
    for column in ("required_message", "trigger"):
        if form.value(node, column):
            form.lose(node, column, Message("there is nothing like it here"))
    if form.value(node, "read_only").lower() in TRUE:
        form.lose(node, "read_only", Message("whoever is asked may answer"))
    question = replace(question, hint=_hint(form, node), required=is_required(form, node))
    question = replace(_limited(form, node, question), default=_default(form, node))
    if kind in _CHOICES:
        question = _with_options(form, node, question)
    return _drawn(form, node, _measured(form, node, question))


def _named(form: Form, node: Node) -> Text:
    """The row's name in place of words."""
    return Text(dict.fromkeys(form.languages, node.written or node.name))


def _hint(form: Form, node: Node) -> Text | None:
    return form.text(node, "hint") if form.text(node, "label") else None


def is_required(form: Form, node: Node) -> bool:
    written = form.value(node, "required").lower()
    if written in TRUE:
        return True
    if written and written not in {"no", "false", "false()", "0", "nie"}:
        form.lose(node, f"required = {written}", Message("an answer is required of everybody or of nobody"))
    return False


def _limited(form: Form, node: Node, question: Question) -> Question:
    """A constraint as limits of the question; with words of its own, or where it says more, as a rule."""
    expression = form.condition(node, "constraint")
    if expression is None:
        return question
    message = form.text(node, "constraint_message")
    limits = None if message else limits_of(question.kind, parse(expression))
    if limits is not None:
        return replace(question, **limits)
    return replace(question, rules=(Rule(expression, message),))


def _default(form: Form, node: Node) -> str | None:
    written = form.value(node, "default")
    if not written:
        return form.calculation(node, "calculation")
    if node.type.kind not in _WITH_DEFAULT:
        form.lose(
            node,
            f"default = {written}",
            Message("a question of type %(kind)s begins without an answer", kind=node.type.kind),
        )
        return None
    if is_expression(written):
        return form.calculation(node, "default")
    code = form.code(node, written)
    number = as_number(code) if node.type.kind in {"integer", "decimal"} else None
    return render(Literal(code)) if number is None else number_text(number)


def choice_options(form: Form, node: Node) -> tuple[ResponseOption, ...]:
    """The choices of the row's list."""
    return tuple(
        ResponseOption(choice.code, form.words(choice.texts, node), missing=choice.missing)
        for choice in form.options_of(node)
    )


def _with_attributes(option: ResponseOption, attributes: Mapping[str, str] | None) -> ResponseOption:
    return replace(option, attributes=attributes)


def _with_options(form: Form, node: Node, question: Question) -> Question:
    options = choice_options(form, node)
    if len(options) > MAX_OPTIONS:
        form.lose(
            node,
            Message("%(n)s choices", n=len(options)),
            Message("the first %(most)s are kept", most=MAX_OPTIONS),
        )
        options = options[:MAX_OPTIONS]
    filtered = form.condition(node, "choice_filter")
    if filtered is not None:
        attributes = (choice.attributes or None for choice in form.options_of(node))
        options = tuple(map(_with_attributes, options, attributes))
    if node.type.or_other and OTHER not in {option.code for option in options}:
        label = Text({language: _OTHER.get(language, _OTHER["en"]) for language in form.languages})
        options = (*options, ResponseOption(OTHER, label, specify=True))
    shuffled = "randomize=true" in form.value(node, "parameters").replace(" ", "").lower()
    return replace(question, options=options, option_filter=filtered, shuffle=shuffled)


_OTHER = {"pl": "inne", "en": "other", "uk": "інше", "de": "Sonstiges", "fr": "autre", "es": "otro"}


def _measured(form: Form, node: Node, question: Question) -> Question:
    """A range's ends and step: a scale of its points, or a slider where there are many."""
    if node.type.kind != "range":
        return question
    given = dict(
        part.split("=", 1) for part in form.value(node, "parameters").replace(";", " ").split() if "=" in part
    )
    numbers = {name: float(number) for name, said in given.items() if (number := as_number(said)) is not None}
    start, end = numbers.get("start", 1.0), numbers.get("end", 10.0)
    step = abs(numbers.get("step", 1.0)) or 1.0
    scale = replace(question, low=min(start, end), high=max(start, end))
    if step == 1 and 2 <= len(scale.points) <= MOST_POINTS and not question.rules:
        return scale
    return replace(scale, kind=QuestionKind.NUMBER, display=Display.SLIDER, step=step)


def _drawn(form: Form, node: Node, question: Question) -> Question:
    """What of the appearance we can draw."""
    written = form.value(node, "appearance").lower()
    if question.kind is QuestionKind.TEXT and "multiline" in written:
        return replace(question, display=None)
    if question.kind is QuestionKind.SINGLE and written.startswith(_DROPDOWNS):
        return replace(question, display=Display.DROPDOWN)
    if question.kind is QuestionKind.SINGLE and ("likert" in written or "columns" in written):
        return replace(question, display=Display.BUTTONS)
    return question
