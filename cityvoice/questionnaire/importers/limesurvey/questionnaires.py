"""Makes a questionnaire of a LimeSurvey survey."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from cityvoice.questionnaire.expressions.ast import Binary, Call, Expression, Literal, Name, Operator
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.rewrite import all_of, any_of
from cityvoice.questionnaire.importers.fitting import fitted
from cityvoice.questionnaire.importers.imported import Element, Imported
from cityvoice.questionnaire.importers.limesurvey.builtin import is_known
from cityvoice.questionnaire.importers.limesurvey.compiling import Compiler
from cityvoice.questionnaire.importers.limesurvey.filters import Filters
from cityvoice.questionnaire.importers.limesurvey.naming import Named, name_questions
from cityvoice.questionnaire.importers.limesurvey.questions import Builder
from cityvoice.questionnaire.importers.limesurvey.source import Group as SourceGroup
from cityvoice.questionnaire.importers.limesurvey.source import Quota as SourceQuota
from cityvoice.questionnaire.importers.limesurvey.source import Survey
from cityvoice.questionnaire.importers.markup import plain_text
from cityvoice.questionnaire.importers.repair import repaired
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Group, Questionnaire, Quota, Section
from cityvoice.questionnaire.naming import name_of, plain_letters, slug_of
from cityvoice.questionnaire.question import Question, Text

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ONE_PAGE = {"A": Message("all questions on one page"), "S": Message("one question per page")}


def questionnaire_of(survey: Survey) -> Imported:
    """A questionnaire that may be published, and everything that it does not hold as the file did."""
    report = Report()
    languages = _languages(survey, report)
    named = name_questions(survey, report)
    compiler = Compiler(survey, named, languages, report)
    sections = _Sections(survey, named, compiler, report).all()
    questionnaire = Questionnaire(
        title=compiler.label(survey.texts.get("title", {}), Message("survey, title"), _title(survey)),
        languages=tuple(languages.values()),
        sections=sections,
        consent=_policy(survey, compiler),
        thanks=compiler.text(survey.texts.get("endtext", {}), Message("survey, end text")),
        quotas=tuple(_quotas(survey, named, compiler, report)),
    )
    _report_settings(survey, report)
    questionnaire = repaired(fitted(questionnaire), report)
    return Imported(
        questionnaire,
        report.losses(questionnaire.language),
        report.n_found,
        max(report.n_compiled, 0),
        slug=_slug(survey),
        fieldwork=(_day(survey, "startdate"), _day(survey, "expires")),
    )


def _languages(survey: Survey, report: Report) -> dict[str, str]:
    """Our code of each of the file's languages: ``pt_BR`` becomes ``pt-BR``."""
    codes: dict[str, str] = {}
    for theirs in survey.languages:
        stem, dash, rest = theirs.replace("_", "-").partition("-")
        ours = f"{stem.lower()}{dash}{rest}"
        if not _LANGUAGE.fullmatch(ours) or ours in codes.values():
            report.lose(
                Message("language %(theirs)r", theirs=theirs),
                Message("all its texts"),
                Message("no language code such as pl or de-AT"),
            )
            continue
        codes[theirs] = ours
        if not is_known(ours):
            report.lose(
                Message("language %(ours)r", ours=ours),
                Message("LimeSurvey's own words, such as yes and no"),
                Message("they are in English"),
            )
    return codes or {survey.language: "en"}


