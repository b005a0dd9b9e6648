"""The tables of an .lss file and their XML."""

from dataclasses import dataclass, field

from lxml import etree

DB_VERSION = "630"
_ORDER = (
    *(
        "answers",
        "answer_l10ns",
        "conditions",
        "defaultvalues",
        "defaultvalue_l10ns",
        "groups",
        "group_l10ns",
    ),
    *("questions", "subquestions", "question_l10ns", "question_attributes", "quota", "quota_members"),
    *("quota_languagesettings", "surveys", "surveys_languagesettings"),
)


@dataclass
class Tables:
    """Rows by table; an identifier is the number of its row."""

    languages: tuple[str, ...]
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    last: int = 0

    def next_id(self) -> str:
        self.last += 1
        return str(self.last)

    def add(self, table: str, **values: str) -> None:
        self.rows.setdefault(table, []).append(values)

    def xml(self) -> bytes:
        root = etree.Element("document")
        etree.SubElement(root, "LimeSurveyDocType").text = "Survey"
        etree.SubElement(root, "DBVersion").text = DB_VERSION
        languages = etree.SubElement(root, "languages")
        for language in self.languages:
            etree.SubElement(languages, "language").text = language
        for name in _ORDER:
            if rows := self.rows.get(name):
                _table(root, name, rows)
        content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
        return content


def _table(root: etree._Element, name: str, rows: list[dict[str, str]]) -> None:
    table = etree.SubElement(root, name)
    fields = etree.SubElement(table, "fields")
    for column in dict.fromkeys(column for row in rows for column in row):
        etree.SubElement(fields, "fieldname").text = column
    holder = etree.SubElement(table, "rows")
    for row in rows:
        element = etree.SubElement(holder, "row")
        for column, value in row.items():
            etree.SubElement(element, column).text = etree.CDATA(value) if value else None
