"""XLSForms of the collection beside the repository: none fails, nearly all expressions compile."""

from functools import cache
from pathlib import Path

import pytest

from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.errors import DocumentError
from cityvoice.questionnaire.exporters.xlsform.survey import to_xlsform
from cityvoice.questionnaire.importers.formats import is_known, read_questionnaire
from cityvoice.questionnaire.importers.imported import Imported

CORPUS = Path(__file__).parents[4] / "shared/data/xlsform"
NO_FORMS = frozenset(  # data beside forms, and forms that only include others
    {
        "kobo/apps__main__tests__transportation__transportation_export.xls",
        "pyxform/example_xls__fruits.csv",
        *(f"pyxform/example_xls__include_json.{kind}" for kind in ("csv", "md", "xls", "xlsx")),
    }
)
FILES = sorted(
    path
    for path in CORPUS.rglob("*")
    if path.is_file() and is_known(path.name) and str(path.relative_to(CORPUS)) not in NO_FORMS
)
pytestmark = pytest.mark.skipif(not FILES, reason="the collection of XLSForms is not beside the repository")


@cache
def imported(path: Path) -> Imported:
    return read_questionnaire(path.read_bytes(), path.name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORPUS)))
def test_a_form_imports_may_be_published_and_goes_out_again(path):
    found = imported(path)
    assert check(found.questionnaire) == ()
    assert 0 <= found.n_expressions_compiled <= found.n_expressions_found
    assert all(loss.where and loss.what and loss.why for loss in found.losses)
    again = read_questionnaire(to_xlsform(found.questionnaire).content, "again.xlsx")
    assert check(again.questionnaire) == ()
    kept = {name for each in found.questionnaire.questions for name in each.main_fields}
    assert kept <= {name for each in again.questionnaire.questions for name in each.main_fields}


@pytest.mark.parametrize("name", sorted(NO_FORMS))
def test_what_is_no_form_says_so(name):
    with pytest.raises(DocumentError, match="expected"):
        imported(CORPUS / name)


def test_nearly_all_expressions_compile():
    found = sum(imported(path).n_expressions_found for path in FILES)
    compiled = sum(imported(path).n_expressions_compiled for path in FILES)
    assert found > 250
    assert compiled / found >= 0.95


@pytest.mark.parametrize(
    ("name", "languages", "sections", "questions"),
    [
        ("realworld/mitwirken_umfrage.xlsx", 1, 9, 42),
        ("realworld/xlsform.org_cascading_select.xlsx", 1, 1, 3),
        ("pyxform/example_xls__yes_or_no_question.xlsx", 1, 1, 1),
        ("pyxform/bug_example_xls__UCL_Biomass_Plot_Form.xlsx", 2, 4, 65),
        ("kobo/apps__main__tests__good_eats_multilang__good_eats_multilang.xls", 2, 1, 12),
    ],
)
def test_counts_of_known_files(name, languages, sections, questions):
    found = imported(CORPUS / name).questionnaire
    counts = (len(found.languages), len(found.sections), len(list(found.questions)))
    assert counts == (languages, sections, questions)
