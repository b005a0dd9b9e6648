"""XLSForms of our questionnaires: what comes back, what is told as lost, and whether others can read it."""

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import yaml
from pyxform.xls2xform import convert

from cityvoice.questionnaire.bank.themes import THEMES, theme
from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.exporters.xlsform.survey import to_xlsform
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.importers.formats import read_questionnaire
from cityvoice.questionnaire.kinds import Display, MissingKind, QuestionKind
from cityvoice.questionnaire.model import Arm, Group, Questionnaire, Quota, Repeat, Section, Split
from cityvoice.questionnaire.question import Question, ResponseOption, Rule
from tests.unit.questionnaire.builders import items, options, page, question, single, text

DOCUMENTS = Path(__file__).parents[2] / "documents"
# Kinds that become groups of other questions, or a choice of points; docs/reference/exports.md says so.
K = QuestionKind
CHANGED = frozenset({K.TABLE, K.BEST_WORST, K.NUMBERS, K.TEXTS, K.SCALE})


def document(name: str) -> Questionnaire:
    return load_document(yaml.safe_load((DOCUMENTS / name).read_text(encoding="utf-8")))


def back(questionnaire: Questionnaire) -> Questionnaire:
    return read_questionnaire(to_xlsform(questionnaire, "form").content, "form.xlsx").questionnaire


def sheet(questionnaire: Questionnaire, name: str = "survey") -> list[dict[str, str]]:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsform(questionnaire, "form").content))
    headers, *lines = book[name].iter_rows(values_only=True)
    return [{header: cell for header, cell in zip(headers, line, strict=True) if cell} for line in lines]


def row(questionnaire: Questionnaire, name: str) -> dict[str, str]:
    return next(line for line in sheet(questionnaire) if line.get("name") == name)


def losses(questionnaire: Questionnaire) -> list[str]:
    return [loss.what for loss in to_xlsform(questionnaire).losses]


def kept(found: Question) -> Question:
    """A question without what no form holds."""
    stripped = tuple(replace(each, group=None, exclusive=False) for each in found.options)
    items = tuple(replace(each, opposite=None) for each in found.items)
    missing = () if found.kind is K.NUMBER else stripped
    return replace(
        found,
        options=missing,
        items=items,
        rules=(),
        min_answers=None,
        max_answers=None,
        **dict.fromkeys(("label", "unit", "favourable", "format"), None),
        ordered=False,
        when=None if found.when is None else "the same in other words",
        option_filter=None if found.option_filter is None else "the same in other words",
        default=None if found.default is None else render(parse(found.default)),
    )


@pytest.mark.parametrize("name", [*THEMES, "every_kind.yaml"])
def test_what_goes_out_comes_back(name):
    authored = document(name) if name.endswith(".yaml") else theme(name)
    again = back(authored)
    assert again.languages == authored.languages
    assert (again.consent, again.thanks) == (authored.consent, authored.thanks)
    assert [each.name for each in again.sections][: len(authored.sections)] == [
        each.name for each in authored.sections
    ]
    found = {each.name: each for each in again.questions}
    for each in authored.questions:
        if each.kind in CHANGED or each.value:
            assert set(each.main_fields) <= {key for one in again.questions for key in one.main_fields}
        else:
            assert kept(found[each.name]) == kept(each)


@pytest.mark.parametrize("name", [*THEMES, "every_kind.yaml", "right_to_left.yaml"])
def test_another_program_reads_it(name):
    authored = document(name) if name.endswith(".yaml") else theme(name)
    content = to_xlsform(authored, "form").content
    assert "<h:html" in convert(xlsform=io.BytesIO(content), file_type=".xlsx", validate=False).xform


def test_the_same_questionnaire_is_the_same_file():
    assert to_xlsform(theme("participation"), "a").content == to_xlsform(theme("participation"), "a").content


