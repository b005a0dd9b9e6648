"""A whole questionnaire as an .lss file."""

import re
from collections.abc import Iterator

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.exporters.exported import Exported
from cityvoice.questionnaire.exporters.limesurvey.questions import Shaper
from cityvoice.questionnaire.exporters.limesurvey.shapes import Shape, Words
from cityvoice.questionnaire.exporters.limesurvey.spelling import Spelling
from cityvoice.questionnaire.exporters.limesurvey.tables import Tables
from cityvoice.questionnaire.exporters.limesurvey.texts import Translator
from cityvoice.questionnaire.exporters.selections import by_hand
from cityvoice.questionnaire.expressions.ast import Binary, Call, Expression, Literal, Logical, Name, Operator
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.types import ValueType
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Group, Questionnaire, Quota, Section
from cityvoice.questionnaire.names import fields_of
from cityvoice.questionnaire.question import Question

SURVEY_ID = "100000"  # LimeSurvey gives another when it imports
Quotas = dict[str, list[tuple[str, str]]]


def to_limesurvey(questionnaire: Questionnaire, name: str = "") -> Exported:
    """The questionnaire as an .lss file of LimeSurvey 6, and what it cannot hold.

    Groups and repeats are laid out as one row of questions; docs/reference/exports.md says what changes on
    the way there and back.
    """
    report = Report()
    flat = _flat(by_hand(questionnaire, report), report)
    return Exported(_Export(questionnaire, flat, report).content(), report.losses(questionnaire.language))


def _flat(questionnaire: Questionnaire, report: Report) -> Questionnaire:
    for section in questionnaire.sections:
        for element in section.elements:
            if isinstance(element, Group) and element.repeat:
                report.lose(
                    Message("group %(name)s", name=element.name),
                    "repeat",
                    Message("%(maximum)s copies stand in its place", maximum=element.repeat.maximum),
                )
    for split in questionnaire.splits:
        report.lose(
            Message("split %(name)s", name=split.name),
            "shares",
            Message("LimeSurvey draws no arms: fill the hidden question from outside"),
        )
    return flatten(questionnaire)


