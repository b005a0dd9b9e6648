import re

import pytest

from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.errors import DocumentError
from cityvoice.questionnaire.exporters.limesurvey.surveys import to_limesurvey
from cityvoice.questionnaire.importers.formats import read_questionnaire
from cityvoice.questionnaire.importers.limesurvey.patterns import PatternRefused, python_pattern
from cityvoice.questionnaire.importers.limesurvey.tables import MAX_BYTES
from cityvoice.questionnaire.importers.markup import plain_text
from cityvoice.questionnaire.kinds import ColumnKind, Display, QuestionKind
from cityvoice.questionnaire.message import Message
from tests.unit.questionnaire.limesurvey_files import Survey, archive, xml

K = QuestionKind


def imported(survey: Survey):
    found = read_questionnaire(survey.content, "city.lss")
    assert check(found.questionnaire) == ()
    return found


def only(survey: Survey, name: str):
    return imported(survey).questionnaire.question(name)


def losses(found) -> list[str]:
    return [f"{loss.where}: {loss.what}: {loss.why}" for loss in found.losses]


# --- generations


def rows_of_version_2() -> dict[str, list[dict[str, object]]]:
    question = {"qid": 5, "parent_qid": 0, "sid": 7, "gid": 3, "type": "F", "title": "sat", "other": "N"}
    item = {"qid": 6, "parent_qid": 5, "gid": 3, "title": "parks", "scale_id": 0}
    words = (
        ("en", "How good?", "Parks", "Good", "Page"),
        ("de-informal", "Wie gut?", "Grün", "Gut", "Seite"),
    )
    return {
        "surveys": [{"sid": 7, "language": "en", "additional_languages": "de-informal", "format": "G"}],
        "surveys_languagesettings": [
            {"surveyls_language": each[0], "surveyls_title": each[4]} for each in words
        ],
        "groups": [
            {"gid": 3, "group_name": each[4], "group_order": 1, "language": each[0]} for each in words
        ],
        "questions": [question | {"question": each[1], "language": each[0]} for each in words],
        "subquestions": [item | {"question": each[2], "language": each[0]} for each in words],
        "answers": [
            {"qid": 5, "code": "A1", "answer": each[3], "sortorder": 1, "language": each[0], "scale_id": 0}
            for each in words
        ],
    }


def test_one_row_for_each_language():
    found = read_questionnaire(xml("177", **rows_of_version_2()), "old.lss").questionnaire
    assert found.languages == ("en", "de-informal")
    question = found.question("sat")
    assert question.text.translations == {"en": "How good?", "de-informal": "Wie gut?"}
    assert question.items[0].label.in_("de-informal") == "Grün"
    assert [option.label.in_("de") for option in question.options] == ["Good"]


def test_label_sets_of_the_first_files():
    tables = rows_of_version_2()
    tables["questions"] = [row | {"lid": 9, "lid1": 0} for row in tables["questions"]]
    tables["answers"] = [row | {"code": "parks", "answer": "Parks"} for row in tables["answers"]]
    tables["labels"] = [{"lid": 9, "code": "1", "title": "bad", "sortorder": 1, "language": "en"}]
    tables["labels"] += [{"lid": 9, "code": "2", "title": "good", "sortorder": 2, "language": "en"}]
    del tables["subquestions"]
    question = read_questionnaire(xml("143", **tables), "older.lss").questionnaire.question("sat")
    assert (question.kind, [item.name for item in question.items]) == (K.MATRIX, ["parks"])
    assert [(each.code, each.label.in_("en")) for each in question.options] == [("1", "bad"), ("2", "good")]


def test_a_group_and_a_question_alone():
    survey = Survey()
    survey.question("q", "T")
    tables = {name: rows for name, rows in survey.tables.items() if not name.startswith("surveys")}
    found = read_questionnaire(xml("630", "Group", **tables), "page.lsg").questionnaire
    assert (found.title.in_("en"), found.sections[0].title.in_("en")) == ("First page", "First page")
    del tables["groups"], tables["group_l10ns"]
    assert read_questionnaire(xml("630", "Question", **tables), "q.lsq").questionnaire.title.in_("en") == "q"