def test_expressions_are_written_in_the_forms_language():
    found = page(
        single("sex", "f", "m"),
        question("media", "multiple", options=options("web", "tv")),
        question("age", "number", low=0, high=120, step=1),
        question("why", "text", when='sex = "f" and selected(media, "web") and age >= 18'),
        question("next", "number", rules=(Rule("this > age", text("Older!")),)),
    )
    assert row(found, "age")["constraint"] == ". >= 0 and . <= 120"
    relevant = "${sex} = 'f' and selected(${media}, 'web') and ${age} >= 18"
    assert row(found, "why")["relevant"] == relevant
    assert row(found, "next")["constraint_message::Polski (pl)"] == "Older!"
    assert back(found).question("why").when == found.question("why").when


def test_codes_in_texts_are_shown_by_their_labels():
    found = page(single("sex", "f", "m"), replace(question("hi", "info"), text=text("You said {sex}.")))
    computed = next(line for line in sheet(found) if line["type"] == "calculate")
    assert computed["calculation"] == "jr:choice-name(${sex}, '${sex}')"
    assert row(found, "hi")["label::Polski (pl)"] == f"You said ${{{computed['name']}}}."


def test_own_words_remarks_and_missing_codes_come_back():
    other = ResponseOption("other", text("Other"), specify=True)
    choices = (*options("1", dk=MissingKind.DONT_KNOW), other)
    asked = question("q", options=choices, comment=text("Why?"))
    assert back(page(asked)).question("q") == asked


def test_lists_are_written_once():
    found = page(single("a"), single("b"), single("c", "x", "y"))
    assert [line["list_name"] for line in sheet(found, "choices")] == ["a", "a", "c", "c"]


def test_exclusive_options_and_limits_are_constraints():
    alone = ResponseOption("none", text("None"), exclusive=True)
    asked = question("q", "multiple", options=(*options("a", "b", "c"), alone), max_answers=2)
    constraint = row(page(asked), "q")["constraint"]
    assert constraint == ("(count-selected(.) <= 1 or not(selected(., 'none'))) and count-selected(.) <= 2")


def test_repeats_and_what_is_named_from_outside():
    age = question("age", "number", step=1)
    group = Group("person", text("Person"), (age,), repeat=Repeat(4, count="n"))
    after = question("total", "hidden", value="sum(age)")
    wrong = question("adults", "hidden", value="count_true(age >= 18)")
    found = replace(
        page(question("n", "number", step=1)),
        sections=(Section("page", None, (question("n", "number", step=1), group, after, wrong)),),
    )
    assert row(found, "person")["repeat_count"] == "${n}"
    assert row(found, "total")["calculation"] == "sum(${age})"
    assert losses(found) == ["count_true(age >= 18)"]
    assert back(found).sections[0].elements[1] == group


def test_splits_are_drawn_and_quotas_told():
    arms = (Arm("a", text("A"), 1), Arm("b", text("B"), 1), Arm("c", text("C"), 2))
    quota = Quota("women", text("Women"), 'q = "1"', 10)
    found = replace(page(single("q")), splits=(Split("arm", arms),), quotas=(quota,))
    drawn = "once(if(random() < 0.25, 'a', if(random() < 0.333333, 'b', 'c')))"
    assert row(found, "arm")["calculation"] == drawn
    assert losses(found) == ['q = "1"']


def test_scales():
    plain = question("a", "scale", low=0, high=10)
    labelled = question("b", "scale", low=1, high=3, low_label=text("bad"), high_label=text("good"))
    again = back(page(plain, labelled))
    assert again.question("a") == plain
    assert [each.label.in_("pl") for each in again.question("b").options] == ["1 – bad", "2", "3 – good"]


def test_budgets_become_numbers_with_a_sum():
    found = page(question("budget", "numbers", items=items("a", "b"), total=100, low=0))
    assert row(found, "budget_b")["constraint"] == (
        ". >= 0 and (coalesce(${budget_a}, 0) + coalesce(., 0)) = 100"
    )


def test_a_section_that_shares_a_questions_name_is_renamed():
    found = Questionnaire(text("T"), ("pl",), (Section("q", None, (single("q"),)),))
    assert [each.name for each in back(found).sections] == ["q_section"]
    assert back(found).question("q") == found.question("q")


def test_texts_that_look_like_formulas_stay_texts():
    found = page(replace(question("q", "text", display=Display.LINE), text=text("=1+1")))
    assert back(found).question("q") == found.question("q")
