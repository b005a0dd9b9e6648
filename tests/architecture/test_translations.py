"""Everything that people read goes through gettext, Polish is complete, Ukrainian is for residents."""

import ast
import io
import re
from collections.abc import Iterable, Iterator
from functools import cache
from gettext import GNUTranslations
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "cityvoice"
TRANSLATED = ("pl", "uk")
ATTRIBUTE = re.compile(r"[\w-]+=\"[^\"]*\"")
PLACEHOLDER = re.compile(r"%\(\w+\)[sr]|%%|%")

FOR_RESIDENTS = (
    "templates/layouts/base.html",
    "templates/layouts/public.html",
    "templates/errors/error.html",
    "templates/components/forms.html",
    "web/error_pages.py",
    "accounts/forms.py",
    "accounts/routes.py",
    "accounts/templates/accounts/login.html",
    "surveys/messages.py",
    "surveys/compose/bodies.py",
    "surveys/compose/conditions.py",
    "surveys/compose/paper.py",
    *(
        f"surveys/templates/surveys/{page}.html"
        for page in ("home", "start", "page", "later", "full", "thanks", "privacy", "closed", "unknown_link")
    ),
    *(str(page.relative_to(PACKAGE)) for page in PACKAGE.glob("surveys/templates/surveys/questions/*.html")),
    "surveys/templates/surveys/paper/form.html",
    "invitations/compose.py",
    "invitations/render.py",
    "invitations/templates/invitations/stop.html",
)
SAME_IN_EVERY_LANGUAGE = {"CSV", "PDF", "n", "D", "eff", "deff", "CATI", "Enter", "F", "Tab"}
READ_BY_PEOPLE = {"title", "alt", "aria-label", "placeholder"}
SHOWS_ITS_FIRST_WORDS = re.compile(r"flash|\w*Field|InputRequired|DataRequired|ValidationError")


@cache
def _extracted() -> dict[str | tuple[str, ...], frozenset[str]]:
    """Message -> the files that say it; as `scripts/translations` collects them."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "Message": None}
    found: dict[str | tuple[str, ...], frozenset[str]] = {}
    for name, _line, message, _comments, _context in extract_from_dir(PACKAGE, methods, options, keywords):
        found[message] = found.get(message, frozenset()) | {name}
    return found


@cache
def _catalog(language: str) -> Catalog:
    with (PACKAGE / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _messages(language: str) -> list[Message]:
    return [message for message in _catalog(language) if message.id]


def _forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogues_hold_the_messages_of_the_code(language):
    held = {message.id for message in _messages(language)}
    assert held == set(_extracted()), "run scripts/translations"
    assert not _catalog(language).obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_guessed_and_everything_compiles(language):
    catalog = _catalog(language)
    assert not [message.id for message in catalog if message.fuzzy]
    assert not [(message.id, errors) for message, errors in catalog.check()]
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    assert GNUTranslations(compiled).gettext("Results") == (catalog["Results"].string or "Results")


def test_polish_is_complete():
    assert not [message.id for message in _messages("pl") if not all(_forms(message.string))]


def test_ukrainian_has_every_word_that_residents_read():
    missing_files = [name for name in FOR_RESIDENTS if not (PACKAGE / name).exists()]
    assert not missing_files
    read = [message for message, files in _extracted().items() if files & set(FOR_RESIDENTS)]
    assert len(read) > 50
    assert not [message for message in read if not all(_forms(_catalog("uk")[message].string))]


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_those_of_the_source(language):
    wrong = []
    for message in _messages(language):
        expected = sorted(PLACEHOLDER.findall(_forms(message.id)[-1]))
        for translation in filter(None, _forms(message.string)):
            if sorted(PLACEHOLDER.findall(translation)) != expected:
                wrong.append((message.id, translation))
    assert not wrong


def test_percent_signs_suit_what_shows_them():
    """Pages format every message, so they double the sign; the report takes messages as they are."""
    for message, files in _extracted().items():
        signs = [sign for text in _forms(message) for sign in PLACEHOLDER.findall(text)]
        pages = [name for name in files if name.endswith(".html") and "/pdf/" not in name]
        assert not pages or "%" not in signs, f"{message!r}: a page shows a percent sign as %%"
        printed = any("/pdf/" in name for name in files) and not any("(" in sign for sign in signs)
        assert not printed or "%%" not in signs, f"{message!r}: the report shows a percent sign as %"


def test_polish_quotes_and_dashes():
    wrong = re.compile(r"[\"“]|\s-\s|\.\.\.|(?<![%.])\b\d+\.\d+\b(?!\.\d)")
    assert not [text for message in _messages("pl") for text in _forms(message.string) if wrong.search(text)]


class _Words(HTMLParser):
    """What a page says by itself: its texts, and the attributes that people read or hear."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in ("style", "script")
        self.found += [value or "" for name, value in attrs if name in READ_BY_PEOPLE]

    def handle_endtag(self, _tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def _own_words(source: str) -> list[str]:
    """Words that a template writes without asking gettext."""
    tokens = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).lex(source)
    page = "".join(value if kind == "data" else " " for _line, kind, value in tokens)
    texts = ATTRIBUTE.sub("", " ".join(_Words(page).found))  # a macro may write an attribute by itself
    words = re.findall(r"[^\W\d_]+", texts)
    return [word for word in words if word not in SAME_IN_EVERY_LANGUAGE]


