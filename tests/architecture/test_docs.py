"""The documentation says what the code does: commands, variables, keys, columns, tables, floors, links."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import click
import pytest
import yaml

from cityvoice import app  # noqa: F401 - brings all models
from cityvoice.analysis.exports import CROSS_COLUMNS, ESTIMATE_COLUMNS, RESULT_COLUMNS
from cityvoice.cati.documents import LEDGER_COLUMNS, RATE_COLUMNS
from cityvoice.cli import main
from cityvoice.core.db import Base
from cityvoice.indicators.exports import COLUMNS as PARTICIPATION_COLUMNS
from cityvoice.questionnaire.expressions.functions import FUNCTIONS
from cityvoice.questionnaire.kinds import QuestionKind, SelectionMethod
from cityvoice.questionnaire.loading import key_of
from cityvoice.questionnaire.microdata.codebook import read_codebook
from cityvoice.questionnaire.model import (
    Arm,
    Group,
    Questionnaire,
    Quota,
    Repeat,
    Section,
    Selection,
    Split,
)
from cityvoice.questionnaire.question import Column, Item, Question, ResponseOption, Rule
from cityvoice.surveys.documents import KNOWN, read_survey_document

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
COMMAND_LINE = DOCS / "reference" / "command-line.md"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
WIDTH = 90
INTRODUCTION = """# Command line

