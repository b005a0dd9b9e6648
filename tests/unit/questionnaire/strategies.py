"""Arbitrary valid questionnaires with routing, and answers and forms for them."""

import unicodedata
from dataclasses import replace

from hypothesis import strategies as st

from cityvoice.questionnaire.kinds import (
    ColumnKind,
    Geometry,
    MissingKind,
    QuestionKind,
    SelectionMethod,
    TextFormat,
)
from cityvoice.questionnaire.model import (
    SEED,
    Arm,
    Group,
    Questionnaire,
    Repeat,
    Section,
    Selection,
    Split,
)
from cityvoice.questionnaire.names import AnswerField, fields_of
from cityvoice.questionnaire.question import Answer, Column, Item, Question, ResponseOption, Text

LANGUAGES = ("pl", "en", "uk")
KINDS = tuple(QuestionKind)
K = QuestionKind
WITH_OPTIONS = {K.SINGLE, K.MULTIPLE, K.MATRIX, K.RANKING, K.BEST_WORST}
WITH_ITEMS = {K.MATRIX, K.TABLE, K.NUMBERS, K.TEXTS}
WITH_MISSING = {K.SCALE, K.NUMBER, K.NUMBERS, K.DATE, K.TIME}

words = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=20)
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(bool)
)


def texts(languages: tuple[str, ...]) -> st.SearchStrategy[Text]:
    phrases = st.sampled_from(["Tak", "Zażółć gęślą jaźń?", "Чи добре вам тут?", "<b>0 – 10</b>", "a: b # c"])
    return phrases.map(lambda phrase: Text(dict.fromkeys(languages, phrase)))


@st.composite
def option_lists(
    draw: st.DrawFn, languages: tuple[str, ...], *, least: int = 1, most: int = 4, missing: bool = True
) -> tuple[ResponseOption, ...]:
    codes = [str(code) for code in range(1, draw(st.integers(least, most)) + 1)] if most else []
    kinds = draw(st.lists(st.sampled_from(MissingKind), max_size=2, unique=True)) if missing else []
    return tuple(
        [ResponseOption(code, draw(texts(languages)), attributes={"level": code}) for code in codes]
        + [ResponseOption(kind.value, draw(texts(languages)), missing=kind) for kind in kinds]
    )


@st.composite
def columns(draw: st.DrawFn, languages: tuple[str, ...]) -> tuple[Column, ...]:
    kinds = draw(st.lists(st.sampled_from(ColumnKind), min_size=1, max_size=2))
    return tuple(
        Column(
            f"c{number}",
            draw(texts(languages)),
            kind,
            options=draw(option_lists(languages)) if kind is ColumnKind.SINGLE else (),
        )
        for number, kind in enumerate(kinds)
    )


def choice_fields(draw: st.DrawFn, kind: QuestionKind, languages: tuple[str, ...]) -> dict[str, object]:
    """The options and items of a question of this kind."""
    fields: dict[str, object] = {}
    if kind in WITH_OPTIONS:
        least = 2 if kind in {K.RANKING, K.BEST_WORST} else 1
        fields["options"] = draw(option_lists(languages, least=least, missing=kind is not K.RANKING))
    if kind in WITH_MISSING:
        fields["options"] = draw(option_lists(languages, most=0))
    if kind in {K.SINGLE, K.MULTIPLE, K.RANKING} and draw(st.booleans()):
        first, *others = fields["options"]  # type: ignore[misc]
        fields["options"] = (replace(first, specify=True), *others)
    if kind in WITH_ITEMS:
        names = ("a", "b")[: draw(st.integers(1, 2))]
        fields["items"] = tuple(Item(each, draw(texts(languages))) for each in names)
    if kind is K.TABLE:
        fields["columns"] = draw(columns(languages))
    return fields