def test_the_survey_of_an_archive():
    survey = Survey()
    survey.question("q", "T")
    packed = archive(survey_7__lss=survey.content, survey_7_responses__lsr=b"<secret/>")
    assert read_questionnaire(packed, "city.lsa").questionnaire.question("q").kind is K.TEXT


def test_tab_separated():
    columns = (
        "class type/scale name relevance text help language validation mandatory other default same_default"
    )
    table = [
        [*columns.split(), "max_answers"],
        ["S", "", "language", "", "en"],
        ["S", "", "additional_languages", "", "fr"],
        ["SL", "", "surveyls_title", "", "A city", "", "en"],
        ["G", "G1", "Page", "1", "", "", "en"],
        ["Q", "M", "media", "1", "Which?", "", "en", "", "Y", "Y", "", "", "2"],
        ["SQ", "0", "radio", "1", "Radio", "", "en"],
        ["Q", "L", "why", 'media_radio == "Y"', "Why?", "", "en", "", "N", "N", "A1"],
        ["A", "0", "A1", "", "Music", "", "en"],
        ["G", "G1", "Page", "1", "", "", "fr"],
        ["Q", "M", "media", "1", "Lesquels ?", "", "fr", "", "Y", "Y", "", "", "2"],
        ["SQ", "0", "radio", "1", "La radio", "", "fr"],
    ]
    data = "\n".join("\t".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in table)
    found = read_questionnaire(data.encode(), "city.txt").questionnaire
    media, why = found.question("media"), found.question("why")
    assert (media.required, media.max_answers, [option.code for option in media.options]) == (
        True,
        2,
        ["radio", "other"],
    )
    assert media.text.in_("fr") == "Lesquels ?"
    assert (why.when, why.default) == ('selected(media, "radio")', '"A1"')


# --- files that are broken


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.lss", "no well-formed XML"),
        (b"<document>\n<LimeSurvey", "a.lss", "line 2"),
        (b"<html/>", "a.lss", "no LimeSurvey file"),
        (xml("x"), "a.lss", "DBVersion"),
        (xml("630"), "a.lss", "none of their tables"),
        (b"PK nothing", "a.lsa", "no readable zip archive"),
        (archive(a__lsr=b""), "a.lsa", "expected one .lss file inside, found 0"),
        (archive(a__lss=b"", b__lss=b""), "a.lsa", "found 2"),
        (b"name\ttext\nx\ty", "a.tsv", "row 1: expected the columns"),
        (b"class\ttype/scale\tname\trelevance\ttext\thelp\tlanguage\nZ", "a.tsv", "line 2: expected a class"),
        (b"\xff\xfe", "a.tsv", "no text in UTF-8"),
        (b"", "a.docx", "no kind of questionnaire"),
    ],
)
def test_broken_files_say_where(data, name, said):
    with pytest.raises(DocumentError, match=said.replace("(", r"\(")):
        read_questionnaire(data, name)


def test_entities_are_not_resolved():
    hostile = b'<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    survey = Survey()
    survey.question("q", "T", "SECRET")
    content = hostile + survey.content.replace(b"SECRET", b"[&f;]")
    assert read_questionnaire(content, "a.lss").questionnaire.question("q").text.in_("en") == "[&f;]"


def test_an_archive_that_unpacks_to_too_much():
    bomb = archive(a__lss=b" " * (MAX_BYTES + 10))
    with pytest.raises(DocumentError, match="larger than 64 MB"):
        read_questionnaire(bomb, "a.lsa")


# --- types


def test_every_type_becomes_its_kind():
    survey = Survey()
    parts = {"rows": ("a", "b"), "answers": ("A1", "A2"), "columns": ("x", "y"), "second": ("B1", "B2")}
    expected = {
        **dict.fromkeys("L!OYG", K.SINGLE),
        "5": K.SCALE,
        **dict.fromkeys("MP", K.MULTIPLE),
        **dict.fromkeys("FABCEH", K.MATRIX),
        **dict.fromkeys("1:;", K.TABLE),
        **dict.fromkeys("STU", K.TEXT),
        "Q": K.TEXTS,
        "N": K.NUMBER,
        "K": K.NUMBERS,
        "D": K.DATE,
        "R": K.RANKING,
        "X": K.INFO,
        "|": K.FILE,
        "*": K.HIDDEN,
    }
    for number, type_ in enumerate(expected):
        survey.question(f"q{number}", type_, "{1 + 1}" if type_ == "*" else "Well?", **parts)
    survey.question("language", "I")
    found = imported(survey)
    assert [question.kind for question in found.questionnaire.questions] == list(expected.values())
    assert any("question of type 'I'" in each for each in losses(found))
    assert found.n_items == 2 * len("FABCEH1:;QK")


