"""What may stand behind a variable's name: ``Q1.shown``, ``Q1.NAOK``, ``Q1.qid``."""

from collections.abc import Callable

from cityvoice.questionnaire.expressions.ast import Call, Expression, Literal, Name
from cityvoice.questionnaire.expressions.syntaxes import blanks
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.message import Message

VALUES = ("", "code", "value", "NAOK", "valueNAOK")
FACTS = (
    *("qid", "gid", "sgqa", "type", "relevance", "grelevance", "qseq", "gseq", "jsName", "mandatory"),
    "rowdivid",
)
_ATTRIBUTES = {each.lower(): each for each in (*VALUES[1:], *FACTS, "shown", "question", "relevanceStatus")}

Fact = Callable[[str, str], str | float | None]


def split_name(text: str) -> tuple[str, str]:
    """A variable's name and its attribute, "" where there is none."""
    name = text.removeprefix("INSERTANS:")
    stem, _, last = name.rpartition(".")
    attribute = _ATTRIBUTES.get(last.lower()) if stem else None
    return (stem, attribute) if attribute else (name, "")


def attribute_of(tree: Expression, attribute: str, name: str, fact: Fact) -> Expression:
    """The tree of a variable's attribute, where `tree` is that of its value."""
    if attribute in VALUES:
        return tree
    if attribute == "shown":
        return _shown(tree)
    if attribute == "question":
        asked = question_of(tree)
        return blanks.call("question", asked) if asked else _fact(fact, name, attribute)
    if attribute == "relevanceStatus":  # 1 where it is shown; nearest to it is that it was answered
        return blanks.call("if", blanks.answered(tree), Literal(1), Literal(0))
    return _fact(fact, name, attribute)


def _fact(fact: Fact, name: str, attribute: str) -> Expression:
    found = fact(name, attribute)
    if found is None:
        raise Refusal(
            Message(
                "%(attribute)r of %(name)r is a number in LimeSurvey's own tables",
                attribute=attribute,
                name=name,
            )
        )
    return Literal(found)


def _shown(tree: Expression) -> Expression:
    if isinstance(tree, Name):
        return blanks.call("label", tree)
    match blanks.flagged(tree):
        case Call("selected", (Name() as question, Literal() as code)) as chosen:
            return blanks.call("if", chosen, blanks.call("label", question, code), Literal(""))
        case _:
            return blanks.as_text(tree)


def question_of(tree: Expression) -> Name | None:
    """The name of the question that a variable belongs to."""
    match blanks.flagged(tree) or tree:
        case Name() as name:
            return name
        case Call("selected", (Name() as name, *_)):
            return name
        case _:
            return None
