"""Arbitrary valid questionnaires with routing, and answers and forms for them."""

import unicodedata

from hypothesis import strategies as st

from cityvoice.questionnaire.model import (
    Answer,
    Item,
    MissingKind,
    Question,
    QuestionKind,
    Questionnaire,
    ResponseOption,
    Section,
    Text,
)

LANGUAGES = ("pl", "en", "uk")
KINDS = tuple(QuestionKind)

words = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=20)
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(bool)
)


def texts(languages: tuple[str, ...]) -> st.SearchStrategy[Text]:
    phrases = st.sampled_from(["Tak", "Zażółć gęślą jaźń?", "Чи добре вам тут?", "<b>0 – 10</b>", "a: b # c"])
    return phrases.map(lambda phrase: Text(dict.fromkeys(languages, phrase)))


@st.composite
def option_lists(draw: st.DrawFn, languages: tuple[str, ...], *, valid: bool) -> tuple[ResponseOption, ...]:
    codes = [str(code) for code in range(1, draw(st.integers(1, 4)) + 1)] if valid else []
    missing = draw(st.lists(st.sampled_from(MissingKind), max_size=2, unique=True))
    return tuple(
        [ResponseOption(code, draw(texts(languages))) for code in codes]
        + [ResponseOption(kind.value, draw(texts(languages)), missing=kind) for kind in missing]
    )


@st.composite
def questions(draw: st.DrawFn, name: str, languages: tuple[str, ...], when: str | None) -> Question:
    kind = draw(st.sampled_from(KINDS))
    fields: dict[str, object] = {
        "when": when,
        "hint": draw(st.none() | texts(languages)),
        "label": draw(st.none() | texts(languages)),
    }
    if kind is not QuestionKind.INFO:
        fields["required"] = draw(st.booleans())
    if kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.MATRIX}:
        fields["options"] = draw(option_lists(languages, valid=True))
    if kind in {QuestionKind.SINGLE, QuestionKind.MATRIX}:
        fields["ordered"] = draw(st.booleans())
        fields["favourable"] = draw(st.sampled_from([None, ("1",)]))
    if kind is QuestionKind.MULTIPLE:
        fields["max_answers"] = draw(st.none() | st.integers(1, 3))
    if kind is QuestionKind.MATRIX:
        fields["items"] = tuple(
            Item(each, draw(texts(languages))) for each in ("a", "b")[: draw(st.integers(1, 2))]
        )
    if kind is QuestionKind.SCALE:
        fields |= {"low": 0, "high": draw(st.integers(1, 10)), "low_label": draw(texts(languages))}
    if kind is QuestionKind.NUMBER:
        fields |= draw(st.sampled_from([{}, {"low": 0}, {"low": -1.5, "high": 120, "step": 0.5}]))
    if kind in {QuestionKind.SCALE, QuestionKind.NUMBER}:
        fields["options"] = draw(option_lists(languages, valid=False))
    if kind is QuestionKind.TEXT:
        fields["max_length"] = draw(st.none() | st.integers(1, 100))
    return Question(name, kind, draw(texts(languages)), **fields)  # type: ignore[arg-type]


def condition(earlier: list[Question]) -> st.SearchStrategy[str | None]:
    """Nothing, or a condition on questions asked before."""
    atoms = [f'{each.name} = "1"' for each in earlier if each.kind is QuestionKind.SINGLE]
    atoms += [
        f"{each.name} > 3" for each in earlier if each.kind in {QuestionKind.SCALE, QuestionKind.NUMBER}
    ]
    atoms += [f'selected({each.name}, "1")' for each in earlier if each.kind is QuestionKind.MULTIPLE]
    atoms += [f"answered({each.name})" for each in earlier if each.kind is QuestionKind.TEXT]
    if not atoms:
        return st.none()
    atom = st.sampled_from(atoms)
    combined = st.builds("{} {} {}".format, atom, st.sampled_from(["and", "or"]), atom)
    return st.none() | atom | atom.map("not {}".format) | combined


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    languages = LANGUAGES[: draw(st.integers(1, 3))]
    asked: list[Question] = []
    sections = []
    for number in range(draw(st.integers(1, 4))):
        when = draw(condition(asked))
        own = []
        for place in range(draw(st.integers(1, 3))):
            own.append(draw(questions(f"q{number}_{place}x", languages, draw(condition([*asked, *own])))))
        asked += own
        sections.append(Section(f"s{number}", draw(st.none() | texts(languages)), tuple(own), when=when))
    consent = draw(st.none() | texts(languages))
    return Questionnaire(draw(texts(languages)), languages, tuple(sections), consent=consent)


def field_answers(question: Question) -> st.SearchStrategy[Answer]:
    codes = st.sampled_from(question.codes) if question.codes else st.nothing()
    if question.kind is QuestionKind.MULTIPLE:
        return st.lists(codes, unique=True).map(lambda chosen: sorted(chosen, key=question.codes.index))
    if question.kind is QuestionKind.NUMBER:
        return st.integers(0, 100) | codes
    return words if question.kind is QuestionKind.TEXT else codes


@st.composite
def answers_to(draw: st.DrawFn, questionnaire: Questionnaire) -> dict[str, Answer]:
    """Answers to any of the questions, also to those that would not be asked."""
    return {
        name: draw(field_answers(question))
        for name, question in questionnaire.question_of_field.items()
        if draw(st.booleans())
    }


def forms_for(questionnaire: Questionnaire) -> st.SearchStrategy[dict[str, list[str]]]:
    """What a hostile or careless client may post."""
    names = st.sampled_from([*questionnaire.question_of_field, "csrf_token", "other"])
    values = st.text(max_size=30) | st.sampled_from(
        ["1", "2", "dont_know", "0", "7", " 1 ", "1e999", "-3", "nan"]
    )
    return st.dictionaries(names, st.lists(values, max_size=4), max_size=12)
