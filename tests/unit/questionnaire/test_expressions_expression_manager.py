import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import Call, Literal, Name
from cityvoice.questionnaire.expressions.evaluate import compiled, is_true
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.syntaxes.blanks import flag
from cityvoice.questionnaire.expressions.syntaxes.expression_manager import (
    parse_condition,
    parse_value,
    split_text,
    to_expression_manager,
)
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal


def chosen(question, code):
    return flag(Call("selected", (Name(question), Literal(code))))


NAMES = {
    **{name: [Name(name)] for name in ("age", "sex", "street", "born", "this", "m_a", "m_b", "m_c")},
    "12X3X45": [Name("age")],
    "12X3X46web": [chosen("news", "web")],
    "news_web": [chosen("news", "web")],
    "news_press": [chosen("news", "press")],
    "TOKEN:ATTRIBUTE_1": [Name("district")],
    "self": [Name("m_a"), Name("m_b"), Name("m_c")],
    "self.sq_a": [Name("m_a")],
    "that.m": [Name("m_a"), Name("m_b"), Name("m_c")],
}


class Survey:
    """Questions age, sex, street, a multiple choice of news, a matrix, and a token attribute."""

    def variable(self, name):
        if name == "secret":
            raise Refusal("is kept secret")
        return NAMES.get(name)

    def fact(self, name, attribute):
        return {"qid": 45, "type": "L"}.get(attribute)

    def flag(self, name, code):
        return f"news_{code}" if name == "news" else None

    def variables(self, name):
        return ("news_web", "news_press") if name == "news" else (name,)


class Spelled(Survey):
    def variable(self, name):
        return {"news": None, "elsewhere": None}.get(name, name)


def condition(text):
    return render(parse_condition(text, Survey()))