def test_columns_of_tables():
    survey = Survey()
    dual = {"answers": ("A1",), "second": ("B1", "B2"), "attributes": {"dualscale_headerA": "Now"}}
    survey.question("dual", "1", rows=("a",), **dual)
    survey.question("numbers", ":", rows=("a",), columns=("x",), attributes={"multiflexible_max": "7"})
    survey.question("ticks", ":", rows=("a",), columns=("x",), attributes={"multiflexible_checkbox": "1"})
    survey.question("texts", ";", rows=("a",), columns=("x",))
    found = imported(survey).questionnaire
    first, second = found.question("dual").columns
    assert (first.label.in_("en"), second.label.in_("en")) == ("Now", "Scale 2")
    assert [option.code for option in second.options] == ["B1", "B2"]
    assert found.question("dual").main_fields == ("dual_a_0", "dual_a_1")
    (column,) = found.question("numbers").columns
    assert (column.kind, column.low, column.high, column.step) == (ColumnKind.NUMBER, 1, 7, 1)
    assert found.question("ticks").columns[0].kind is ColumnKind.FLAG
    assert found.question("texts").columns[0].kind is ColumnKind.TEXT


def test_built_in_words_in_the_survey_s_languages():
    survey = Survey("pl", "uk", "ar")
    survey.question("q", "Y", "?")
    yes, no = only(survey, "q").options
    assert yes.label.translations == {"pl": "Tak", "uk": "Так", "ar": "نعم"}
    assert (yes.code, no.code) == ("Y", "N")


def test_other_its_words_and_its_place():
    survey = Survey()
    attributes = {
        "other_replace_text": "Another",
        "other_position": "beginning",
        "other_comment_mandatory": "1",
    }
    survey.question("q", "L", answers=("A1",), other="Y", attributes=attributes)
    survey.question("after", "T", relevance='q == "-oth-" and q_other.NAOK != ""')
    found = imported(survey).questionnaire
    question = found.question("q")
    assert [(each.code, each.specify) for each in question.options] == [("other", True), ("A1", False)]
    assert question.options[0].label.in_("en") == "Another"
    assert [rule.expression for rule in question.rules] == [
        'not holds(selected(q, "other")) or answered(q_other_text)'
    ]
    assert found.question("after").when == 'q = "other" and answered(q_other_text)'


def test_limits_become_fields_and_computed_limits_rules():
    survey = Survey()
    survey.question("low", "N")
    limits = {"min_num_value_n": "1.5", "max_num_value_n": "9", "num_value_int_only": "1", "suffix": "km"}
    survey.question("n", "N", attributes=limits)
    survey.question("m", "N", attributes={"min_num_value_n": "low + 1"})
    survey.question(
        "k", "K", rows=("a", "b"), attributes={"equals_num_value": "100", "max_num_value_n": "80"}
    )
    survey.question("s", "S", preg="/^[0-9]{2}$/", attributes={"maximum_chars": "5"})
    survey.question("d", "D", attributes={"date_min": "2007", "date_max": '"now"'})
    multiple = {"min_answers": "1", "max_answers": "2", "exclude_all_others": "c"}
    survey.question("c", "M", rows=("a", "b", "c"), attributes=multiple)
    found = imported(survey).questionnaire
    n, k, s, d, c = (found.question(name) for name in "nksdc")
    assert (n.low, n.high, n.step, n.unit.in_("en")) == (1.5, 9, 1, "km")
    rule = "not known(low + 1) or not answered(m) or m >= low + 1"
    assert [each.expression for each in found.question("m").rules] == [rule]
    assert (k.total, k.high) == (100, 80)
    assert (s.pattern, s.max_length, s.display) == ("[0-9]{2}", 5, Display.LINE)
    assert (d.earliest, d.latest) == ("2007-01-01", "today()")
    assert (c.min_answers, c.max_answers, [option.exclusive for option in c.options]) == (
        1,
        2,
        [False, False, True],
    )


