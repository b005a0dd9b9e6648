"""Small LimeSurvey files of each generation, written for tests."""

import io
import zipfile
from xml.sax.saxutils import escape

Rows = list[dict[str, object]]


def xml(version: str, kind: str = "Survey", languages: tuple[str, ...] = ("en",), **tables: Rows) -> bytes:
    """A file with these tables."""
    parts = [
        "<document>",
        f"<LimeSurveyDocType>{kind}</LimeSurveyDocType>",
        f"<DBVersion>{version}</DBVersion>",
    ]
    parts += ["<languages>", *(f"<language>{each}</language>" for each in languages), "</languages>"]
    for name, rows in tables.items():
        cells = ("".join(f"<{key}>{escape(str(said))}</{key}>" for key, said in row.items()) for row in rows)
        parts.append(f"<{name}><rows>{''.join(f'<row>{each}</row>' for each in cells)}</rows></{name}>")
    return "\n".join([*parts, "</document>"]).encode()


class Survey:
    """Collects a survey of the newest generation; `content` is the file."""

    def __init__(self, *languages: str) -> None:
        self.languages = languages or ("en",)
        self.tables: dict[str, Rows] = {}
        self.last = 0
        first, *others = self.languages
        self.add("surveys", sid=7, language=first, additional_languages=" ".join(others), format="G")
        self.title(**dict.fromkeys(map(_keyword, self.languages), "A city"))
        self.group("First page")

    def add(self, table: str, **values: object) -> None:
        self.tables.setdefault(table, []).append(values)

    def settings(self, **values: object) -> None:
        self.tables["surveys"][0] |= values

    def title(self, **words: str) -> None:
        self.texts(surveyls_title=words)

    def texts(self, **texts: dict[str, str]) -> None:
        for language in self.languages:
            said = {name: words.get(_keyword(language), "") for name, words in texts.items()}
            rows = self.tables.setdefault("surveys_languagesettings", [])
            row = next((each for each in rows if each["surveyls_language"] == language), None)
            if row is None:
                row = {"surveyls_language": language}
                rows.append(row)
            row |= said

    def group(self, name: str, relevance: str = "", random: str = "", description: str = "") -> None:
        self.last += 1
        self.gid = self.last
        self.add(
            "groups",
            gid=self.gid,
            sid=7,
            group_order=self.gid,
            randomization_group=random,
            grelevance=relevance,
        )
        self._words("group_l10ns", gid=self.gid, group_name=name, description=description)

    def question(self, code: str, type_: str, text: object = "Well?", **fields: object) -> int:
        """Add a question; keywords are its columns, and `attributes`, `rows`, `columns`, `answers`."""
        self.last += 1
        qid = self.last
        attributes = dict(fields.pop("attributes", {}))  # type: ignore[call-overload]
        parts = {name: fields.pop(name, ()) for name in ("rows", "columns", "answers", "second")}
        help_ = fields.pop("help", "")
        columns = {"relevance": "1", "other": "N", "mandatory": "N", "preg": ""} | fields
        self.add(
            "questions",
            qid=qid,
            parent_qid=0,
            sid=7,
            gid=self.gid,
            type=type_,
            title=code,
            question_order=qid,
            **columns,
        )
        self._words("question_l10ns", qid=qid, question=text, help=help_)
        for scale, name in ((0, "rows"), (1, "columns")):
            for part in parts[name]:
                self._subquestion(qid, scale, part)
        for scale, name in ((0, "answers"), (1, "second")):
            for place, part in enumerate(parts[name]):
                answer, words = part if isinstance(part, tuple) else (part, f"label {part}")
                self.last += 1
                self.add("answers", aid=self.last, qid=qid, code=answer, sortorder=place, scale_id=scale)
                self._words("answer_l10ns", aid=self.last, answer=words)
        for name, value in attributes.items():
            self.add("question_attributes", qid=qid, attribute=name, value=value, language="")
        return qid

    def _subquestion(self, parent: int, scale: int, part: object) -> None:
        code, words, relevance = (*part, "1")[:3] if isinstance(part, tuple) else (part, f"item {part}", "1")
        self.last += 1
        where = {"parent_qid": parent, "gid": self.gid, "scale_id": scale, "question_order": self.last}
        self.add("subquestions", qid=self.last, title=code, relevance=relevance, **where)
        self._words("question_l10ns", qid=self.last, question=words, help="")

    def _words(self, table: str, **values: object) -> None:
        """One row for each language; a mapping holds the words of each."""
        for language in self.languages:
            said = {name: _in(each, language) for name, each in values.items()}
            self.add(table, language=language, **said)

    @property
    def content(self) -> bytes:
        return xml("630", languages=self.languages, **self.tables)


def _in(value: object, language: str) -> object:
    return value.get(language, "") if isinstance(value, dict) else value


def _keyword(language: str) -> str:
    return language.replace("-", "_")


def archive(**members: bytes) -> bytes:
    """A zip archive; names have underscores in place of points."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        for name, content in members.items():
            files.writestr(name.replace("__", "."), content)
    return packed.getvalue()