def value(text):
    return render(parse_value(text, Survey(), "Q7"))


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        # Operators, spelled either way and in either case.
        ("age >= 18 && sex == 'f'", 'age >= 18 and sex = "f"'),
        ('age GE 18 AND sex eq "f"', 'age >= 18 and sex = "f"'),
        ("age lt 1 or age le 2 || age gt 3 or (age ne 4)", "age < 1 or age <= 2 or age > 3 or age != 4"),
        ("(age == 1 && sex == 2) || (age == 3)", "age = 1 and sex = 2 or age = 3"),
        ("age - 1 + 2 * 3 / 4 > -5", "age - 1 + 2 * 3 / 4 > -5"),
        ("age > .5 and age < 2.", "age > 0.5 and age < 2.0"),
        ("+age > 1", "age > 1"),
        # A blank answer is an empty text.
        ("age == ''", "not answered(age)"),
        ('"" != age', "answered(age)"),
        ("is_empty(age)", "not answered(age)"),
        ("!is_empty(age.NAOK)", "answered(age)"),
        ("!(age == '')", "answered(age)"),
        ("sex != 'f'", 'sex != "f"'),
        ("sex.NAOK != 'f'", 'not holds(sex = "f")'),
        ("!(sex.NAOK == 'f')", 'not holds(sex = "f")'),
        ("!(sex == 'f')", 'not sex = "f"'),
        ("!!(sex.NAOK == 'f')", 'sex = "f"'),
        # Options of a multiple choice are variables of their own.
        ("news_web == 'Y'", 'selected(news, "web")'),
        ("12X3X46web.NAOK == 'Y'", 'selected(news, "web")'),
        ("news_web != 'Y'", 'not holds(selected(news, "web"))'),
        ("news_web == ''", 'not holds(selected(news, "web"))'),
        ("news_web == 'N'", "false"),
        ("is_empty(news_web)", 'not holds(selected(news, "web"))'),
        ("news_web", 'selected(news, "web")'),
        ("count(news_web, news_press) > 1", None),
        # Names.
        ("12X3X45.NAOK > 3", "age > 3"),
        ("INSERTANS:12X3X45 > 3", "age > 3"),
        ("TOKEN:ATTRIBUTE_1 == 'x'", 'district = "x"'),
        ("self.sq_a.NAOK > 1", "m_a > 1"),
        ("sum(self) < 11", "sum(0, m_a, m_b, m_c) < 11"),
        ("sum(that.m.NAOK) == 100", "sum(0, m_a, m_b, m_c) = 100"),
        ("is_empty(self)", "not (answered(m_a) or answered(m_b) or answered(m_c))"),
        ("(this / 2) == floor(this / 2)", "this / 2 = floor(this / 2)"),
        # Values as conditions.
        ("1", "true"),
        ("0", "false"),
        ("'0'", "false"),
        ("sex", "holds(sex)"),
        ("count(self)", "count(m_a, m_b, m_c) != 0"),
        ("(age > 3) == 1", "age > 3"),
        ("(age > 3) == 0", "not holds(age > 3)"),
        ("if(sex == 'f', 1, 0)", 'if(sex = "f", true, false)'),
        # Functions of conditions.
        ('countif("3", self) > 0', 'count_if("3", m_a, m_b, m_c) > 0'),
        ('countifop("lt", 0, self) == 0', "count_true(m_a < 0, m_b < 0, m_c < 0) = 0"),
        ("regexMatch('/^a\\/b$/i', street)", r'matches(text(street), "(?i)^a/b$")'),
        ("checkdate(2, 30, age)", "known(date(age, 2, 30))"),
        ("is_numeric(street) && !is_nan(age)", "is_number(street) and is_number(age)"),
        ("is_int(age)", "age = int(age)"),
        ("unique(self)", "unique(m_a, m_b, m_c)"),
        ("strlen(street) == 0", "length(text(street)) = 0"),
    ],
)
def test_conditions(text, ours):
    if ours is None:
        ours = 'count(if(selected(news, "web"), "Y", ""), if(selected(news, "press"), "Y", "")) > 1'
    assert condition(text) == ours


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("age.shown", "label(age)"),
        ("news_web.shown", 'if(selected(news, "web"), label(news, "web"), "")'),
        ("age.question", "question(age)"),
        ("news_web.question", "question(news)"),
        ("age.qid", "45"),
        ("age.type", '"L"'),
        ("age.relevanceStatus", "if(answered(age), 1, 0)"),
        ("street + ''", "text(street)"),
        ("'a' + street + \"b\"", 'concat("a", street, "b")'),
        ("1 + '2'", '1 + "2"'),
        ("2, 10", "10"),
        ("if(sex.NAOK == 'f', 'Ms', 'Mr')", 'if(holds(sex = "f"), "Ms", "Mr")'),
        ("sumifop('gt', 0, self)", "sum(0, if(m_a > 0, m_a, 0), if(m_b > 0, m_b, 0), if(m_c > 0, m_c, 0))"),
        ("intval(age)", "int(coalesce(number(age), 0))"),
        ("intval(is_empty(age))", "int(if(not answered(age), 1, 0))"),
        ("implode(', ', street, age)", 'join(", ", street, age)'),
        ("join('a', age)", 'concat("a", age)'),
        ("list(self)", 'join(", ", m_a, m_b, m_c)'),
        ("substr(street, 0, 3)", "substring(text(street), 1, 3)"),
        ("substr(street, -3)", "substring(text(street), -3)"),
        ("substr(street, age)", "substring(text(street), age + 1)"),
        ("str_replace('a', 'b', street)", 'replace(text(street), "a", "b")'),
        ("strpos(street, 'x')", 'find(text(street), "x") - 1'),
        ("stripos(street, 'X')", 'find(lower(text(street)), lower("X")) - 1'),
        (
            "strstr(street, 'x')",
            'if(contains(text(street), "x"), concat("x", after(text(street), "x")), "")',
        ),
        (
            "strcasecmp(street, sex)",
            "if(lower(text(street)) = lower(text(sex)), 0, "
            "if(lower(text(street)) < lower(text(sex)), -1, 1))",
        ),
        ("sprintf('%s: %d %.1f%%', sex, age, age)", 'concat(sex, ": ", int(age), " ", fixed(age, 1), "%")'),
        ("date('Y-m-d H:i')", 'format_date(now(), "%Y-%m-%d %H:%M")'),
        ("date('d.m.Y', strtotime(born))", 'format_date(date(born), "%d.%m.%Y")'),
        ("time() - strtotime(born)", "seconds(now()) - seconds(date(born))"),
        ("strtotime('today')", "seconds(today())"),
        (
            "mktime(1, 2, 3, 4, 5, 2020)",
            "sum(seconds(date(2020, 4, 5)), 1 * 3600, 2 * 60, 3 * 1)",
        ),
        ("htmlspecialchars(street)", "street"),
        ("number_format(age, 2)", "fixed(age, 2)"),
        ("rand(1, 6)", 'floor(random("Q7:1") * 6) + 1'),
        ("getAnswerOptionText(age.qid, '07')", 'label(age, "07")'),
        ("STRTOUPPER(trim(street))", "upper(trim(text(street)))"),
        ("sex.shown", "label(sex)"),
    ],
)
def test_values(text, ours):
    assert value(text) == ours


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("age = 3", 5, "gives a value to a variable"),
        ("++age", 1, "would change a variable"),
        ("age > > 1", 7, "found '>'"),
        ("age & 1", 5, "unexpected character '&'"),
        ("'open", 1, "closing quote"),
        ("missing > 1", 1, "unknown variable 'missing'"),
        ("1 + secret", 5, "is kept secret"),
        ("self > 1", 1, "stands for 3 answers"),
        ("age.gid", 1, "LimeSurvey's own tables"),
        ("sayHello(age)", 1, "unknown function 'sayHello'"),
        ("statCount(age.sgqa, 0)", 11, "LimeSurvey's own tables"),
        ("statCountIf(age.qid, 'Y') > 2", 1, "other people's answers"),
        ("pow(2)", 1, "takes other than 1 arguments"),
        ("regexMatch('/(/', street)", 1, "without its closing bracket"),
        ("regexMatch(street, '/a/')", 1, "pattern in quotes"),
        ("date('D')", 1, "date format 'D'"),
        ("sprintf('%5d', age)", 1, "the format '%5d'"),
        ("getAnswerOptionText('x', '07')", 1, "question of this survey"),
        ("count(age", 10, "expected ')'"),
        ("", 1, "found the end"),
        ("(" * 60, 42, "nested deeper"),
        ("1" * 31, 1, "more than 30 digits"),
        ("age " * 3000, 10001, "longer than"),
        ("age" + "+age" * 150, 404, "operators in a row"),
    ],
)
def test_what_cannot_be_read_says_why_and_where(text, position, message):
    with pytest.raises(ExpressionError) as caught:
        parse_condition(text, Survey())
    assert message in str(caught.value)
    assert caught.value.position == position


