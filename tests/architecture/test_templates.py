"""Every template compiles, and every page says in its title what it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import meta, nodes

from cityvoice.reports.render import _environment
from tests.databases import on_sqlite

PACKAGE = Path(__file__).parents[2] / "cityvoice"
PRINTED = "reports/pdf/"  # set in type by the worker, in an environment of its own


def _names() -> list[str]:
    folders = [PACKAGE / "templates", *PACKAGE.glob("*/templates")]
    return sorted(str(path.relative_to(folder)) for folder in folders for path in folder.rglob("*.html"))


def test_no_template_hides_another():
    assert len(_names()) == len(set(_names())) > 30


@on_sqlite
def test_every_page_template_compiles(app):
    for name in _names():
        if not name.startswith(PRINTED):
            app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", [name for name in _names() if name.startswith(PRINTED)])
def test_every_printed_template_compiles(name):
    _environment("pl", str, lambda one, _many, _n: one).get_template(name)


@on_sqlite
def test_every_page_sets_a_title(app):
    silent = [name for name in _names() if _is_page(name) and not any(_titles(app, name))]
    assert not silent


def _is_page(name: str) -> bool:
    return not name.startswith((PRINTED, "layouts/")) and "{% extends" in _source(name)


def _titles(app, name: str) -> Iterator[bool]:
    """Whether a template, or one that it extends short of the base, fills the block `title`."""
    while name != "layouts/base.html":
        tree = app.jinja_env.parse(_source(name))
        yield any(block.name == "title" and block.body for block in tree.find_all(nodes.Block))
        parents = [each.template.as_const() for each in tree.find_all(nodes.Extends)]
        assert set(parents) <= set(meta.find_referenced_templates(tree))
        (name,) = parents


def _source(name: str) -> str:
    (path,) = [path for path in PACKAGE.rglob(name) if path.parts[-2:] == Path(name).parts[-2:]]
    return path.read_text(encoding="utf-8")
