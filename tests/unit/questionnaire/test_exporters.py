from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from cityvoice.questionnaire.bank.themes import THEMES, theme
from cityvoice.questionnaire.exporters.ddi import NAMESPACE, Study, to_ddi
from cityvoice.questionnaire.exporters.triple_s import to_triple_s
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.variables import variables
from tests.unit.questionnaire.builders import options, page, question, single

SCHEMA = Path(__file__).parents[4] / "shared/schemas/ddi/schemas/codebook.xsd"
STUDY = Study(
    "city-2026",
    producer="Urząd Miasta",
    collected=(date(2026, 9, 1), date(2026, 9, 14)),
    modes=("CAWI", "CATI"),
    method={"population": {"pl": "dorośli mieszkańcy"}, "recruitment": {"pl": "losowo"}},
    response_rate="RR3 12.4 %",
    n_cases=595,
    weight="weight",
)
DDI = {"ddi": NAMESPACE}


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.skipif(not SCHEMA.exists(), reason="the DDI schema is not beside the repository")
def test_codebooks_are_valid(name):
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    for study in (STUDY, Study(name)):
        assert schema.validate(etree.fromstring(to_ddi(theme(name), study))), schema.error_log


def test_the_codebook_names_every_variable_and_code():
    found = page(single("a", "1", "2"), question("words", "text"), question("n", "number"))
    root = etree.fromstring(to_ddi(found, STUDY))
    assert root.xpath("//ddi:var/@name", namespaces=DDI) == ["a", "words", "n", "weight"]
    assert root.xpath("//ddi:var[@name='a']/ddi:catgry/ddi:catValu/text()", namespaces=DDI) == ["1", "2"]
    assert root.xpath("//ddi:var[@wgt='wgt']/@name", namespaces=DDI) == ["weight"]
    assert root.xpath("string(//ddi:collDate[@event='end'])", namespaces=DDI) == "2026-09-14"


def test_triple_s_places_every_variable_in_its_column():
    media = question("media", "multiple", options=options("radio", "web"))
    found = page(single("a"), media, question("words", "text"), question("n", "number"))
    root = etree.fromstring(to_triple_s(found, "city", first_column=8))
    named = [variable.name for variable in variables(flatten(found))]
    assert root.xpath("//variable/name/text()") == named
    assert root.xpath("//variable/@type") == ["single", "logical", "logical", "character", "quantity"]
    assert root.xpath("//position/@start") == ["8", "9", "10", "11", "12"]
    assert root.xpath("//variable[name='a']/values/value/@code") == ["1", "2"]