def test_a_chain_of_conditions_may_be_of_any_length():
    text = " or ".join(f"(age.NAOK == {number})" for number in range(300))
    assert condition(text).count(" or ") == 299


# --- texts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Dear {TOKEN:FIRSTNAME}, hello", ["Dear ", ["TOKEN:FIRSTNAME"], ", hello"]),
        ("{a}{b}", [["a"], ["b"]]),
        ("p { color: red }", ["p { color: red }"]),
        ("{ a}{a }{}", ["{ a}{a }{}"]),
        ("x {if(a == '}', \"{\", b)} y", ["x ", ["if(a == '}', \"{\", b)"], " y"]),
        ("{a &gt; 1 &amp;&amp; b}", [["a > 1 && b"]]),
        ("{if(a, '<b>x</b>',&nbsp;b)}", [["if(a, ' x ', b)"]]),
        ("never closed {a", ["never closed {a"]),
        ("it's {a} o'clock", ["it's ", ["a"], " o'clock"]),
        ("", []),
    ],
)
def test_expressions_are_found_in_texts(text, parts):
    found = split_text(text)
    assert [[part.text] if part.is_expression else part.text for part in found] == parts


@given(st.text(alphabet="ab{} '\"<&", max_size=20))
def test_no_words_of_a_text_are_lost(text):
    parts = split_text(text)
    assert all(text[part.position - 1 :].startswith(part.text) for part in parts if not part.is_expression)
    words = "".join(part.text for part in parts if not part.is_expression)
    assert len(words) <= len(text)
    assert parts or not text