class _Export:
    def __init__(self, authored: Questionnaire, flat: Questionnaire, report: Report) -> None:
        self.flat = flat
        self.report = report
        self.tables = Tables(flat.languages)
        self.spelling = Spelling(flat, report)
        coded = (key for key, each in fields_of(flat).items() if each.type is ValueType.CODE and each.options)
        self.translator = Translator(self.spelling, frozenset(coded), report)
        self.shaper = Shaper(self.translator, flat.languages, report)
        self.random = dict(_random_groups(authored))
        self.ids: dict[str, str] = {}

    def content(self) -> bytes:
        self._survey()
        for number, section in enumerate(self.flat.sections):
            self._section(section, number)
        for quota in self.flat.quotas:
            self._quota(quota)
        return self.tables.xml()

    def _survey(self) -> None:
        first, *others = self.flat.languages
        notice = "2" if self.flat.consent else "0"
        self.tables.add(
            "surveys",
            sid=SURVEY_ID,
            language=first,
            additional_languages=" ".join(others),
            format="G",
            anonymized="Y",
            showsurveypolicynotice=notice,
        )
        texts = {
            "surveyls_title": self.translator.words(self.flat.title, "title"),
            "surveyls_endtext": self.translator.words(self.flat.thanks, "thanks"),
            "surveyls_policy_notice": self.translator.words(self.flat.consent, "consent"),
        }
        for language in self.flat.languages:
            words = {name: said.get(language, "") for name, said in texts.items()}
            self.tables.add(
                "surveys_languagesettings", surveyls_survey_id=SURVEY_ID, surveyls_language=language, **words
            )

    def _section(self, section: Section, number: int) -> None:
        gid = self.tables.next_id()
        relevance = self.translator.expression(section.when, f"section {section.name}")
        self.tables.add(
            "groups",
            gid=gid,
            sid=SURVEY_ID,
            group_order=str(number),
            randomization_group=section.rotation or "",
            grelevance=relevance or "",
        )
        titles = self.translator.words(section.title, f"section {section.name}")
        for language in self.flat.languages:
            said = titles.get(language, "" if section.title else section.name)
            self.tables.add(
                "group_l10ns",
                id=self.tables.next_id(),
                gid=gid,
                group_name=said,
                description="",
                language=language,
            )
        for place, question in enumerate(section.questions):
            random = section.name if section.shuffle else self.random.get(question.name)
            self._question(question, gid, place, random)

    def _question(self, question: Question, gid: str, place: int, random: str | None) -> None:
        codes = self.spelling.codes[question.name]
        shape = self.shaper.shape(question, codes)
        qid = self.ids[question.name] = self.tables.next_id()
        if random:
            shape.attributes["random_group"] = random
        self._rules(question, shape)
        self.tables.add(
            "questions",
            qid=qid,
            parent_qid="0",
            sid=SURVEY_ID,
            gid=gid,
            type=shape.type,
            title=codes.code,
            preg=shape.pattern,
            other="Y" if shape.other else "N",
            mandatory="Y" if question.required else "N",
            question_order=str(place),
            scale_id="0",
            relevance=self.translator.expression(question.when, f"question {question.name}") or "1",
            question_theme_name=shape.theme,
        )
        text = self.translator.words(question.text, f"question {question.name}")
        hint = self.translator.words(question.hint, f"question {question.name}, hint")
        self._words(qid, text, hint)
        parts = self._parts(qid, gid, shape)
        self._attributes(qid, shape)
        self._default(question, qid, parts)

    def _rules(self, question: Question, shape: Shape) -> None:
        where = Message("question %(name)s, rules", name=question.name)
        written = [self.translator.expression(rule.expression, where) for rule in question.rules]
        kept = [(said, rule.message) for said, rule in zip(written, question.rules, strict=True) if said]
        if not kept:
            return
        shape.attributes["em_validation_q"] = (
            " and ".join(f"({said})" for said, _ in kept) if len(kept) > 1 else kept[0][0]
        )
        messages = [message for _, message in kept if message]
        if messages:
            shape.attributes["em_validation_q_tip"] = self.translator.words(messages[0], where)
        if len(kept) > 1:
            self.report.lose(
                where,
                Message("%(n)s rules", n=len(kept)),
                Message("LimeSurvey has one equation: they are joined by and"),
            )

    def _words(self, qid: str, text: Words, help_: Words) -> None:
        for language in self.flat.languages:
            if language in text:
                self.tables.add(
                    "question_l10ns",
                    id=self.tables.next_id(),
                    qid=qid,
                    question=text[language],
                    help=help_.get(language, ""),
                    language=language,
                )

    def _parts(self, qid: str, gid: str, shape: Shape) -> dict[str, str]:
        """Subquestions and answers; gives the identifiers of the rows by their code."""
        rows_by_code: dict[str, str] = {}
        for scale, rows in ((0, shape.rows), (1, shape.columns)):
            for place, (code, words, relevance) in enumerate(rows):
                part = self.tables.next_id()
                rows_by_code.setdefault(code, part)
                self.tables.add(
                    "subquestions",
                    qid=part,
                    parent_qid=qid,
                    sid=SURVEY_ID,
                    gid=gid,
                    type="T",
                    title=code,
                    question_order=str(place),
                    scale_id=str(scale),
                    relevance=relevance,
                )
                self._words(part, words, {})
        for place, (code, words, scale) in enumerate(shape.answers):
            aid = self.tables.next_id()
            self.tables.add("answers", aid=aid, qid=qid, code=code, sortorder=str(place), scale_id=str(scale))
            for language, said in words.items():
                self.tables.add(
                    "answer_l10ns", id=self.tables.next_id(), aid=aid, answer=said, language=language
                )

        return rows_by_code

    def _attributes(self, qid: str, shape: Shape) -> None:
        for name, value in shape.attributes.items():
            said = {"": value} if isinstance(value, str) else value
            for language, each in said.items():
                self.tables.add("question_attributes", qid=qid, attribute=name, value=each, language=language)

    def _default(self, question: Question, qid: str, parts: dict[str, str]) -> None:
        if question.default is None:
            return
        row = "0"
        value = self._default_value(question, question.default)
        if value is not None and question.kind is QuestionKind.MULTIPLE:
            row, value = parts.get(self.spelling.codes[question.name].items.get(value, ""), ""), "Y"
        if value is None or not row:
            self.report.lose(
                Message("question %(name)s", name=question.name),
                Message("default %(default)s", default=question.default),
                Message("it cannot be written"),
            )
            return
        dvid = self.tables.next_id()
        self.tables.add("defaultvalues", dvid=dvid, qid=qid, scale_id="0", sqid=row, specialtype="")
        for language in self.flat.languages:
            self.tables.add(
                "defaultvalue_l10ns",
                id=self.tables.next_id(),
                dvid=dvid,
                language=language,
                defaultvalue=value,
            )

    def _default_value(self, question: Question, source: str) -> str | None:
        if question.kind in {QuestionKind.MATRIX, QuestionKind.NUMBERS, QuestionKind.TEXTS}:
            return None
        try:
            node = parse(source)
        except ExpressionError:
            return None
        if isinstance(node, Literal) and not isinstance(node.value, bool):
            theirs = self.spelling.answers.get(question.name, {})
            return theirs.get(str(node.value), str(node.value))
        written = self.translator.expression(source, f"question {question.name}, default")
        return None if written is None else f"{{{written}}}"

    def _quota(self, quota: Quota) -> None:
        where = Message("quota %(name)s", name=quota.name)
        members = self._members(quota)
        if members is None:
            self.report.lose(
                where,
                quota.when,
                Message("LimeSurvey's quotas name answers: of one question or another, of all"),
            )
            return
        number = self.tables.next_id()
        self.tables.add(
            "quota",
            id=number,
            sid=SURVEY_ID,
            name=quota.name,
            qlimit=str(quota.limit),
            action="1",
            active="1",
        )
        for question, code in members:
            qid = self.ids[question]
            self.tables.add(
                "quota_members", id=self.tables.next_id(), sid=SURVEY_ID, qid=qid, quota_id=number, code=code
            )
        messages = self.translator.words(quota.message, where)
        for language in messages:
            self.tables.add(
                "quota_languagesettings",
                quotals_id=self.tables.next_id(),
                quotals_quota_id=number,
                quotals_language=language,
                quotals_name=quota.name,
                quotals_message=messages[language],
            )

    def _members(self, quota: Quota) -> list[tuple[str, str]] | None:
        """The answers of a quota; None where it is no "one of these" of some questions."""
        node = parse(quota.when)
        parts = node.operands if isinstance(node, Logical) and node.operator is Operator.AND else (node,)
        found: list[tuple[str, str]] = []
        for part in parts:
            each = isinstance(part, Logical) and part.operator is Operator.OR
            members = [
                self._member(one)
                for one in (part.operands if isinstance(part, Logical) and each else (part,))
            ]
            known = [member for member in members if member]
            if len(known) < len(members) or len({question for question, _ in known}) != 1:
                return None
            found += known
        return found

    def _member(self, node: Expression) -> tuple[str, str] | None:
        match node:
            case Binary(Operator.EQUAL, Name(name), Literal(value)) if name in self.ids:
                return name, self.spelling.answers.get(name, {}).get(str(value), str(value))
            case Call("selected", (Name(name), Literal(value))) if name in self.ids:
                codes = self.spelling.codes[name]
                return (name, codes.items[str(value)]) if str(value) in codes.items else None
        return None


def _random_groups(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """The shuffled group of each question that is in one."""
    for section in questionnaire.sections:
        for element in section.elements:
            if isinstance(element, Group) and element.shuffle and not element.repeat:
                for question in element.elements:
                    if isinstance(question, Question):
                        yield question.name, re.sub(r"^random_", "", element.name)