class _Sections:
    """The groups of a survey as sections: one page each."""

    def __init__(
        self, survey: Survey, named: Mapping[str, Named], compiler: Compiler, report: Report
    ) -> None:
        self.survey = survey
        self.named = named
        self.compiler = compiler
        self.report = report
        self.builder = Builder(compiler, Filters(named, compiler, report), report)
        self.taken = {key for one in named.values() for key in (one.name, *one.answer_keys())}

    def all(self) -> tuple[Section, ...]:
        found: list[Section] = []
        for group in self.survey.groups:
            section = self._section(group, {each.name for each in found})
            if section.elements:
                found.append(section)
            else:
                self.report.lose(
                    Message("group %(first)r (line %(line)s)", first=_first(group.names), line=group.line),
                    Message("the group"),
                    Message("it is empty"),
                )
        return self._welcomed(found) or (self._empty(),)

    def _empty(self) -> Section:
        """A file without a question: its title to read, so that there is something to go on from."""
        title = {**self.survey.texts.get("title", {})} or {self.survey.language: _title(self.survey)}
        self.report.lose(
            Message("survey"), Message("no question"), Message("its title stands as a text to read")
        )
        text = self.compiler.label(title, Message("survey, title"), "survey")
        return Section("section", None, (Question("information", QuestionKind.INFO, text),))

    def _section(self, group: SourceGroup, taken: set[str]) -> Section:
        where = Message(
            "group %(text)r (line %(line)s)", text=plain_text(_first(group.names)).text, line=group.line
        )
        inside = self.named[group.questions[0].id] if group.questions else None
        title = self.compiler.text(group.names, Message("%(where)s, title", where=where), inside)
        name = self._name(plain_text(_first(group.names)).text, taken)
        when = self.compiler.condition(group.relevance, Message("%(where)s, relevance", where=where), None)
        introduction = self._words(
            group.descriptions, f"{name}_intro", Message("%(where)s, description", where=where), inside
        )
        made = [
            (each.attribute("random_group"), self.builder.question(self.named[each.id]))
            for each in group.questions
        ]
        questions = [(random, question) for random, question in made if question]
        is_shuffled = len({random for random, _ in questions} - {""}) == 1 and all(
            random for random, _ in questions
        )
        whole = is_shuffled and not introduction
        elements = [question for _, question in questions] if whole else self._grouped(questions, where)
        return Section(
            name=name,
            title=title,
            elements=(*introduction, *elements),
            when=None if when is None else render(when),
            shuffle=whole,
            rotation=name_of(group.rotation, ()) if group.rotation else None,
        )

    def _grouped(self, questions: list[tuple[str, Question]], where: str) -> list[Element]:
        """Neighbours of one random group become a shuffled group."""
        elements: list[Element] = []
        seen: set[str] = set()
        place = 0
        while place < len(questions):
            random = questions[place][0]
            end = place + 1
            while random and end < len(questions) and questions[end][0] == random:
                end += 1
            together = tuple(made for _, made in questions[place:end])
            if random and random in seen:
                self.report.lose(where, f"random_group = {random}", Message("only neighbours change places"))
            if random and len(together) > 1:
                elements.append(
                    Group(self._name(f"random_{random}", self.taken), None, together, shuffle=True)
                )
            else:
                elements += together
            seen.add(random)
            place = end
        return elements

    def _name(self, words: str, taken: set[str]) -> str:
        plain = re.sub(r"[^A-Za-z0-9]+", "_", plain_letters(words)).strip("_").lower()[:40].strip("_")
        name = name_of(
            plain if plain[:1].isalpha() else f"section_{plain or len(taken) + 1}", {*taken, *self.taken}
        )
        self.taken.add(name)
        return name

    def _words(
        self, words: dict[str, str], name: str, where: str, inside: Named | None = None
    ) -> tuple[Question, ...]:
        text = self.compiler.text(words, where, inside)
        if text is None:
            return ()
        name = name_of(name, self.taken)
        self.taken.add(name)
        return (Question(name, QuestionKind.INFO, text),)

    def _welcomed(self, sections: list[Section]) -> tuple[Section, ...]:
        """What LimeSurvey says on its first page stands before the first question."""
        words: list[Question] = []
        for kind in ("description", "welcometext"):
            words += self._words(
                self.survey.texts.get(kind, {}),
                kind.removesuffix("text"),
                Message("survey, %(name)s", name=kind),
            )
        if not words:
            return tuple(sections)
        first = sections[0] if sections else None
        if first is None or first.when or first.shuffle or first.rotation:
            return (Section(self._name("welcome", set()), None, tuple(words)), *sections)
        opened = Section(first.name, first.title, (*words, *first.elements))
        return (opened, *sections[1:])


def _policy(survey: Survey, compiler: Compiler) -> Text | None:
    if survey.settings.get("showsurveypolicynotice", "0").strip() in {"", "0"}:
        return None
    return compiler.text(survey.texts.get("policy_notice", {}), Message("survey, policy notice"))