Written by the program itself: what `--help` says. Bad input ends with exit code 2.
"""
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
INVOCATION = re.compile(r"(?:^|\.venv/bin/)cityvoice( [^#>|]+)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
VARIABLE = re.compile(r"\bCITYVOICE_[A-Z_]+\b")
READ = re.compile(r'environ(?:\.get\(|\[)"([A-Z_]+)"|\$\{(CITYVOICE_[A-Z_]+|PORT)\b')


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def fences(page: Path, *languages: str) -> list[str]:
    return [body for language, body in FENCE.findall(text(page)) if language in languages]


def first_cells(markdown: str) -> list[list[str]]:
    """The code words in the first cell of every row of every table."""
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    return [found for row in rows if (found := CODE.findall(row.split("|")[1]))]


def part(page: Path, heading: str) -> str:
    """What stands under a heading, up to the next one of its rank or above."""
    rank = len(heading.split()[0])
    after = text(page).split(f"\n{heading}\n")[1]
    return re.split(rf"^#{{1,{rank}}} ", after, flags=re.MULTILINE)[0]


# --- commands

Commands = Iterator[tuple[str, click.Command]]


def commands(command: click.Command = main, words: tuple[str, ...] = ("cityvoice",)) -> Commands:
    yield " ".join(words), command
    if isinstance(command, click.Group):
        for name, each in sorted(command.commands.items()):
            yield from commands(each, (*words, name))


def reference() -> str:
    """The whole page of the command line."""
    sections = [(words, command.get_help(_context(command, words))) for words, command in commands()]
    return INTRODUCTION + "".join(f"\n## `{words}`\n\n```text\n{said}\n```\n" for words, said in sections)


def _context(command: click.Command, words: str) -> click.Context:
    return click.Context(command, info_name=words, terminal_width=WIDTH)


def invocations() -> Iterator[tuple[str, list[str]]]:
    """Every `cityvoice ...` in a shell block or an inline code of the documentation."""
    for page in PAGES:
        blocks = [line for body in fences(page, "sh", "ini") for line in body.splitlines()]
        for line in [*blocks, *CODE.findall(FENCE.sub("", text(page)))]:
            if match := INVOCATION.search(line):
                yield f"{page.name}: {line}", shlex.split(match[1])


def choices(command: click.Command) -> dict[str, tuple[str, ...]]:
    """Every option of a command, with its values where it has a choice of them."""
    found: dict[str, tuple[str, ...]] = {"--help": ()}
    for parameter in command.params:
        values = tuple(parameter.type.choices) if isinstance(parameter.type, click.Choice) else ()
        found |= dict.fromkeys(parameter.opts, values)
    return found


def test_command_line_reference_is_what_help_says():
    assert text(COMMAND_LINE) == reference(), "run: .venv/bin/python -m tests.architecture.test_docs"


def test_documented_commands_exist():
    found = list(invocations())
    assert len(found) > 20
    for where, words in found:
        command: click.Command = main
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            assert words[0] in command.commands, where
            command = command.commands[words.pop(0)]
        known = choices(command)
        for word, value in pairwise([*words, ""]):
            if word.startswith("-"):
                assert word in known, where
                assert not known[word] or value in known[word], f"{where}: {value}"


def test_documented_options_exist():
    known = {option for _, command in commands() for option in choices(command)}
    for page in PAGES:
        prose = CODE.findall(FENCE.sub("", text(page)))
        assert {code.split()[0] for code in prose if code.startswith("--")} <= known, page.name


# --- settings


def test_documented_variables_are_those_that_the_code_reads():
    folders = ("cityvoice/**/*.py", "migrations/**/*.py", "scripts/*")
    sources = [source for folder in folders for source in ROOT.glob(folder)]
    read = {name for source in sources for pair in READ.findall(text(source)) for name in pair if name}
    configuration = DOCS / "reference" / "configuration.md"
    documented = {name for cells in first_cells(text(configuration)) for name in cells}
    assert documented == {name for name in read if name.startswith("CITYVOICE_") or name == "PORT"}
    for page in PAGES:
        assert set(VARIABLE.findall(text(page))) <= documented, page.name


# --- files that people write


def test_documented_keys_of_a_questionnaire_are_those_that_are_read():
    page = DOCS / "reference" / "questionnaire-document.md"
    for cls in (Section, Group, Repeat, Item, Column, Rule, Split, Arm, Quota):
        assert [key for key, *_ in first_cells(part(page, f"## {cls.__name__}"))] == keys_of(cls), cls
    assert [key for key, *_ in first_cells(part(page, "## Option"))] == keys_of(ResponseOption)
    keys = {key for key, *_ in first_cells(part(page, "## Questionnaire"))}
    assert keys == {*keys_of(Questionnaire), "survey"}
    assert all(f"`{key}`" in part(page, "## Questionnaire") for key in KNOWN)
    in_selections = [key for key, *_ in first_cells(part(page, "## Selection"))]
    assert in_selections == [*keys_of(Selection), *SelectionMethod]
    in_questions = [key for key, *_ in first_cells(part(page, "## Question"))]
    assert set(in_questions) == {*keys_of(Question), *QuestionKind}


def keys_of(cls: type) -> list[str]:
    return [key_of(field.name) for field in fields(cls)]


def test_documented_functions_of_expressions_are_those_that_there_are():
    cells = first_cells(text(DOCS / "reference" / "expressions.md"))
    assert {code.split("(")[0] for codes in cells for code in codes} == set(FUNCTIONS)


def test_documented_questionnaire_can_be_imported(tmp_path):
    (document,) = fences(DOCS / "how-to" / "write-a-questionnaire.md", "yaml")
    path = tmp_path / "parks.yaml"
    path.write_text(document, encoding="utf-8")
    assert read_survey_document(path).slug == "parks-2027"


def test_documented_codebook_can_be_read():
    (document,) = fences(DOCS / "reference" / "codebooks.md", "json")
    assert list(read_codebook(document).columns) == ["no", "how", "w", "benches", "cars", "age", "note"]


def test_documented_targets_are_a_mapping_of_margins():
    (document,) = fences(DOCS / "how-to" / "import-microdata.md", "yaml")
    assert yaml.safe_load(document)["margins"]["sex"] == {"F": 31726, "M": 28587}


# --- what comes out


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("Results", RESULT_COLUMNS),
        ("Breakdowns", CROSS_COLUMNS),
        ("Estimates", ESTIMATE_COLUMNS),
        ("Participation", PARTICIPATION_COLUMNS),
        ("Outcome rates", RATE_COLUMNS),
        ("Ledger", LEDGER_COLUMNS),
    ],
)
def test_documented_columns_are_those_of_the_downloads(heading, columns):
    cells = first_cells(part(DOCS / "reference" / "csv-downloads.md", f"## {heading}"))
    assert tuple(name for name, *_ in cells) == columns


def test_documented_tables_are_those_of_the_database():
    sections = re.split(r"^### `(\w+)`$", text(DOCS / "reference" / "data-model.md"), flags=re.MULTILINE)[1:]
    bodies = zip(sections[::2], sections[1::2], strict=True)
    documented = {name: [column for column, *_ in first_cells(body)] for name, body in bodies}
    assert documented == {
        table.name: [column.name for column in table.columns] for table in Base.metadata.sorted_tables
    }


# --- the architecture


def contract(name: str) -> list[list[str]]:
    """The layers of an import contract, each as its names without the marks."""
    contracts = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each["name"].startswith(name)]
    return [re.findall(r"\w+", layer) for layer in layers]


def test_documented_floors_are_those_of_the_contract():
    drawn = fences(ROOT / "ARCHITECTURE.md", "text")[0].splitlines()
    assert [re.findall(r"\w+", re.split(r"\s{2,}", line)[0]) for line in drawn] == contract("Floors")


def test_documented_rooms_are_those_of_the_contract():
    assert first_cells(
        part(ROOT / "ARCHITECTURE.md", "## Rooms: the same names in every feature")
    ) == contract("Rooms")


def test_decisions_are_numbered_in_sequence_and_linked():
    records = sorted(path for path in (DOCS / "decisions").iterdir())
    linked = re.findall(r"docs/decisions/([\w-]+\.md)", text(ROOT / "ARCHITECTURE.md"))
    assert linked == [path.name for path in records]
    for number, path in enumerate(records, start=1):
        assert path.name.startswith(f"{number:04}-")
        assert text(path).startswith(f"# {number}. ")
        assert re.findall(r"^## (.*)$", text(path), re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ], path.name


def test_every_dependency_has_its_reason():
    project = tomllib.loads(text(ROOT / "pyproject.toml"))
    extras = [each for extra in project["project"]["optional-dependencies"].values() for each in extra]
    wanted = [*project["project"]["dependencies"], *extras, *project["dependency-groups"]["dev"]]
    rows = re.findall(
        r"^\| ([\w-]+) \| .* \| [\d.]+ \|$", text(DOCS / "decisions" / "0010-dependencies.md"), re.MULTILINE
    )
    assert sorted(rows) == sorted({re.match(r"[\w.-]+", each)[0] for each in wanted})


# --- pages


def test_readme_begins_with_the_two_commands():
    first, *_ = fences(ROOT / "README.md", "sh")
    assert [line.split("#")[0].strip() for line in first.splitlines()] == ["make run", "make test"]


def anchors(page: Path) -> set[str]:
    """The names that headings get on the web."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in LINK.findall(FENCE.sub("", text(page))):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        aim = (page.parent / path).resolve() if path else page
        assert aim.exists(), target
        assert not anchor or anchor in anchors(aim), target


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_every_page_is_linked_from_another(page):
    linked = {
        (other.parent / target.partition("#")[0]).resolve()
        for other in PAGES
        if other != page
        for target in LINK.findall(text(other))
    }
    assert page in linked


if __name__ == "__main__":
    COMMAND_LINE.write_text(reference(), encoding="utf-8")
