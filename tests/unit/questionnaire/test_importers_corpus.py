"""LimeSurvey files of the collection beside the repository: none fails, nearly all expressions compile."""

from functools import cache
from pathlib import Path

import pytest

from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.exporters.limesurvey.surveys import to_limesurvey
from cityvoice.questionnaire.importers.formats import read_questionnaire
from cityvoice.questionnaire.importers.imported import Imported

SHARED = Path(__file__).parents[4] / "shared"
CORPUS = SHARED / "data/lss"
LOAD = SHARED / "load/quality_of_life.lss"
FILES = sorted(
    path
    for path in CORPUS.rglob("*")
    if path.suffix in {".lss", ".lsa", ".lsg", ".lsq", ".tsv"} and path.parent != CORPUS
)
pytestmark = pytest.mark.skipif(
    not FILES, reason="the collection of LimeSurvey files is not beside the repository"
)


@cache
def imported(path: Path) -> Imported:
    return read_questionnaire(path.read_bytes(), path.name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORPUS)))
def test_a_file_imports_and_may_be_published(path):
    found = imported(path)
    assert check(found.questionnaire) == ()
    assert 0 <= found.n_expressions_compiled <= found.n_expressions_found
    assert all(loss.where and loss.what and loss.why for loss in found.losses)
    again = read_questionnaire(to_limesurvey(found.questionnaire).content, "again.lss")
    kinds = [question.kind for question in found.questionnaire.questions]
    assert len(kinds) == len(list(again.questionnaire.questions))


def test_nearly_all_expressions_compile():
    found = sum(imported(path).n_expressions_found for path in FILES)
    compiled = sum(imported(path).n_expressions_compiled for path in FILES)
    assert found > 8000
    assert compiled / found >= 0.95


@pytest.mark.parametrize(
    ("name", "languages", "groups", "questions"),
    [
        ("ls2.00/demo/ls2_group_relevance.lss", ("en",), 7, 30),
        ("ls2.00/demo/ls2_array_filter_tests.lss", ("en",), 4, 113),
        ("ls2.00/demo/ls2_em_tailoring.lss", ("en",), 5, 31),
        ("ls2.00/demo/ls191_sample_survey_multilingual.lss", ("en", "fr", "de-informal"), 6, 53),
        ("ls3.28/demo/ls206_em_subquestion_relevance.lss", ("en",), 2, 15),
    ],
)
def test_counts_of_known_files(name, languages, groups, questions):
    found = imported(CORPUS / name).questionnaire
    assert (set(found.languages), len(found.sections)) == (set(languages), groups)
    own = [each for each in found.questions if not each.name.endswith(("_intro", "welcome", "description"))]
    assert len(own) == questions


@pytest.mark.skipif(not LOAD.exists(), reason="the survey of the load test is not beside the repository")
def test_the_survey_of_the_load_test():
    found = imported(LOAD)
    assert found.losses == ()
    assert len(found.questionnaire.sections) == 4
    matrices = [each for each in found.questionnaire.questions if each.kind == "matrix"]
    assert [len(each.items) for each in matrices] == [5, 5, 5, 5]
