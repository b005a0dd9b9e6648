"""Options, items and columns as rows of a form: a row without words is left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from cityvoice.designer.forms.settings import reworded
from cityvoice.questionnaire.kinds import ColumnKind, MissingKind
from cityvoice.questionnaire.question import Column, Item, ResponseOption, Text

SPARE_ROWS = 3
MOST_ROWS = 300
Fields = Mapping[str, Sequence[str]]  # what a browser posts: every value of every field name


class Part(StrEnum):
    """What an option is beside an answer; an option is one of these at most."""

    ANSWER = ""
    SPECIFY = "specify"
    EXCLUSIVE = "exclusive"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"


OFFERED = (MissingKind.DONT_KNOW, MissingKind.REFUSED, MissingKind.NOT_APPLICABLE)


@dataclass(frozen=True)
class OptionRow:
    code: str = ""
    words: str = ""
    part: Part = Part.ANSWER
    is_favourable: bool = False
    was: str = ""  # the code before this edit: its translations stay with it


@dataclass(frozen=True)
class ItemRow:
    name: str = ""
    words: str = ""
    was: str = ""


@dataclass(frozen=True)
class ColumnRow:
    name: str = ""
    words: str = ""
    kind: ColumnKind = ColumnKind.SINGLE
    options: str = ""  # one "code words" a line
    was: str = ""


def option_rows(
    options: Sequence[ResponseOption], favourable: Sequence[str] | None, language: str
) -> list[OptionRow]:
    return [
        OptionRow(
            option.code,
            option.label.translations.get(language, ""),
            part_of(option),
            option.code in (favourable or ()),
            option.code,
        )
        for option in options
    ]


def part_of(option: ResponseOption) -> Part:
    if option.missing in OFFERED:
        return Part(option.missing)
    if option.exclusive:
        return Part.EXCLUSIVE
    return Part.SPECIFY if option.specify else Part.ANSWER


def item_rows(items: Sequence[Item], language: str) -> list[ItemRow]:
    return [ItemRow(item.name, item.label.translations.get(language, ""), item.name) for item in items]


def column_rows(columns: Sequence[Column], language: str) -> list[ColumnRow]:
    return [
        ColumnRow(
            column.name,
            column.label.translations.get(language, ""),
            column.kind,
            "\n".join(f"{each.code} {each.label.translations.get(language, '')}" for each in column.options),
            column.name,
        )
        for column in columns
    ]


def typed_option_rows(fields: Fields) -> list[OptionRow]:
    return [
        OptionRow(row["code"], row["words"], _part(row["part"]), bool(row["favourable"]), row["was"])
        for row in _typed(fields, "option", ("code", "words", "part", "favourable", "was"))
    ]


def typed_item_rows(fields: Fields) -> list[ItemRow]:
    typed = _typed(fields, "item", ("name", "words", "was"))
    return [ItemRow(row["name"], row["words"], row["was"]) for row in typed]


def typed_column_rows(fields: Fields) -> list[ColumnRow]:
    kinds = set(ColumnKind)
    return [
        ColumnRow(
            row["name"],
            row["words"],
            ColumnKind(row["kind"]) if row["kind"] in kinds else ColumnKind.SINGLE,
            row["options"],
            row["was"],
        )
        for row in _typed(fields, "column", ("name", "words", "kind", "options", "was"))
    ]


def read_options(
    rows: Sequence[OptionRow], known: Sequence[ResponseOption], language: str
) -> tuple[ResponseOption, ...]:
    """The options of the rows that have words; a row without a code is given the next free number."""
    before = {option.code: option for option in known}
    kept = [row for row in rows if row.words]
    spare = _numbers({row.code for row in kept})
    return tuple(_option(row, before.get(row.was), row.code or next(spare), language) for row in kept)


def _option(row: OptionRow, was: ResponseOption | None, code: str, language: str) -> ResponseOption:
    label = reworded(was.label if was else None, row.words, language) or Text({})
    option = replace(was, code=code, label=label) if was else ResponseOption(code, label)
    missing = next((kind for kind in OFFERED if kind.value == row.part.value), None)
    if row.part is Part.ANSWER and was is not None and was.missing not in OFFERED:
        missing = was.missing  # a kind that this form does not offer
    return replace(
        option,
        missing=missing,
        exclusive=row.part is Part.EXCLUSIVE,
        specify=row.part is Part.SPECIFY,
    )


def read_items(rows: Sequence[ItemRow], known: Sequence[Item], language: str) -> tuple[Item, ...]:
    before = {item.name: item for item in known}
    kept = [row for row in rows if row.words]
    spare = _numbers({row.name for row in kept})
    items = []
    for row in kept:
        was = before.get(row.was)
        label = reworded(was.label if was else None, row.words, language) or Text({})
        name = row.name or next(spare)
        items.append(replace(was, name=name, label=label) if was else Item(name, label))
    return tuple(items)


def read_columns(rows: Sequence[ColumnRow], known: Sequence[Column], language: str) -> tuple[Column, ...]:
    before = {column.name: column for column in known}
    columns: list[Column] = []
    for row in (row for row in rows if row.words):
        was = before.get(row.was)
        label = reworded(was.label if was else None, row.words, language) or Text({})
        name = row.name or f"c{len(columns) + 1}"
        column = replace(was, name=name, label=label) if was else Column(name, label)
        options = _line_options(row.options, was.options if was else (), language)
        columns.append(
            replace(column, kind=row.kind, options=options if row.kind is ColumnKind.SINGLE else ())
        )
    return tuple(columns)


def _line_options(lines: str, known: Sequence[ResponseOption], language: str) -> tuple[ResponseOption, ...]:
    """Options written one a line, ``1 very satisfied``: the code is the first word."""
    before = {option.code: option for option in known}
    options = []
    for line in lines.splitlines():
        code, _, words = line.strip().partition(" ")
        if code:
            was = before.get(code)
            label = reworded(was.label if was else None, words.strip() or code, language) or Text({})
            options.append(replace(was, label=label) if was else ResponseOption(code, label))
    return tuple(options)


def _numbers(taken: set[str]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if str(number) not in taken:
            yield str(number)


def _part(written: str) -> Part:
    return Part(written) if written in set(Part) else Part.ANSWER


def _typed(fields: Fields, prefix: str, names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Rows as they were posted: ``option.0.code``, ``option.0.words``, ``option.1.code``, ..."""
    places = {
        int(parts[1])
        for key in fields
        if len(parts := key.split(".")) == 3
        and parts[0] == prefix
        and parts[1].isdecimal()
        and len(parts[1]) < 4
    }
    for place in sorted(places)[:MOST_ROWS]:
        yield {name: next(iter(fields.get(f"{prefix}.{place}.{name}", ())), "").strip() for name in names}