def test_templates_say_nothing_past_gettext():
    templates = sorted(PACKAGE.glob("**/templates/**/*.html"))
    assert len(templates) > 20
    said = {path.name: words for path in templates if (words := _own_words(path.read_text("utf-8")))}
    assert not said


def test_the_check_of_templates_finds_words():
    page = '<p title="Hint" class="big">{{ _("Asked") }} said {% if x %}<b>n</b>{% endif %}</p>'
    assert _own_words(f"{page}<style>p {{}}</style>") == ["Hint", "said"]


def _plain_strings(source: str) -> Iterator[str]:
    """First arguments of flashes, fields and validators that are a bare string."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        first = node.args[0]
        is_shown = SHOWS_ITS_FIRST_WORDS.fullmatch(name) or ast.unparse(node.func).endswith("errors.append")
        is_bare = isinstance(first, ast.JoinedStr) or isinstance(getattr(first, "value", None), str)
        if is_shown and is_bare:
            yield ast.unparse(node)


@pytest.mark.parametrize("room", ["routes", "forms"])
def test_routes_and_forms_show_translated_words_only(room):
    modules = [*PACKAGE.glob(f"*/{room}.py"), *PACKAGE.glob(f"*/{room}/*.py")]
    assert modules
    assert not [call for path in modules for call in _plain_strings(path.read_text("utf-8"))]


def test_the_check_of_calls_finds_strings():
    source = 'flash("Saved."); StringField(f"a {b}"); form.form_errors.append("No."); flash(_("Saved."))'
    assert len(list(_plain_strings(source))) == 3


def _written_out(call: ast.Call, first: int) -> list[str]:
    return [ast.unparse(each) for each in call.args[first:] if isinstance(each, ast.Constant | ast.JoinedStr)]


def _calls(paths: Iterable[Path], name: str) -> list[ast.Call]:
    trees = [ast.parse(path.read_text("utf-8")) for path in paths]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if name in (getattr(call.func, "id", ""), getattr(call.func, "attr", ""))]


def test_checks_of_questionnaires_can_be_said_in_any_language():
    """Officials read their problems; what is no `Message` would stay English."""
    problems = _calls((PACKAGE / "questionnaire" / "checking").glob("*.py"), "Problem")
    assert len(problems) > 50
    assert not [each for call in problems for each in _written_out(call, 1)]


@pytest.mark.parametrize("folder", ["importers", "exporters"])
def test_losses_of_files_can_be_said_in_any_language(folder):
    losses = _calls((PACKAGE / "questionnaire" / folder).rglob("*.py"), "lose")
    assert len(losses) > 30
    assert not [each for call in losses for each in _written_out(call, 2)]
