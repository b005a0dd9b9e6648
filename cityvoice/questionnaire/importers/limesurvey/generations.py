"""Makes one form of the tables of all generations of LimeSurvey.

Until version 3 a row held the words of one language (one row per language); since version 4 the words stand
in tables of their own. Before subquestions existed (database version 143), the rows of a matrix were its
answers and its scale a label set.
"""

from collections.abc import Iterator

from cityvoice.questionnaire.importers.imported import unreadable
from cityvoice.questionnaire.importers.limesurvey.source import (
    Answer,
    Condition,
    Default,
    Group,
    Question,
    Quota,
    QuotaMember,
    Subquestion,
    Survey,
    Words,
)
from cityvoice.questionnaire.importers.limesurvey.tables import Row, Tables
from cityvoice.questionnaire.message import Message

_WITH_ROWS = frozenset("MPQKABCEFH1:;R")  # types whose answers became subquestions, R apart


def survey_of(tables: Tables) -> Survey:
    """The survey, group or question of a file; `DocumentError` when it has no question table at all."""
    if not tables["questions"] and not tables["groups"] and not tables["surveys"]:
        raise unreadable(
            "", Message("no LimeSurvey survey, group or question: none of their tables is there")
        )
    settings = dict(tables["surveys"][0].values) if tables["surveys"] else {}
    languages = _languages(tables, settings)
    survey = Survey(
        id=settings.get("sid", ""),
        languages=languages,
        texts=_texts(tables),
        groups=_groups(tables, languages[0]),
        settings=settings,
        quotas=list(_quotas(tables)),
        n_assessments=len(tables["assessments"]),
        whole=bool(tables["surveys"]),
    )
    _attach_questions(survey, tables)
    return survey


def _languages(tables: Tables, settings: dict[str, str]) -> tuple[str, ...]:
    """The survey's own language first, then the others in the order of the file."""
    more = settings.get("additional_languages", "").split()
    found = [settings.get("language", ""), *more, *tables.languages, *_languages_of_rows(tables)]
    return tuple(dict.fromkeys(each for each in found if each)) or ("en",)


def _languages_of_rows(tables: Tables) -> Iterator[str]:
    for table in ("question_l10ns", "questions", "group_l10ns", "groups"):
        yield from (row["language"] for row in tables[table])


def _texts(tables: Tables) -> dict[str, Words]:
    texts: dict[str, Words] = {}
    for row in tables["surveys_languagesettings"]:
        for name, text in row.values.items():
            texts.setdefault(name.removeprefix("surveyls_"), {})[row["surveyls_language"]] = text
    return texts


def _localised(
    tables: Tables, table: str, words_table: str, key: str, id_: str
) -> Iterator[tuple[Row, list[Row]]]:
    """Each thing of a table: its own row, and the rows that hold its words, one per language."""
    words: dict[str, list[Row]] = {}
    for row in tables[words_table]:
        words.setdefault(row[key], []).append(row)
    first: dict[str, Row] = {}
    own: dict[str, list[Row]] = {}
    for row in tables[table]:
        first.setdefault(row[id_], row)
        own.setdefault(row[id_], []).append(row)
    for name, row in first.items():
        yield row, words.get(name) or own[name]


def _words(rows: list[Row], name: str) -> Words:
    return {row["language"]: row[name] for row in rows if name in row.values}


def _groups(tables: Tables, language: str) -> list[Group]:
    groups = []
    for row, words in _localised(tables, "groups", "group_l10ns", "gid", "gid"):
        own = next((each for each in words if each["language"] == language), row)
        groups.append(
            Group(
                id=row["gid"],
                names=_words(words, "group_name"),
                descriptions=_words(words, "description"),
                order=own.number("group_order") or row.number("group_order"),
                relevance=row["grelevance"] or own["grelevance"],
                rotation=row["randomization_group"].strip(),
                line=row.line,
            )
        )
    groups.sort(key=lambda group: group.order)
    return groups


def _attach_questions(survey: Survey, tables: Tables) -> None:
    by_id: dict[str, Question] = {}
    groups = {group.id: group for group in survey.groups}
    for row, words in _localised(tables, "questions", "question_l10ns", "qid", "qid"):
        if row["parent_qid"].strip() not in {"", "0"}:
            continue  # the first files with subquestions kept them among the questions
        group = groups.get(row["gid"])
        if group is None:
            group = groups[row["gid"]] = Group(id=row["gid"], names={}, descriptions={}, line=row.line)
            survey.groups.append(group)
        question = by_id[row["qid"]] = _question(row, words)
        group.questions.append(question)
    for group in survey.groups:
        group.questions.sort(key=lambda question: question.order)
    _attach_subquestions(tables, by_id)
    _attach_answers(tables, by_id)
    _attach_attributes(tables, by_id)
    _attach_defaults(tables, by_id)
    _attach_conditions(tables, by_id)


def _question(row: Row, words: list[Row]) -> Question:
    return Question(
        id=row["qid"],
        group=row["gid"],
        code=row["title"].strip(),
        type=row["type"].strip(),
        words=_words(words, "question"),
        help=_words(words, "help"),
        order=row.number("question_order"),
        mandatory=row["mandatory"].strip() or "N",
        other=row["other"].strip() == "Y",
        pattern=row["preg"].strip(),
        relevance=row["relevance"].strip(),
        theme=(row["question_theme_name"] or row["aaa_question_theme_name"]).strip(),
        line=row.line,
    )