def test_validation_equations_and_their_tips():
    survey = Survey()
    tip = {"em_validation_q": "sum(self) < 11", "em_validation_q_tip": "<b>Too much</b>"}
    survey.question("k", "K", rows=("a", "b"), attributes=tip)
    survey.question(
        "e", "K", rows=("a", "b"), attributes={"em_validation_sq": "(this / 2) == floor(this / 2)"}
    )
    found = imported(survey)
    (rule,) = found.questionnaire.question("k").rules
    assert (rule.expression, rule.message.in_("en")) == ("sum(0, k_a, k_b) < 11", "Too much")
    (each,) = found.questionnaire.question("e").rules
    even = "(not answered(e_{0}) or e_{0} / 2 = floor(e_{0} / 2))"
    assert each.expression == f"{even.format('a')} and {even.format('b')}"
    assert (found.n_expressions_found, found.n_expressions_compiled) == (2, 2)


def test_array_filters_become_conditions_of_items_and_options():
    survey = Survey()
    survey.question("media", "M", rows=("radio", "web"), other="Y")
    survey.question(
        "rate", "F", rows=("radio", "web", "else"), answers=("1",), attributes={"array_filter": "media"}
    )
    survey.question("rest", "M", rows=("radio", "web"), attributes={"array_filter_exclude": "media"})
    found = imported(survey)
    assert [item.when for item in found.questionnaire.question("rate").items] == [
        'selected(media, "radio")',
        'selected(media, "web")',
        None,
    ]
    assert found.questionnaire.question("rest").options[0].when == 'not holds(selected(media, "radio"))'
    assert found.n_expressions_found == 0


def test_hidden_questions_are_handed_over_or_left_out():
    survey = Survey()
    survey.question("h", "T", attributes={"hidden": "1"})
    survey.question("m", "M", rows=("a",), attributes={"hidden": "1"})
    found = imported(survey).questionnaire
    assert found.question("h").kind is K.HIDDEN
    assert (found.question("m").kind, found.question("m").when) == (K.MULTIPLE, "false")


# --- expressions and texts


def test_old_conditions_scenarios_and_methods():
    survey = Survey()
    a = survey.question("a", "L", answers=("A1", "A2"))
    m = survey.question("m", "M", rows=("x",))
    n = survey.question("n", "N")
    q = survey.question("q", "T")
    stem = f"7X{survey.gid}X"
    rows = [
        (1, f"{stem}{a}", "==", "A1"),
        (1, f"{stem}{a}", "==", "A2"),
        (1, f"+{stem}{m}x", "==", "Y"),
        (2, f"{stem}{n}", ">=", "18"),
        (2, f"{stem}{n}", "RX", "/^1/"),
        (3, "{TOKEN:SEX}", "==", "F"),
    ]
    for scenario, field, method, value in rows:
        survey.add("conditions", qid=q, cfieldname=field, method=method, value=value, scenario=scenario)
    found = imported(survey)
    when = found.questionnaire.question("q").when
    first = '(a = "A1" or a = "A2") and selected(m, "x")'
    assert when == f'{first} or n >= 18 and matches(text(n), "^1")'
    assert any("TOKEN:SEX" in each for each in losses(found))


def test_relevance_of_groups_and_subquestions():
    survey = Survey()
    survey.question("age", "T")
    survey.question("m", "M", rows=("a", ("b", "B", "age > 5")))
    survey.group("Next", relevance='m_a.NAOK == "Y" && !is_empty(age)')
    survey.question("q", "T")
    found = imported(survey)
    assert found.questionnaire.sections[1].when == 'selected(m, "a") and answered(age)'
    assert found.questionnaire.question("m").options[1].when == "number(age) > 5"
    assert (found.n_expressions_found, found.n_expressions_compiled) == (2, 2)


def test_texts_are_plain_and_keep_answers_and_links():
    survey = Survey()
    survey.question("name", "S")
    survey.question("q", "L", answers=("A1",))
    link = '<a href="https://example.org">us</a>'
    text = f"<p>Dear <b>{{name}}</b>,</p><p>see {link} {{q.shown}} {{q}} {{ no }}<script>x</script>"
    survey.question("r", "T", text, help="{nobody}")
    found = imported(survey)
    question = found.questionnaire.question("r")
    expected = "Dear {name},\n\nsee us (https://example.org) {q} {text(q)} {{ no }"
    assert question.text.in_("en") == expected
    assert question.hint.in_("en") == "…"
    assert any("nobody" in each for each in losses(found))
    assert any("script in the text" in each for each in losses(found))
    assert (found.n_expressions_found, found.n_expressions_compiled) == (4, 3)