# --- back into LimeSurvey


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ('selected(news, "web")', 'news_web.NAOK == "Y"'),
        (
            'selected(news, "web", "press") and age = 1',
            '(news_web.NAOK == "Y" or news_press.NAOK == "Y") and age.NAOK == 1',
        ),
        ('selected(sex, "f")', 'sex.NAOK == "f"'),
        ("sex in [1, 2]", "sex.NAOK == 1 or sex.NAOK == 2"),
        ('not holds(sex = "f")', 'sex.NAOK != "f"'),
        ("answered(news)", "count(news_web.NAOK, news_press.NAOK) > 0"),
        ("not answered(age)", "is_empty(age.NAOK)"),
        ("this > 3 and this != 9", "this.NAOK > 3 and this.NAOK != 9"),
        ("age > 3", "!is_empty(age.NAOK) and age.NAOK > 3"),
        ("matches(street, '(?i)^a/b')", 'regexMatch("/^a\\\\/b/i", street.NAOK)'),
        ("contains(street, 'a.b')", 'regexMatch("/a\\\\.b/i", street.NAOK)'),
        ("label(age)", "age.shown"),
        ("coalesce(age, sex, 0)", "if(is_empty(age.NAOK), if(is_empty(sex.NAOK), 0, sex.NAOK), age.NAOK)"),
        ("substring(street, 1, 3)", "substr(street.NAOK, 0, 3)"),
        ("format_date(now(), '%Y-%m-%d %H:%M')", 'date("Y-m-d H:i")'),
        ("years_since(born)", 'floor((date("Ymd") - date("Ymd", strtotime(born.NAOK))) / 10000)'),
        ("mean(age, sex)", "(sum(age.NAOK, sex.NAOK) / count(age.NAOK, sex.NAOK))"),
        ("(age + 1) * 2 - (3 - sex)", "(age.NAOK + 1) * 2 - (3 - sex.NAOK)"),
    ],
)
def test_ours_is_written_as_theirs(ours, theirs):
    assert to_expression_manager(parse(ours), Spelled()) == theirs


@pytest.mark.parametrize(
    ("ours", "message"),
    [
        ("age % 2 = 0", "'%' has no counterpart"),
        ("random('a') < 1", "random() has no counterpart"),
        ("elsewhere = 1", "no variable for 'elsewhere'"),
        ("matches(street, sex)", "computed"),
    ],
)
def test_what_they_cannot_say_is_told(ours, message):
    with pytest.raises(Refusal, match=message.replace("(", r"\(").replace(")", r"\)")):
        to_expression_manager(parse(ours), Spelled())


atoms = st.sampled_from(
    [
        "age > 17",
        "age <= 17",
        "age = 17",
        "age != 17",
        "sex = 'f'",
        "sex != 'f'",
        "sex in ['f', 'x']",
        "sex not in ['f', 'x']",
        "answered(age)",
        "not answered(sex)",
        "age = m_a",
        "selected(news, 'web')",
        "holds(age > 17)",
        "count(news) > 1",
        "true",
        "sum(0, age, m_a) < 30",
        "if(age > 17, sex = 'f', sex = 'm')",
    ]
)
conditions = st.recursive(
    atoms,
    lambda inner: (
        inner.map("not ({})".format)
        | inner.map("holds({})".format)
        | st.builds("({}) {} ({})".format, inner, st.sampled_from(["and", "or"]), inner)
    ),
    max_leaves=5,
)
answers = st.fixed_dictionaries(
    {"news": st.sampled_from([(), ("web",), ("web", "press")])},
    optional={
        "age": st.integers(16, 18),
        "m_a": st.integers(16, 18),
        "sex": st.sampled_from(["f", "m", "x"]),
    },
)


@given(conditions, answers)
def test_a_condition_that_goes_to_limesurvey_and_back_holds_for_the_same_people(text, given):
    there = to_expression_manager(parse(text), Spelled())
    back = parse_condition(there, Survey())
    assert is_true(back, given.get) == is_true(parse(text), given.get)
    assert (compiled(render(back))(given.get) is True) == is_true(parse(text), given.get)