def limits(draw: st.DrawFn, kind: QuestionKind, languages: tuple[str, ...]) -> dict[str, object]:
    """What limits the answers to a question of this kind."""
    match kind:
        case K.SINGLE | K.MATRIX:
            return {"ordered": draw(st.booleans()), "favourable": draw(st.sampled_from([None, ("1",)]))}
        case K.MULTIPLE:
            return {"max_answers": draw(st.none() | st.integers(1, 3))}
        case K.SCALE:
            return {"low": 0, "high": draw(st.integers(1, 10)), "low_label": draw(texts(languages))}
        case K.NUMBER:
            return draw(st.sampled_from([{}, {"low": 0}, {"low": -1.5, "high": 120, "step": 0.5}]))
        case K.NUMBERS:
            return {"total": draw(st.sampled_from([None, 100]))}
        case K.TEXT | K.TEXTS:
            formats = st.sampled_from([None, None, TextFormat.EMAIL, TextFormat.PHONE])
            return {"max_length": draw(st.none() | st.integers(1, 100)), "format": draw(formats)}
        case K.DATE:
            return {"earliest": draw(st.sampled_from([None, "2026-01-31"]))}
        case K.PLACE:
            return {"geometry": draw(st.sampled_from(Geometry))}
        case _:
            return {}


@st.composite
def questions(draw: st.DrawFn, name: str, languages: tuple[str, ...], when: str | None) -> Question:
    kind = draw(st.sampled_from(KINDS))
    fields: dict[str, object] = {
        "when": when,
        "hint": draw(st.none() | texts(languages)),
        "label": draw(st.none() | texts(languages)),
    }
    if kind not in {K.INFO, K.HIDDEN}:
        fields["required"] = draw(st.booleans())
        if kind is not K.PLACE:
            fields["comment"] = draw(st.none() | texts(languages))
    if kind in WITH_OPTIONS | WITH_ITEMS:
        fields["shuffle"] = draw(st.booleans())
    fields |= choice_fields(draw, kind, languages) | limits(draw, kind, languages)
    return Question(name, kind, draw(texts(languages)), **fields)  # type: ignore[arg-type]


def condition(earlier: list[Question]) -> st.SearchStrategy[str | None]:
    """Nothing, or a condition on questions asked before."""
    atoms = [f'{each.name} = "1"' for each in earlier if each.kind is K.SINGLE]
    atoms += [f"{each.name} > 3" for each in earlier if each.kind in {K.SCALE, K.NUMBER}]
    atoms += [f'selected({each.name}, "1")' for each in earlier if each.kind is K.MULTIPLE]
    atoms += [
        f"answered({each.name})" for each in earlier if each.kind in {K.TEXT, K.DATE, K.FILE, K.CONSENT}
    ]
    atoms += [f"{each.main_fields[0]} = 1" for each in earlier if each.kind is K.RANKING]
    if not atoms:
        return st.none()
    atom = st.sampled_from(atoms)
    combined = st.builds("{} {} {}".format, atom, st.sampled_from(["and", "or"]), atom)
    return st.none() | atom | atom.map("not {}".format) | combined


@st.composite
def with_conditions(draw: st.DrawFn, question: Question, earlier: list[Question]) -> Question:
    """The question with conditions of its items and options, or computed, where its kind allows."""
    when = draw(condition(earlier))
    choices = [each.name for each in earlier if each.kind is K.SINGLE]
    if question.kind is K.HIDDEN and choices:
        return replace(
            question, value=draw(st.sampled_from([None, f'if({choices[0]} = "1", "x", "y")', "1 + 1"]))
        )
    if question.kind in WITH_OPTIONS and choices and draw(st.booleans()):
        return replace(question, option_filter=f"level != {choices[0]}")
    if question.items and when:
        first, *others = question.items
        return replace(question, items=(replace(first, when=when), *others))
    if question.kind in WITH_OPTIONS and when:
        first, *others = question.options
        return replace(question, options=(replace(first, when=when), *others))
    return question