def test_conditions_that_look_forward_are_left_out_and_told():
    survey = Survey()
    survey.question("q", "T", relevance='later == "A1"')
    survey.question("later", "L", answers=("A1",))
    found = imported(survey)
    assert found.questionnaire.question("q").when is None
    assert any("is not asked before" in each for each in losses(found))
    assert (found.n_expressions_found, found.n_expressions_compiled) == (1, 0)


def test_names_that_cannot_be_or_are_taken():
    survey = Survey()
    survey.question("1-bad", "T")
    survey.question("q", "M", rows=("a",))
    survey.question("q_a", "T")
    survey.question("not", "T")
    survey.question("dup", "L", answers=("A 1", "A 1"))
    found = imported(survey)
    names = [question.name for question in found.questionnaire.questions]
    assert names == ["v_1_bad", "q", "q_a_2", "not_2", "dup"]
    assert len([each for each in losses(found) if "became" in each]) == 4
    assert [option.code for option in found.questionnaire.question("dup").options] == ["A 1", "A 1_2"]


def test_missing_translations_are_told_once_for_each_language():
    survey = Survey("pl", "en")
    survey.question("a", "T", {"pl": "Dlaczego?"})
    survey.question("b", "T", {"en": "Why?"})
    found = imported(survey)
    assert found.questionnaire.question("a").text.translations == {"pl": "Dlaczego?"}
    assert found.questionnaire.question("b").text.in_("pl") == "Why?"
    (told,) = (each for each in losses(found) if each.startswith("language 'en'"))
    assert re.sub(r" \(line \d+\)", "", told) == (
        "language 'en': texts that are missing (1): question a, text: the words in 'pl' stand instead"
    )


def test_quotas():
    survey = Survey()
    sex = survey.question("sex", "G")
    media = survey.question("media", "M", rows=("radio",))
    survey.add("quota", id=1, name="Women", qlimit=10, active=1)
    survey.add("quota_members", quota_id=1, qid=sex, code="F")
    survey.add("quota_members", quota_id=1, qid=media, code="radio")
    survey.add("quota_languagesettings", quotals_quota_id=1, quotals_language="en", quotals_message="Enough")
    (quota,) = imported(survey).questionnaire.quotas
    assert (quota.name, quota.limit, quota.message.in_("en")) == ("Women", 10, "Enough")
    assert quota.when == 'sex = "F" and selected(media, "radio")'


def test_the_survey_s_own_words_and_settings():
    survey = Survey()
    survey.question("q", "T")
    survey.settings(showsurveypolicynotice=2, startdate="2026-09-01 00:00:00", assessments="Y", format="S")
    texts = {"welcometext": "Hello", "endtext": "Thanks", "policy_notice": "We keep it", "alias": "city-2026"}
    survey.texts(**{f"surveyls_{name}": {"en": words} for name, words in texts.items()})
    found = imported(survey)
    questionnaire = found.questionnaire
    assert next(questionnaire.questions).text.in_("en") == "Hello"
    assert (questionnaire.thanks.in_("en"), questionnaire.consent.in_("en")) == ("Thanks", "We keep it")
    assert (found.slug, str(found.fieldwork[0])) == ("city-2026", "2026-09-01")
    assert any("answers are not scored" in each for each in losses(found))
    assert any("one question per page" in each for each in losses(found))


def test_random_orders():
    survey = Survey()
    survey.question("a", "T")
    survey.question("b", "T", attributes={"random_group": "R"})
    survey.question("c", "M", rows=("x", "y"), attributes={"random_group": "R", "random_order": "1"})
    survey.group("Second", random="G")
    survey.question("d", "T")
    found = imported(survey).questionnaire
    _, group = found.sections[0].elements
    assert (group.shuffle, [each.name for each in group.elements]) == (True, ["b", "c"])
    assert found.question("c").shuffle
    assert found.sections[1].rotation == "G"