def _quotas(
    survey: Survey, named: Mapping[str, Named], compiler: Compiler, report: Report
) -> Iterator[Quota]:
    taken: set[str] = set()
    for quota in survey.quotas:
        where = Message("quota %(name)r (line %(line)s)", name=quota.name, line=quota.line)
        condition = _membership(quota, named, where, report)
        if not quota.is_active:
            report.lose(where, Message("the quota"), Message("it is not active"))
        elif condition is None or not quota.limit.isdigit():
            report.lose(
                where,
                Message("limit %(limit)s", limit=quota.limit),
                Message("it counts no answer of this survey"),
            )
        else:
            name = name_of(quota.name or "quota", taken)
            taken.add(name)
            label = Text({compiler.languages[0]: quota.name or name})
            message = compiler.text(quota.messages, where)
            yield Quota(name, label, render(condition), int(quota.limit), message)


def _membership(
    quota: SourceQuota, named: Mapping[str, Named], where: str, report: Report
) -> Expression | None:
    """Any of the answers to one question, and so for every question."""
    answers: dict[str, list[Expression]] = {}
    for member in quota.members:
        one = named.get(member.question) or next(
            (each for each in named.values() if each.source.code == member.question), None
        )
        test = None if one is None else _answer(one, member.code)
        if one is None or test is None:
            report.lose(
                where,
                Message("answer %(code)s", code=member.code),
                Message("it is no answer of a question that was taken over"),
            )
        else:
            answers.setdefault(one.name, []).append(test)
    return all_of(filter(None, (any_of(tests) for tests in answers.values())))


def _answer(one: Named, code: str) -> Expression | None:
    match one.kind:
        case QuestionKind.SINGLE:
            ours = one.other if code == "-oth-" else one.codes[0].get(code, code)
            return Binary(Operator.EQUAL, Name(one.name), Literal(ours))
        case QuestionKind.SCALE:
            return Binary(Operator.EQUAL, Name(one.name), Literal(code))
        case QuestionKind.MULTIPLE if code in one.rows:
            return Call("selected", (Name(one.name), Literal(one.rows[code])))
        case QuestionKind.MATRIX:
            row, _, answer = code.partition("-")
            if row in one.rows and answer:
                ours = one.codes[0].get(answer, answer)
                return Binary(Operator.EQUAL, Name(one.key(one.rows[row])), Literal(ours))
    return None


def _report_settings(survey: Survey, report: Report) -> None:
    settings = survey.settings
    if (shape := _ONE_PAGE.get(settings.get("format", "").strip())) is not None:
        report.lose(Message("survey, format"), shape, Message("a group is a page"))
    if settings.get("assessments", "N").strip() == "Y" or survey.n_assessments:
        report.lose(
            Message("survey, assessments"),
            Message("%(n_assessments)s assessments", n_assessments=survey.n_assessments),
            Message("answers are not scored"),
        )
    if address := _first(survey.texts.get("url", {})):
        report.lose(Message("survey, end address"), address, Message("the survey ends on its own page"))
    for name, what in (
        ("savetimings", Message("timings of every question")),
        ("ipaddr", Message("addresses of computers")),
    ):
        if settings.get(name, "N").strip() == "Y":
            report.lose(
                Message("survey, %(name)s", name=name), what, Message("they are never kept beside answers")
            )


def _first(words: Mapping[str, str]) -> str:
    return next((text.strip() for text in words.values() if text.strip()), "")


def _title(survey: Survey) -> str:
    """What stands for a title: a group or a question alone has none."""
    if not survey.whole:
        question = next(survey.questions, None)
        if words := _first(survey.groups[0].names) if survey.groups else "":
            return words
        return question.code if question else "question"
    return f"survey {survey.id}".strip()


def _slug(survey: Survey) -> str | None:
    """The survey's own short address, if it has one."""
    return slug_of(_first(survey.texts.get("alias", {}))) or None


def _day(survey: Survey, name: str) -> date | None:
    found = re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", survey.settings.get(name, ""))
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None
