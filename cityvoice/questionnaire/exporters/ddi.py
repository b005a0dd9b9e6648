"""DDI-Codebook 2.6: what was asked and how, for data archives and catalogues.

Source: DDI Alliance, DDI-Codebook 2.6, https://ddialliance.org (elements stdyDscr, fileDscr, dataDscr).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.question import ResponseOption, Text
from cityvoice.questionnaire.variables import Variable, VariableKind, variables

NAMESPACE = "ddi:codebook:2_6"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# What each variable's numbers are to a statistician.
_NATURE = {
    VariableKind.NOMINAL: "nominal",
    VariableKind.FLAG: "nominal",
    VariableKind.ORDINAL: "ordinal",
    VariableKind.NUMERIC: "ratio",
}


@dataclass(frozen=True)
class Study:
    """What a codebook says beside the questionnaire. `method` holds AAPOR's disclosure items by language."""

    identifier: str
    producer: str | None = None
    collected: tuple[date | None, date | None] = (None, None)
    modes: tuple[str, ...] = ()
    method: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    response_rate: str | None = None
    n_cases: int | None = None
    weight: str | None = None  # the column that holds the weight
    first_column: int = 1  # where the answers begin in the CSV file, behind what is about the response


def to_ddi(questionnaire: Questionnaire, study: Study) -> bytes:
    """The codebook of the questionnaire's data as XML, UTF-8, valid against the standard's schema."""
    flat = flatten(questionnaire)
    root = etree.Element(_tag("codeBook"), nsmap={None: NAMESPACE}, version="2.6")
    root.set(XML_LANG, questionnaire.language)
    _study(etree.SubElement(root, _tag("stdyDscr")), questionnaire, study)
    _file(etree.SubElement(root, _tag("fileDscr")), flat, study)
    data = etree.SubElement(root, _tag("dataDscr"))
    for number, variable in enumerate(variables(flat), start=1):
        _variable(data, number, variable)
    if study.weight:
        weight = etree.SubElement(data, _tag("var"), name=study.weight, wgt="wgt", ID="W1")
        _say(weight, "labl", "weight")
    xml: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return xml


def _study(parent: etree._Element, questionnaire: Questionnaire, study: Study) -> None:
    citation = etree.SubElement(parent, _tag("citation"))
    titles = etree.SubElement(citation, _tag("titlStmt"))
    first, *others = questionnaire.title.translations.items()
    _say(titles, "titl", first[1], first[0])
    for language, title in others:
        _say(titles, "parTitl", title, language)
    _say(titles, "IDNo", study.identifier)
    if study.producer:
        _say(etree.SubElement(citation, _tag("prodStmt")), "producer", study.producer)
    _about(etree.SubElement(parent, _tag("stdyInfo")), study)
    _method(etree.SubElement(parent, _tag("method")), study)


def _about(parent: etree._Element, study: Study) -> None:
    summary = etree.SubElement(parent, _tag("sumDscr"))
    for event, day in zip(("start", "end"), study.collected, strict=True):
        if day:
            _say(summary, "collDate", day.isoformat()).set("event", event)
            summary[-1].set("date", day.isoformat())
    for language, words in study.method.get("population", {}).items():
        if words:
            _say(summary, "universe", words, language)


def _method(parent: etree._Element, study: Study) -> None:
    collection = etree.SubElement(parent, _tag("dataColl"))
    for language, words in study.method.get("recruitment", {}).items():
        if words:
            _say(collection, "sampProc", words, language)
    for mode in study.modes:
        _say(collection, "collMode", mode)
    if study.weight:
        _say(collection, "weight", f"The weight is in the variable {study.weight}.", "en")
    for language, words in study.method.get("quality", {}).items():
        if words:
            _say(collection, "cleanOps", words, language)
    if study.response_rate:
        _say(etree.SubElement(parent, _tag("anlyInfo")), "respRate", study.response_rate)


def _file(parent: etree._Element, flat: Questionnaire, study: Study) -> None:
    text = etree.SubElement(parent, _tag("fileTxt"))
    _say(text, "fileName", f"{study.identifier}.csv")
    dimensions = etree.SubElement(text, _tag("dimensns"))
    if study.n_cases is not None:
        _say(dimensions, "caseQnty", str(study.n_cases))
    _say(dimensions, "varQnty", str(len(variables(flat))))


def _variable(parent: etree._Element, number: int, variable: Variable) -> None:
    element = etree.SubElement(parent, _tag("var"), name=variable.name, ID=f"V{number}")
    element.set("intrvl", "contin" if variable.kind is VariableKind.NUMERIC else "discrete")
    if nature := _NATURE.get(variable.kind):
        element.set("nature", nature)
    _translated(element, "labl", variable.label)
    question = etree.SubElement(element, _tag("qstn"))
    _translated(question, "qstnLit", variable.wording)
    for option in _categories(variable):
        category = etree.SubElement(element, _tag("catgry"), missing="Y" if option.missing else "N")
        _say(category, "catValu", option.code)
        _translated(category, "labl", option.label)
    kind = "numeric" if variable.kind is VariableKind.NUMERIC else "character"
    etree.SubElement(element, _tag("varFormat"), type=kind)


def _categories(variable: Variable) -> Iterator[ResponseOption]:
    if variable.kind is VariableKind.FLAG:
        yield ResponseOption("0", Text({"en": "not chosen"}))
        yield ResponseOption("1", Text({"en": "chosen"}))
    yield from variable.options


def _translated(parent: etree._Element, name: str, text: Text) -> None:
    for language, words in text.translations.items():
        if words:
            _say(parent, name, words, language)


def _say(parent: etree._Element, name: str, words: str, language: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, _tag(name))
    element.text = words.translate(_UNWRITABLE)
    if language:
        element.set(XML_LANG, language)
    return element


_UNWRITABLE = {code: None for code in range(32) if code not in (9, 10, 13)}  # no XML may hold these


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
