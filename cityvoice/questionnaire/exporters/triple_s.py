"""Triple-S 2.0: the survey's variables as XML, to be read together with the answers as CSV.

Source: the Triple-S Survey Interchange Standard, version 2.0, https://www.triple-s.org. Here every box of a
multiple choice is a logical variable of its own, like the column in the CSV file.
"""

from lxml import etree

from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.question import Text
from cityvoice.questionnaire.variables import Variable, VariableKind, variables

LONGEST_TEXT = 4000  # characters of an open answer
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TYPES = {VariableKind.FLAG: "logical", VariableKind.NUMERIC: "quantity", VariableKind.TEXT: "character"}


def to_triple_s(questionnaire: Questionnaire, identifier: str, *, first_column: int = 1) -> bytes:
    """The metadata file (.sss) of a survey.

    Parameters
    ----------
    first_column
        Where the first variable stands in the CSV file, which may begin with columns about the response.
    """
    root = etree.Element("sss", version="2.0", languages=" ".join(questionnaire.languages))
    survey = etree.SubElement(root, "survey")
    _say(survey, "name", identifier)
    _translated(etree.SubElement(survey, "title"), questionnaire.title)
    record = etree.SubElement(survey, "record", ident="A", format="csv", skip="1")
    for place, variable in enumerate(variables(flatten(questionnaire))):
        _variable(record, place + 1, place + first_column, variable)
    xml: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return xml


def _variable(record: etree._Element, ident: int, column: int, variable: Variable) -> None:
    kind = _kind(variable)
    element = etree.SubElement(record, "variable", ident=str(ident), type=kind)
    _say(element, "name", variable.name)
    _translated(etree.SubElement(element, "label"), variable.label)
    etree.SubElement(element, "position", start=str(column))
    if kind == "character":
        _say(element, "size", str(LONGEST_TEXT))
    elif kind == "quantity":
        values = etree.SubElement(element, "values")
        etree.SubElement(values, "range", {"from": "-999999999", "to": "999999999"})
        _coded(values, variable)
    elif kind == "single":
        _coded(etree.SubElement(element, "values"), variable)


def _kind(variable: Variable) -> str:
    if variable.kind in _TYPES:
        return _TYPES[variable.kind]
    return "single" if all(option.code.isdecimal() for option in variable.options) else "character"


def _coded(values: etree._Element, variable: Variable) -> None:
    for option in variable.options:
        if option.code.isdecimal():
            _translated(etree.SubElement(values, "value", code=option.code), option.label)


def _translated(parent: etree._Element, text: Text) -> None:
    for language, words in text.translations.items():
        _say(parent, "text", words).set(XML_LANG, language)


def _say(parent: etree._Element, name: str, words: str) -> etree._Element:
    element = etree.SubElement(parent, name)
    element.text = "".join(letter for letter in words if letter >= " " or letter in "\t\n")
    return element