def _attach_subquestions(tables: Tables, by_id: dict[str, Question]) -> None:
    rows = list(_localised(tables, "subquestions", "question_l10ns", "qid", "qid"))
    among = _localised(tables, "questions", "question_l10ns", "qid", "qid")
    rows += [(row, words) for row, words in among if row["parent_qid"].strip() not in {"", "0"}]
    for row, words in rows:
        if question := by_id.get(row["parent_qid"]):
            question.subquestions.append(
                Subquestion(
                    id=row["qid"],
                    code=row["title"].strip(),
                    words=_words(words, "question"),
                    scale=row.number("scale_id"),
                    order=row.number("question_order"),
                    relevance=row["relevance"].strip(),
                    line=row.line,
                )
            )
    for question in by_id.values():
        question.subquestions.sort(key=lambda each: (each.scale, each.order))


def _attach_answers(tables: Tables, by_id: dict[str, Question]) -> None:
    for row, words in _answers(tables):
        if question := by_id.get(row["qid"]):
            question.answers.append(
                Answer(
                    code=row["code"].strip(),
                    words=_words(words, "answer"),
                    scale=row.number("scale_id"),
                    order=row.number("sortorder"),
                    line=row.line,
                    assessment=row["assessment_value"],
                )
            )
    _attach_label_sets(tables, by_id)
    for question in by_id.values():
        question.answers.sort(key=lambda each: (each.scale, each.order))


def _answers(tables: Tables) -> Iterator[tuple[Row, list[Row]]]:
    if tables["answer_l10ns"]:
        yield from _localised(tables, "answers", "answer_l10ns", "aid", "aid")
        return
    grouped: dict[tuple[str, str, str], list[Row]] = {}
    for row in tables["answers"]:
        grouped.setdefault((row["qid"], row["scale_id"], row["code"]), []).append(row)
    for rows in grouped.values():
        yield rows[0], rows


def _attach_label_sets(tables: Tables, by_id: dict[str, Question]) -> None:
    """Files of before version 1.90: a matrix's answers are its rows, its scales are label sets."""
    labels = tables["labels"]
    if not labels:
        return
    sets = {row["qid"]: (row["lid"], row["lid1"]) for row in tables["questions"]}
    for question in by_id.values():
        if question.type in _WITH_ROWS - {"R"} and not question.subquestions:
            question.subquestions = [
                Subquestion(
                    f"{question.id}-{each.code}", each.code, each.words, 0, each.order, line=each.line
                )
                for each in question.answers
            ]
            question.answers = []
        for scale, set_ in enumerate(sets.get(question.id, ())):
            _add_labels(question, [row for row in labels if row["lid"] == set_ != "0"], scale)
        question.type = {"W": "!", "Z": "L"}.get(question.type, question.type)


def _add_labels(question: Question, rows: list[Row], scale: int) -> None:
    by_code: dict[str, list[Row]] = {}
    for row in rows:
        by_code.setdefault(row["code"], []).append(row)
    for code, same in by_code.items():
        words, order = _words(same, "title"), same[0].number("sortorder")
        if question.type in ":;":
            question.subquestions.append(Subquestion(f"{question.id}_{code}", code, words, 1, order))
        elif question.type in "FH1WZ":
            question.answers.append(Answer(code, words, scale, order, same[0].line))


def _attach_attributes(tables: Tables, by_id: dict[str, Question]) -> None:
    for row in tables["question_attributes"]:
        if question := by_id.get(row["qid"]):
            question.attributes.setdefault(row["attribute"].strip(), {})[row["language"]] = row["value"]
    for question in by_id.values():  # for a short time before version 1.92 relevance was an attribute
        relevance = question.attributes.pop("relevance", None)
        if relevance and question.relevance in {"", "1"}:
            question.relevance = next(iter(relevance.values())).strip()


def _attach_defaults(tables: Tables, by_id: dict[str, Question]) -> None:
    words: dict[str, Words] = {}
    for row in tables["defaultvalue_l10ns"]:
        words.setdefault(row["dvid"], {})[row["language"]] = row["defaultvalue"]
    merged: dict[tuple[str, str, str, str], Default] = {}
    for row in tables["defaultvalues"]:
        key = (row["qid"], row["sqid"].strip("0 ") and row["sqid"], row["scale_id"], row["specialtype"])
        own = words.get(row["dvid"]) or {row["language"]: row["defaultvalue"]}
        default = merged.setdefault(key, Default({}, key[1], row.number("scale_id"), row["specialtype"]))
        default.words.update(own)
    for (qid, *_), default in merged.items():
        if question := by_id.get(qid):
            question.defaults.append(default)


def _attach_conditions(tables: Tables, by_id: dict[str, Question]) -> None:
    for row in tables["conditions"]:
        if question := by_id.get(row["qid"]):
            question.conditions.append(
                Condition(
                    scenario=row["scenario"].strip() or "1",
                    field=row["cfieldname"].strip(),
                    method=row["method"].strip() or "==",
                    value=row["value"],
                    of_question=row["cqid"].strip(),
                    line=row.line,
                )
            )


def _quotas(tables: Tables) -> Iterator[Quota]:
    for row in tables["quota"]:
        members = [each for each in tables["quota_members"] if each["quota_id"] == row["id"]]
        texts = [each for each in tables["quota_languagesettings"] if each["quotals_quota_id"] == row["id"]]
        yield Quota(
            name=row["name"],
            limit=row["qlimit"].strip(),
            members=[QuotaMember(each["qid"], each["code"].strip()) for each in members],
            messages={each["quotals_language"]: each["quotals_message"] for each in texts},
            is_active=row["active"].strip() != "0",
            line=row.line,
        )