def test_attributes_that_are_not_kept_are_told():
    survey = Survey()
    survey.question("q", "T", attributes={"time_limit": "30", "time_limit_action": "1", "cssclass": "big"})
    survey.question("r", "T", attributes={"time_limit_action": "1", "plugin_thing": "7"})
    told = losses(imported(survey))
    assert [each.split(": ")[1] for each in told] == [
        "time_limit = 30",
        "time_limit_action = 1",
        "plugin_thing = 7",
    ]


# --- pieces


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("a < b & c", "a < b & c"),
        ("<p>a</p><p>b<br>c</p>", "a\n\nb\nc"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ('<a href="mailto:a@b.pl">write</a>', "write (a@b.pl)"),
        ('<a href="https://b.pl">https://b.pl</a>', "https://b.pl"),
        ('<a href="javascript:x()">x</a>', "x"),
        ('<img src="x" alt="a tree">&nbsp;&amp;', "a tree &"),
        ("<style>p { color: red }</style>x", "x"),
        ("<b>unclosed", "unclosed"),
    ],
)
def test_html_becomes_plain_text(html, plain):
    assert plain_text(html).text == plain


@pytest.mark.parametrize(
    ("written", "search", "whole"),
    [
        ("/^[0-9]{5}$/", "^[0-9]{5}$", "[0-9]{5}"),
        ("/a/i", "(?i:a)", r"[\s\S]*(?:(?i:a))[\s\S]*"),
        ("#^a|b$#", "^a|b$", r"[\s\S]*(?:^a|b$)[\s\S]*"),
        (r"/\/x\$$/", r"/x\$$", r"[\s\S]*(?:/x\$$)[\s\S]*"),
    ],
)
def test_patterns(written, search, whole):
    assert python_pattern(written) == (search, whole)


@pytest.mark.parametrize("written", ["", "abc", "/a", "/(/", "/a/q", "/(?=a)b/"])
def test_patterns_that_cannot_be_taken_over(written):
    with pytest.raises(PatternRefused):
        python_pattern(written)


# --- there and back


def test_an_export_imported_again_is_the_same():
    survey = Survey("en", "pl")
    survey.texts(surveyls_endtext={"en": "Thanks {name}", "pl": "Dzięki"})
    survey.question("name", "S", {"en": "Your name?", "pl": "Imię?"}, preg="/^[A-Z].*$/")
    survey.question(
        "sat", "F", "How {name}?\nWell", rows=("parks", ("roads", "R", "name == 'x'")), answers=("1", "2")
    )
    survey.question("media", "M", rows=("radio", "web"), other="Y", attributes={"exclude_all_others": "web"})
    survey.question(
        "why", "O", answers=("A1",), relevance='media_radio.NAOK == "Y" and sat_parks.NAOK == "1"'
    )
    survey.question("share", "K", rows=("a", "b"), attributes={"equals_num_value": "100"}, mandatory="Y")
    survey.question("dual", "1", rows=("a",), answers=("A1",), second=("B1",))
    survey.question(
        "grid", ":", rows=("a",), columns=("x",), attributes={"multiflexible_max": "7", "input_boxes": "1"}
    )
    survey.question("rank", "R", answers=("A1", "A2"), attributes={"max_answers": "1"})
    survey.question("day", "D", attributes={"date_min": "2007-01-01"})
    survey.question("sex", "G")
    survey.question("more", "E", rows=("a",))
    survey.question("total", "*", "{sum(share_a.NAOK, share_b.NAOK)}", attributes={"hidden": "1"})
    survey.group("Second", relevance="!is_empty(name.NAOK)")
    survey.question("end", "X", "{sat_parks.shown} & <b>bye</b>")
    first = imported(survey).questionnaire
    exported = to_limesurvey(first)
    assert not [loss for loss in exported.losses if "stand instead" not in loss.why]
    assert read_questionnaire(exported.content, "again.lss").questionnaire == first


def test_losses_can_be_said_in_other_languages():
    survey = Survey("pl", "en")
    survey.question("a b", "T", {"pl": "Dlaczego?"}, relevance="nothing.NAOK == 1")
    found = imported(survey).losses
    assert len(found) >= 3
    assert all(isinstance(loss.where, Message) and isinstance(loss.why, Message) for loss in found), found
    assert {"question %(name)s (line %(line)s)", "language %(language)r"} <= {
        getattr(loss.where, "template", "") for loss in found
    }
