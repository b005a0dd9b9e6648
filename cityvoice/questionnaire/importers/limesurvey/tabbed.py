"""Reads LimeSurvey's tab-separated form (.tsv, .txt): one row per thing and language.

The classes of rows: S a setting of the survey, SL a text of it, G a group, Q a question, SQ a subquestion, A
an answer, AS an assessment, QTA a quota, QTALS its texts, QTAM its members. Rows of a second language repeat
the codes of the first.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from cityvoice.questionnaire.importers.imported import unreadable
from cityvoice.questionnaire.importers.limesurvey.source import (
    Answer,
    Default,
    Group,
    Question,
    Quota,
    QuotaMember,
    Subquestion,
    Survey,
)
from cityvoice.questionnaire.message import Message

HEADER = ("class", "type/scale", "name", "relevance", "text", "help", "language")
_PLAIN = frozenset(
    (*HEADER, "id", "related_id", "validation", "mandatory", "encrypted", "other", "default", "same_default")
) | {"question_theme_name", "same_script"}
_CLASSES = frozenset({"S", "SL", "G", "Q", "SQ", "A", "AS", "QTA", "QTALS", "QTAM", "C"})
LONGEST_FIELD = 16 * 1024 * 1024  # characters

Record = Mapping[str, str]


def is_tabbed(text: str) -> bool:
    header = text.removeprefix("\ufeff").split("\n", 1)[0].strip('"\r ').replace('"', "").split("\t")
    return {"class", "type/scale", "name"} <= set(header)


def read_tabbed(text: str) -> Survey:
    """The survey of a tab-separated file; `DocumentError` with the row when it is none."""
    with _long_fields():
        return _read(text)


@contextmanager
def _long_fields() -> Iterator[None]:
    """The limit belongs to the whole process: others keep theirs."""
    usual = csv.field_size_limit(LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def _read(text: str) -> Survey:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter="\t")
    if missing := [name for name in HEADER if name not in (reader.fieldnames or ())]:
        raise unreadable(Message("row 1"), Message("column %(missing)r is missing", missing=missing[0]))
    builder = _Builder()
    try:
        for record in reader:
            builder.take({key: value or "" for key, value in record.items() if key}, reader.line_num)
    except csv.Error as error:
        raise unreadable(
            Message("line %(line_num)s", line_num=reader.line_num),
            Message("no tab-separated text: %(error)s", error=str(error)),
        ) from error
    return builder.survey()


class _Builder:
    def __init__(self) -> None:
        self.settings: dict[str, str] = {}
        self.texts: dict[str, dict[str, str]] = {}
        self.groups: dict[str, Group] = {}
        self.questions: dict[str, Question] = {}
        self.quotas: dict[str, Quota] = {}
        self.languages: dict[str, None] = {}
        self.n_assessments = 0
        self.group: Group | None = None
        self.question: Question | None = None
        self.n_groups: dict[str, int] = {}

    def survey(self) -> Survey:
        if not self.questions:
            raise unreadable("", Message("no question: expected rows of class Q"))
        own = [self.settings.get("language", ""), *self.settings.get("additional_languages", "").split()]
        languages = tuple(dict.fromkeys(each for each in (*own, *self.languages) if each)) or ("en",)
        return Survey(
            id=self.settings.get("sid", ""),
            languages=languages,
            texts=self.texts,
            groups=list(self.groups.values()),
            settings=self.settings,
            quotas=list(self.quotas.values()),
            n_assessments=self.n_assessments,
        )

    def take(self, row: Record, line: int) -> None:
        kind = row["class"].strip()
        if not kind:
            return
        if kind not in _CLASSES:
            raise unreadable(
                Message("line %(line)s", line=line),
                Message("expected a class such as G, Q, SQ or A, found %(kind)r", kind=kind[:40]),
            )
        if kind in {"SL", "G", "Q", "SQ", "A"} and row["language"]:
            self.languages.setdefault(row["language"])
        match kind:
            case "S" | "SL":
                self._setting(kind, row)
            case "G":
                self._group(row, line)
            case "Q":
                self._question(row, line)
            case "SQ" | "A":
                self._part(row, line)
            case "AS":
                self.n_assessments += 1
            case _ if kind.startswith("QTA"):
                self._quota(kind, row, line)

    def _setting(self, kind: str, row: Record) -> None:
        if kind == "S":
            self.settings[row["name"]] = row["text"]
        else:
            name = row["name"].removeprefix("surveyls_")
            self.texts.setdefault(name, {})[row["language"]] = row["text"]

    def _group(self, row: Record, line: int) -> None:
        language = row["language"]
        self.n_groups[language] = self.n_groups.get(language, 0) + 1
        number = row["type/scale"].strip() or f"#{self.n_groups[language]}"
        self.group = self.groups.setdefault(
            number,
            Group(number, {}, {}, len(self.groups), row["relevance"], row.get("random_group", ""), line),
        )
        self.group.names[language] = row["name"]
        self.group.descriptions[language] = row["text"]

    def _question(self, row: Record, line: int) -> None:
        if self.group is None:
            raise unreadable(
                Message("line %(line)s", line=line), Message("a question stands before the first group")
            )
        key = row["name"].strip()
        question = self.questions.get(key)
        if question is None or row["language"] in question.words:  # the same code twice in one language
            question = self._new_question(row, line)
            self.questions[key] = question
            self.group.questions.append(question)
        question.words[row["language"]] = row["text"]
        question.help[row["language"]] = row["help"]
        for name in row.keys() - _PLAIN:
            if row[name] != "":
                question.attributes.setdefault(name, {})[row["language"]] = row[name]
        if row["default"]:
            self._default(question, row)
        self.question = question

    def _new_question(self, row: Record, line: int) -> Question:
        return Question(
            id=row.get("id", "").strip() or f"row{line}",
            group=self.group.id if self.group else "",
            code=row["name"].strip(),
            type=row["type/scale"].strip(),
            words={},
            help={},
            order=len(self.questions),
            mandatory=row["mandatory"].strip() or "N",
            other=row["other"].strip() == "Y",
            pattern=row["validation"].strip(),
            relevance=row["relevance"].strip(),
            theme=row.get("question_theme_name", "").strip(),
            line=line,
        )

    def _default(self, question: Question, row: Record, subquestion: str = "") -> None:
        known = next((each for each in question.defaults if each.subquestion == subquestion), None)
        if known is None:
            known = Default({}, subquestion)
            question.defaults.append(known)
        known.words[row["language"]] = row["default"]

    def _part(self, row: Record, line: int) -> None:
        """A subquestion or an answer of the question above."""
        question = self.question
        if question is None:
            raise unreadable(
                Message("line %(line)s", line=line),
                Message("a subquestion or an answer stands before the first question"),
            )
        scale = int(row["type/scale"]) if re.fullmatch("[01]", row["type/scale"].strip()) else 0
        code, language = row["name"].strip(), row["language"]
        parts: list[Subquestion] | list[Answer]
        parts = question.subquestions if row["class"] == "SQ" else question.answers
        same = (each for each in parts if (each.code, each.scale) == (code, scale))
        known = next((each for each in same if language not in each.words), None)
        if known is None and row["class"] == "SQ":
            relevance = row["relevance"].strip()
            known = Subquestion(f"{question.id}-{scale}-{code}", code, {}, scale, len(parts), relevance, line)
            question.subquestions.append(known)
        elif known is None:
            known = Answer(code, {}, scale, len(parts), line, row.get("assessment_value", ""))
            question.answers.append(known)
        known.words[language] = row["text"]
        if isinstance(known, Subquestion) and row["default"]:
            self._default(question, row, known.id)

    def _quota(self, kind: str, row: Record, line: int) -> None:
        number = (row.get("id") if kind == "QTA" else row.get("related_id")) or row["name"]
        if kind == "QTA":
            self.quotas[number] = Quota(row["name"], row["mandatory"], [], {}, row["default"] != "0", line)
        elif quota := self.quotas.get(number):
            if kind == "QTALS":
                quota.messages[row["language"]] = row["text"] or row["help"]
            else:
                quota.members.append(QuotaMember(row["name"], row["text"] or row["type/scale"]))
