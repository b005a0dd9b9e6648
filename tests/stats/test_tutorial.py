"""The tutorial on real microdata shows what the library says today."""

import pytest

from tests.stats.tutorial import MICRODATA, TUTORIAL, as_text, cells, render, run

DATA = MICRODATA / "diagnoza_spoleczna"


def test_committed_outputs_are_what_the_tutorial_prints(monkeypatch):
    if not DATA.exists():
        pytest.skip("diagnoza_spoleczna is not beside the repository")
    monkeypatch.chdir(MICRODATA)
    for path, content in render().items():
        assert path.read_text(encoding="utf-8") == content, f"{path.name} is old: run `make tutorial`"


def test_every_code_cell_and_no_other_output_is_in_the_page():
    page = TUTORIAL.with_suffix(".md").read_text(encoding="utf-8")
    sources = [source for kind, source in cells(TUTORIAL) if kind != "[markdown]"]
    assert page.count("```python") == len(sources)
    assert all(f"```python\n{source}\n```" in page for source in sources)


def test_a_cell_shows_the_value_of_its_last_expression():
    names = {}
    assert run("x = 2", names) is None
    assert as_text(run("x + 1", names)) == "```text\n3\n```"
    assert as_text(run("import pandas\npandas.DataFrame({'a': [0.5, None]})", names)) == (
        "| a |\n| --- |\n| 0.5 |\n|  |"
    )
