"""What has rows: matrices, tables, several texts or numbers."""

from collections.abc import Mapping
from dataclasses import replace

from cityvoice.questionnaire.importers.limesurvey.builtin import builtin
from cityvoice.questionnaire.importers.limesurvey.naming import Named
from cityvoice.questionnaire.importers.limesurvey.options import (
    BUILT_IN,
    Fields,
    OptionMaker,
    is_random,
    split_text,
)
from cityvoice.questionnaire.importers.limesurvey.source import Subquestion
from cityvoice.questionnaire.kinds import ColumnKind, Display
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import Column, Item, ResponseOption

_FIVE = tuple(map(str, range(1, 6)))
_POINTS: Mapping[str, tuple[str, ...]] = {"A": _FIVE, "B": tuple(map(str, range(1, 11)))}


class RowMaker(OptionMaker):
    """Makes items, and the columns of tables."""

    def _matrix(self, named: Named) -> Fields:
        source = named.source
        if source.type in BUILT_IN:
            options = self._built_in(source.type)
        elif source.type in _POINTS:
            options = tuple(ResponseOption(point, self._same(point)) for point in _POINTS[source.type])
        else:
            options = tuple(self._answers(named))
        if source.type == "H":
            self.report.lose(named.where, Message("array by column"), Message("the items are drawn as rows"))
        display = Display.DROPDOWN if source.on("use_dropdown") else None
        return {
            "options": options,
            "ordered": source.type in "ABCE",
            "display": display,
            **self._with_items(named),
        }

    def _table(self, named: Named) -> Fields:
        columns = {"1": self._scales, ":": self._number_columns, ";": self._text_columns}[named.source.type]
        return {"columns": columns(named), **self._with_items(named)}

    def _scales(self, named: Named) -> tuple[Column, ...]:
        columns = []
        for number, header in enumerate(("dualscale_headerA", "dualscale_headerB")):
            words = named.source.attributes.get(header, {})
            label = self.compiler.text(words, f"{named.where}, {header}", named)
            label = label or builtin("scale", self.languages, number + 1)
            columns.append(Column(str(number), label, ColumnKind.SINGLE, tuple(self._answers(named, number))))
        return tuple(columns)

    def _number_columns(self, named: Named) -> tuple[Column, ...]:
        source = named.source
        kind = ColumnKind.FLAG if source.on("multiflexible_checkbox") else ColumnKind.NUMBER
        return tuple(
            Column(named.columns[each.code], self._label(each.words, named, each.code), kind)
            for each in source.rows(1)
        )

    def _text_columns(self, named: Named) -> tuple[Column, ...]:
        kind = ColumnKind.NUMBER if named.source.on("numbers_only") else ColumnKind.TEXT
        return tuple(
            Column(named.columns[each.code], self._label(each.words, named, each.code), kind)
            for each in named.source.rows(1)
        )

    def _with_items(self, named: Named) -> Fields:
        items = tuple(self._item(named, row) for row in named.source.rows())
        return {"items": items, "shuffle": is_random(named)}

    def _item(self, named: Named, row: Subquestion) -> Item:
        label = self._label(row.words, named, row.code)
        item = Item(named.rows[row.code], label, when=self._row_condition(named, row))
        separator = named.source.attribute("slider_separator") or "|"
        ends = split_text(label, separator)
        if named.source.type in "FABCE" and separator == "|" and len(ends) == 2:
            return replace(item, label=ends[0], opposite=ends[1])
        if named.source.type == "K" and named.source.on("slider_layout") and len(ends) == 3:
            self.report.lose(
                named.where,
                Message("ends of the slider %(code)s", code=row.code),
                Message("a number has no words at its ends"),
            )
            return replace(item, label=ends[0])
        return item