@st.composite
def elements(
    draw: st.DrawFn, prefix: str, languages: tuple[str, ...], asked: list[Question], *, shuffle: bool
) -> tuple[Question, ...]:
    own: list[Question] = []
    for place in range(draw(st.integers(1, 3))):
        known = asked if shuffle else [*asked, *own]
        question = draw(questions(f"{prefix}_{place}x", languages, draw(condition(known))))
        own.append(draw(with_conditions(question, known)))
    return tuple(own)


def repeats(name: str) -> st.SearchStrategy[Repeat]:
    methods = st.sampled_from([SelectionMethod.RANDOM, SelectionMethod.KISH])
    selections = st.builds(Selection, st.just(name), methods, st.sampled_from([None, "position() > 1"]))
    return st.builds(Repeat, st.integers(1, 3), st.sampled_from([None, "2"]), select=st.none() | selections)


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    """An authored questionnaire: with groups, repeats, random orders, filters and a split ballot."""
    languages = LANGUAGES[: draw(st.integers(1, 3))]
    asked: list[Question] = []
    sections = []
    for number in range(draw(st.integers(1, 4))):
        when = draw(condition(asked))
        shuffle = draw(st.booleans())
        own: tuple[Question | Group, ...] = draw(elements(f"q{number}", languages, asked, shuffle=shuffle))
        repeat = None
        if draw(st.booleans()):
            known = asked if shuffle else [*asked, *own]
            inner = draw(elements(f"g{number}", languages, known, shuffle=False))
            repeat = draw(st.none() | repeats(f"chosen{number}"))
            title = draw(st.none() | texts(languages))
            group = Group(f"group{number}", title, inner, when=draw(condition(known)), repeat=repeat)
            own = (*own, group)
            asked += inner if repeat is None else ()
        asked += [each for each in own if isinstance(each, Question)]
        title = draw(st.none() | texts(languages))
        sections.append(Section(f"s{number}", title, own, when=when, shuffle=shuffle))
    arms = tuple(Arm(code, draw(texts(languages))) for code in ("A", "B"))
    splits = (Split("version", arms),) if draw(st.booleans()) else ()
    consent = draw(st.none() | texts(languages))
    title = draw(texts(languages))
    return Questionnaire(title, languages, tuple(sections), consent=consent, splits=splits)


def field_answers(part: AnswerField) -> st.SearchStrategy[Answer]:
    """What may be stored under one answer key."""
    codes = st.sampled_from(part.codes) if part.codes else st.nothing()
    if part.is_words:
        return words
    match part.question.kind:
        case K.MULTIPLE:
            return st.lists(codes, unique=True).map(lambda chosen: sorted(chosen, key=part.codes.index))
        case K.NUMBER | K.NUMBERS:
            return st.integers(0, 100) | codes
        case K.RANKING:
            return st.integers(1, 2)
        case K.DATE:
            return st.dates().map(str) | codes
        case K.TIME:
            return st.sampled_from(["08:05", "23:59"]) | codes
        case K.TABLE if part.column and part.column.kind is ColumnKind.NUMBER:
            return st.integers(0, 100) | codes
        case _:
            return codes if part.codes else words


@st.composite
def answers_to(draw: st.DrawFn, questionnaire: Questionnaire) -> dict[str, Answer]:
    """Answers to any of the questions of a flat questionnaire, also to those that would not be asked."""
    answers = {
        name: draw(field_answers(part))
        for name, part in fields_of(questionnaire).items()
        if draw(st.booleans())
    }
    return answers | {SEED: draw(st.integers(0, 2**31))}


def forms_for(questionnaire: Questionnaire) -> st.SearchStrategy[dict[str, list[str]]]:
    """What a hostile or careless client may post."""
    names = st.sampled_from([*questionnaire.question_of_field, "csrf_token", "other"])
    values = st.text(max_size=30) | st.sampled_from(
        ["1", "2", "dont_know", "0", "7", " 1 ", "1e999", "-3", "nan", "31.12.2026", "POINT(19 50)", "18:05"]
    )
    return st.dictionaries(names, st.lists(values, max_size=4), max_size=12)
