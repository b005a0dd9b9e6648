"""Reads one posted page: answers that may be stored, and errors as codes that ``web`` translates.

Whatever a client sends (forged codes, repeated fields, NUL characters, a megabyte of text) becomes a
`FieldError`, never an exception. Fields that are not on this page are not read, and hidden questions never.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cityvoice.questionnaire.answering.errors import ErrorCode, FieldError, Refusal
from cityvoice.questionnaire.answering.readers import Posted, read
from cityvoice.questionnaire.answering.together import check_together
from cityvoice.questionnaire.answering.typed_text import is_typed
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.names import AnswerField
from cityvoice.questionnaire.plan import Plan, Stop, Walk, plan_of
from cityvoice.questionnaire.question import Answer, Answers, Rule
from cityvoice.questionnaire.steps import Step

Form = Mapping[str, Sequence[str]]  # what a browser posts: every value of every field name

_MOST_VALUES = 2000  # of one field: more than any question has options
_LONGEST_HANDED_OVER = 200
_WHOLE = frozenset({QuestionKind.RANKING, QuestionKind.BEST_WORST})  # mean nothing in part

__all__ = ["ErrorCode", "FieldError", "Form", "PageResult", "handed_over", "read_page"]


@dataclass(frozen=True)
class PageResult:
    """What one posted page gives.

    Attributes
    ----------
    answers
        The answers so far with this page's fields replaced by what was posted and is valid: they may be
        stored even when other fields have errors. Answers that no longer count are still in them;
        `routing.prune` drops those.
    errors
        In the order of the page.
    revealed
        Questions that these very answers call for and that the page did not yet show, or of which it showed
        other options or items: store the answers and show the same section once more.
    """

    answers: dict[str, Answer]
    errors: tuple[FieldError, ...] = ()
    revealed: tuple[str, ...] = ()


def read_page(
    questionnaire: Questionnaire, section: Section, form: Form, answers: Answers, *, only: str | None = None
) -> PageResult:
    """Read the posted fields of `section`.

    Parameters
    ----------
    questionnaire
        In its flat form.
    form
        Every value of every field name, as werkzeug's ``form.to_dict(flat=False)``. Field names are
        `Question.fields`. The "don't know" of a number comes under the number's own name.
    answers
        The answers stored so far.
    only
        The one question that was posted; the others of the section keep their answers.
    """
    plan = plan_of(questionnaire)
    stop = plan.stops[plan.places[section.name]]
    start = Walk(plan, answers)
    for earlier in plan.stops[: plan.places[section.name]]:
        start.asked(earlier)
    if not start.holds(stop.when):
        return PageResult(dict(answers))
    return _Page(plan, stop, form, answers, start.kept, only).result()


def handed_over(questionnaire: Questionnaire, values: Mapping[str, str]) -> dict[str, Answer]:
    """The answers to hidden questions that come with a link, such as ``?source=poster``.

    What is computed, what no hidden question asks for and codes that it does not have are left out.
    """
    found: dict[str, Answer] = {}
    drawn = {split.name for split in questionnaire.splits}
    for question in questionnaire.questions:
        if question.kind is not QuestionKind.HIDDEN or question.value is not None or question.name in drawn:
            continue
        value = values.get(question.name, "").strip()
        is_known = value in question.codes if question.codes else value.isprintable()
        if 0 < len(value) <= _LONGEST_HANDED_OVER and is_known:
            found[question.name] = value
    return found


@dataclass
class _Page:
    """The reading of one page."""

    plan: Plan
    stop: Stop
    form: Form
    old: Answers
    before: dict[str, Answer]  # the answers of earlier pages that count
    only: str | None = None
    errors: list[FieldError] = field(default_factory=list)
    revealed: dict[str, None] = field(default_factory=dict)
    read: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answers = {name: answer for name, answer in self.old.items() if name not in self.stop.fields}
        self.shown = Walk(self.plan, self.old, self.before)  # as the page was when it was sent
        self.shown_steps = {id(step) for step in self.shown.asked(self.stop)}
        self.now = Walk(self.plan, self.old, self.before)  # as it is with what was posted

    def result(self) -> PageResult:
        for step in self.stop.steps:
            if step.is_hidden:
                self.now.takes(step)
            elif self.only not in {None, step.question.name}:
                self._keep(step)
            elif self.now.is_asked(step):
                if self._was_shown(step):
                    self._read(step)
                else:
                    self.revealed[step.question.name] = None
        for step in self.read:
            self._check_rules(step)
        return PageResult(self.answers, self._errors_in_order(), tuple(self.revealed))

    def _keep(self, step: Step) -> None:
        """Leave a question that was not posted as it was."""
        if self.now.is_asked(step):
            kept = {name: self.old[name] for name in step.question.fields if name in self.old}
            self.answers.update(kept)
            self.now.take(step, kept)

    def _was_shown(self, step: Step) -> bool:
        return id(step) in self.shown_steps or any(name in self.form for name in step.question.fields)

    def _read(self, step: Step) -> None:
        live = step.live_fields(self.now.look)
        page: dict[str, Answer] = {}
        errors: list[FieldError] = []
        for part in live:
            try:
                answer = self._read_field(step, part, page)
            except Refusal as refusal:
                if not self._is_outdated(step, part, refusal):
                    errors.append(FieldError(part.name, refusal.code, refusal.params))
            else:
                if answer is not None:
                    page[part.name] = answer
        errors += self._together(step, live, page, errors)
        errors += self._lacking(step, page, errors)
        self.answers.update(page)
        self.now.take(step, page)
        self.errors += errors
        self.read.append(step)

    def _read_field(self, step: Step, part: AnswerField, page: Mapping[str, Answer]) -> Answer | None:
        """An answer; words only if what they belong to is chosen."""
        if part.option is not None and part.is_words and not step.is_chosen(part.option, page):
            return None
        values = [value for value in self.form.get(part.name, ())[:_MOST_VALUES] if is_typed(value)]
        if not values and step.question.kind is not QuestionKind.MULTIPLE:
            return None
        return read(Posted(step, part, values, step.offered_codes(part, self.now.look), self.now.look))

    def _is_outdated(self, step: Step, part: AnswerField, refusal: Refusal) -> bool:
        """Whether an option was offered when the page was made, and went with this very page's answers."""
        if refusal.code is not ErrorCode.NOT_AN_OPTION or step.is_plain:
            return False
        offered = step.offered_codes(part, self.shown.look)
        is_outdated = all(value in offered for value in self.form.get(part.name, ()) if is_typed(value))
        if is_outdated:
            self.revealed[step.question.name] = None
        return is_outdated

    def _together(
        self, step: Step, live: Sequence[AnswerField], page: dict[str, Answer], errors: list[FieldError]
    ) -> tuple[FieldError, ...]:
        """What is wrong with the answers of a question together; then none of them is kept."""
        question = step.question
        main = [part for part in live if not part.is_words]
        is_whole = (
            question.kind in {QuestionKind.RANKING, QuestionKind.BEST_WORST} or question.total is not None
        )
        found = () if errors else check_together(question, main, page)
        if found or (errors and is_whole):
            for part in live:
                page.pop(part.name, None)
        return found

    def _lacking(self, step: Step, page: dict[str, Answer], errors: list[FieldError]) -> list[FieldError]:
        """What is required and missing; of what the page did not yet show, the question is revealed."""
        wrong = {error.field for error in errors}
        is_wrong = step.question.name in wrong or (wrong and step.question.kind in _WHOLE)
        if step.question.name in self.revealed or is_wrong:
            return []
        lacking = [name for name in step.lacking(self.now.look, page) if name not in wrong]
        unseen = [name for name in lacking if not self._was_seen(step, name)]
        if unseen:
            self.revealed[step.question.name] = None
        for name in lacking:
            page.pop(name, None)
        return [FieldError(name, ErrorCode.REQUIRED, {}) for name in lacking if name not in unseen]

    def _was_seen(self, step: Step, name: str) -> bool:
        if name in self.form or not step.conditions or name == step.question.name:
            return True
        if id(step) not in self.shown_steps:
            return any(field in self.form for field in step.question.fields)
        return any(part.name == name for part in step.live_fields(self.shown.look))

    def _check_rules(self, step: Step) -> None:
        for rule in step.rules:
            broken = tuple(step.broken(rule, self.now.look, self.now.kept))
            if rule.is_about_each:
                for name in broken:
                    self._refuse(rule.rule, name, (name,))
            elif broken:
                self._refuse(rule.rule, broken[0] if len(broken) == 1 else step.question.name, broken)

    def _refuse(self, rule: Rule, name: str, fields: tuple[str, ...]) -> None:
        if not any(error.field == name for error in self.errors):
            self.errors.append(FieldError(name, ErrorCode.RULE, {}, rule.message))
        for each in fields:
            self.answers.pop(each, None)

    def _errors_in_order(self) -> tuple[FieldError, ...]:
        """Errors in the order of the page, those of a question as a whole first."""
        if not self.errors:
            return ()
        places: dict[str, int] = {}
        for step in self.stop.steps:
            for name in (step.question.name, *step.question.fields):
                places.setdefault(name, len(places))
        return tuple(sorted(self.errors, key=lambda error: places[error.field]))
