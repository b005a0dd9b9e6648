"""From a frame to cases that may be called: what is taken, drawn, released, refused and erased."""

import io
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from cityvoice.accounts.types import Role
from cityvoice.analysis.services import open_data, run_weighting
from cityvoice.cati import queries, services
from cityvoice.cati.errors import DrawRefused, FileRefused, NotConfidential, PlanRefused
from cityvoice.cati.imports.frames import ReadFrame, read_frame
from cityvoice.cati.models import (
    CaseGroup,
    FrameUnit,
    LedgerEntry,
    NeverCall,
    PhoneCase,
    SampleDraw,
    SampleFrame,
    Telephone,
)
from cityvoice.cati.plans import Plan
from cityvoice.cati.services.designs import Design
from cityvoice.cati.types import CaseState, Method
from cityvoice.core import clock
from cityvoice.core.db import Database
from cityvoice.fieldwork.allocation import Allocation
from cityvoice.fieldwork.hours import CallingHours
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.questionnaire.document import load_document
from cityvoice.surveys.models import Case, QuotaCell, Response, Survey
from cityvoice.surveys.published import published_version
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import close_survey, create_survey, open_survey
from cityvoice.surveys.types import Anonymity, ResponseStatus
from cityvoice.territory.services import declare_margin
from tests.factories import DOCUMENT, make_account

QUOTAS = [
    {"name": "old", "label": "Old Town", "when": "district == '1'", "limit": 50},
    {"name": "new_f", "label": "Women of the New Town", "when": "district == '2' and sex == 'F'", "limit": 5},
    {"name": "content", "label": "Content", "when": "life == '3'", "limit": 90},
]


def make_survey(session, **more) -> Survey:
    survey = create_survey(
        session, slug="life", questionnaire=load_document({**DOCUMENT, "quotas": QUOTAS, **more})
    )
    survey.anonymity = Anonymity.CONFIDENTIAL
    open_survey(session, survey=survey)
    return survey


@pytest.fixture(autouse=True)
def survey(database) -> None:
    with database.writing() as session:
        make_survey(session)


def table(n: int = 60, **columns) -> bytes:
    """A frame of n units: every third lives in the New Town, every other is a woman."""
    lines = ["id,name,phone,phone2,district,sex,stratum,size"]
    for place in range(n):
        district = "2" if place % 3 == 0 else "1"
        second = f"22 345 {place:04}" if place % 5 == 0 else ""
        cells = (f"u{place}", f"Person {place}", f"600{place:06}", second, district, "FM"[place % 2])
        lines.append(",".join((*cells, f"town {district}", str(1 + place % 4))))
    return "\n".join(lines).encode()


def read(content: bytes, **options) -> ReadFrame:
    return read_frame(content, languages=("en",), **options)


def give(database: Database, content: bytes | None = None, name: str = "register") -> None:
    with database.writing() as session:
        found = read(table() if content is None else content)
        services.import_frame(session, survey=get_survey(session, "life"), name=name, found=found)


def draw(database: Database, method: Method = Method.SIMPLE, n: int = 12, **more) -> int:
    design = Design(**({"method": method, "n": n, "frame": "register", "seed": 7} | more))
    with database.writing() as session:
        return services.draw_sample(session, survey=get_survey(session, "life"), design=design).id


def release(database: Database, draw_id: int, through: int = 1) -> int:
    with database.writing() as session:
        survey, drawn = get_survey(session, "life"), session.get_one(SampleDraw, draw_id)
        return services.release_replicates(session, survey=survey, draw=drawn, through=through)


def cases(database: Database) -> list[PhoneCase]:
    with database.reading() as session:
        found = session.scalars(select(PhoneCase).order_by(PhoneCase.order_key)).all()
        for each in found:
            assert each.case
            assert each.group
            assert each.telephones is not None
        return list(found)


def count(database: Database, table_: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table_))


# --- the frame


def test_numbers_are_checked_told_apart_and_ordered():
    found = read(b"phone2,id,phone,age\n22 345 67 89,a,600 123 456,34\n+48600123456,b,0048600123457,\n,c,,\n")
    assert [unit.phones for unit in found.units] == [
        ("+48600123456", "+48223456789"),
        ("+48600123457",),  # its second number is the first one's
        (),
    ]
    assert (found.n_shared, found.columns) == (1, ("age",))
    assert found.remarks == ("row 3, column phone2: the number of row 2 too; it stays there",)
    assert found.units[0].attributes == {"age": "34"}


def test_a_number_given_twice_for_a_unit_counts_once():
    found = read(b"phone1,phone2\n600123456,+48 600 123 456\n")
    assert found.units[0].phones == ("+48600123456",)
    assert (found.n_repeated, found.n_shared) == (1, 0)


def test_a_workbook_keeps_numbers_as_numbers():
    book = openpyxl.Workbook()
    for row in (["phone", "name", "since"], [600123456, "Ann", date(2020, 5, 1)], [], [600123457.0, None]):
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    found = read(packed.getvalue())
    assert [(unit.row, unit.phones, unit.name) for unit in found.units] == [
        (2, ("+48600123456",), "Ann"),
        (4, ("+48600123457",), ""),
    ]
    assert found.units[0].attributes == {"since": "2020-05-01"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "row 1: the file is empty"),
        (b"name\nAnn\n", "row 1: expected a column phone, or phone1, phone2 and so on"),
        (b"phone\n", "row 2: expected at least one unit below the header"),
        (b"phone,phone1\n600123456,\n", "row 1: the columns 'phone' and 'phone1' have the same priority"),
        (b"phone,a b\n600123456,\n", "row 1: expected names of letters, digits and _, got 'a b'"),
        (b"phone,x\n600123456\n", "row 2: expected 2 fields, found 1"),
        (b"id,phone\na,600123456\na,600123457\n", "row 3: the same id as in row 2"),
        (
            b"phone\nbrak\n",
            "row 2, column phone: expected a phone number such as 600 123 456, without words or extensions,"
            " got 'brak'",
        ),
        (b"phone,size\n600123456,0\n", "row 2, column size: expected a number above 0, got '0'"),
        (b"phone,email\n600123456,x\n", "row 2, column email: expected an e-mail address, got 'x'"),
        (b"phone,language\n600123456,xx\n", "row 2, column language: expected one of en, got 'xx'"),
        (
            b"phone\n\xff\n",
            "row 2: the file is no text in UTF-8: in the spreadsheet save it as “CSV UTF-8”, or as .xlsx",
        ),
        (b"PK\x03\x04 no workbook", "row 1: the workbook cannot be opened"),
    ],
)
def test_a_wrong_frame_is_refused_with_row_and_column(content, problem):
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert refused.value.problems[0] == problem


def test_what_a_polish_spreadsheet_saved_without_utf_8_is_read_and_that_is_said(supervisor):
    written = "phone;name\n600123456;Łucja Święcicka-Żółć\n600123457;Jürgen Müller\n"
    found = read(written.encode("cp1250"))
    assert [unit.name for unit in found.units] == ["Łucja Święcicka-Żółć", "Jürgen Müller"]
    assert found.notice == "the file is not in UTF-8 and was read as Windows-1250: check some names"
    assert read(written.encode()).notice is None
    page = upload(
        supervisor.get("/cati/life/sample"), file=(io.BytesIO(written.encode("cp1250")), "a.csv"), status=303
    )
    assert "was read as Windows-1250" in page.follow_redirect().text


@pytest.mark.parametrize("encoding", ["iso-8859-2", "cp1251", "utf-16", "cp1252"])
def test_letters_that_no_polish_name_has_are_not_guessed_at(encoding):
    names = {"cp1251": "Олена", "cp1252": "Müller"}
    with pytest.raises(FileRefused, match="save it as “CSV UTF-8”"):
        read(f"phone,name\n600123456,{names.get(encoding, 'Święcicka')}\n".encode(encoding))


def test_a_cell_of_a_megabyte_is_refused_in_words_of_ours():
    with pytest.raises(FileRefused, match=r"row 2: a cell is longer than \d+ characters"):
        read(b"phone,name\n600123456," + b"x" * 1_000_000 + b"\n")


def test_what_is_no_number_can_be_left_out():
    found = read(b"phone,phone2\nbrak,600123456\n12,\n", skip_unusable=True)
    assert [unit.phones for unit in found.units] == [("+48600123456",), ()]
    assert found.n_unusable == 2
    assert found.remarks[1].startswith("row 3, column phone: ")


def test_many_problems_are_counted():
    rows = "\n".join(["phone", *["no"] * 200]).encode()
    with pytest.raises(FileRefused) as refused:
        read(rows)
    assert (len(refused.value.problems), refused.value.n_problems) == (20, 200)
    assert "... and 180 more problems" in str(refused.value)


def test_a_frame_of_an_anonymous_survey_or_of_a_taken_name_is_refused(database):
    give(database)
    with pytest.raises(FileRefused, match="a frame 'register' already"):
        give(database)
    with database.writing() as session:
        get_survey(session, "life").anonymity = Anonymity.ANONYMOUS
    with pytest.raises(NotConfidential):
        give(database, name="another")
    assert count(database, SampleFrame) == 1


# --- the draw


def test_a_draw_makes_cases_with_numbers_probabilities_and_weights(database):
    give(database)
    draw(database, n_replicates=3)
    found = cases(database)
    assert len(found) == 12
    assert {each.probability for each in found} == {0.2}
    assert {each.case.base_weight for each in found} == {5.0}
    assert [each.replicate for each in found] == [1] * 4 + [2] * 4 + [3] * 4
    assert {each.state for each in found} == {CaseState.UNRELEASED}
    for each in found:
        number = int(each.case.external_id[1:])
        numbers = [phone.e164 for phone in each.telephones]
        assert numbers[0] == f"+48600{number:06}"
        assert len(numbers) == (2 if number % 5 == 0 else 1)
        assert each.attributes["sex"] == "FM"[number % 2]


def test_the_same_seed_draws_the_same_cases(database):
    give(database)
    draw_id = draw(database)
    first = [each.case.external_id for each in cases(database)]
    with database.writing() as session:
        services.discard_draw(session, draw=session.get_one(SampleDraw, draw_id))
    assert (count(database, Case), count(database, Telephone)) == (0, 0)
    draw(database)
    assert [each.case.external_id for each in cases(database)] == first


@pytest.mark.parametrize(
    ("more", "weights"),
    [
        ({"method": Method.SYSTEMATIC, "n": 20, "order_by": "sex"}, {3.0}),
        ({"method": Method.STRATIFIED, "n": 12}, {5.0}),
        ({"method": Method.STRATIFIED, "n": 12, "allocation": Allocation.EQUAL}, {20 / 6, 40 / 6}),
        (
            {
                "method": Method.STRATIFIED,
                "n": 14,
                "allocation": Allocation.GIVEN,
                "given": {"town 1": 4, "town 2": 10},
            },
            {10.0, 2.0},
        ),
        ({"method": Method.PPS, "n": 15}, {10.0, 5.0, 150 / 45, 2.5}),
    ],
)
def test_every_method_gives_its_weights(database, more, weights):
    give(database)
    draw(database, **more)
    found = cases(database)
    assert len(found) == more["n"]
    assert {round(each.case.base_weight, 9) for each in found} <= {round(each, 9) for each in weights}
    assert all(each.case.base_weight == pytest.approx(1 / each.probability) for each in found)
    if more["method"] is not Method.PPS:
        assert sum(each.case.base_weight for each in found) == pytest.approx(60)


def test_generated_numbers_become_cases(database):
    with database.writing() as session:
        services.add_never_call(session, numbers=["+48600123001"])
    draw(database, Method.RDD, n=1000, frame="", blocks=("600 123",))
    found = cases(database)
    assert len(found) == 999  # all numbers of the block but the one that must not be called
    assert {each.probability for each in found} == {1.0}
    assert {each.telephones[0].kind for each in found} == {"mobile"}
    assert "+48600123001" not in {each.telephones[0].e164 for each in found}


def test_only_who_can_be_called_is_drawn(database):
    content = b"id,phone\na,600123456\nb,\nc,600123457\nd,600123458\ne,600123458\n"
    with database.writing() as session:
        services.add_never_call(session, numbers=["+48600123457"])
    give(database, content)
    draw(database, n=2)
    assert {each.case.external_id for each in cases(database)} == {"a", "d"}
    assert {each.probability for each in cases(database)} == {1.0}


def test_a_number_leads_to_one_case_of_a_survey(database):
    give(database, b"id,phone\na,600123456\n")
    give(database, b"id,phone\nb,600123456\nc,600123457\n", name="second")
    draw(database, n=1)
    draw(database, n=1, frame="second")
    assert [each.case.external_id for each in cases(database)] == ["a", "c"]


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"frame": "none"}, "frame", "no frame 'none'"),
        ({"n": 61}, "n", "at most 60 cases"),
        ({"n": 0}, "n", "expected 1 to 200000 cases"),
        ({"n_replicates": 13}, "n_replicates", "expected 1 to 12 replicates"),
        ({"method": Method.SYSTEMATIC, "order_by": "age"}, "order_by", "one of stratum, district, sex"),
        ({"method": Method.STRATIFIED, "least": 9}, "n", "at least 18 cases"),
        (
            {"method": Method.STRATIFIED, "allocation": Allocation.GIVEN, "given": {"town 1": 4}},
            "numbers",
            "wrong: town 2",
        ),
        (
            {
                "method": Method.STRATIFIED,
                "allocation": Allocation.GIVEN,
                "given": {"town 1": 4, "town 2": 21},
            },
            "numbers",
            "stratum 'town 2': expected 0 to 20",
        ),
        (
            {
                "method": Method.STRATIFIED,
                "allocation": Allocation.NEYMAN,
                "deviations": {"town 1": 0.0, "town 2": 0.0},
            },
            "numbers",
            "one of them above 0",
        ),
        ({"method": Method.RDD, "frame": ""}, "blocks", "expected the first digits of the numbers"),
        ({"method": Method.RDD, "blocks": ("abc",)}, "blocks", "got 'abc'"),
        (
            {"method": Method.RDD, "blocks": ("270000",)},
            "blocks",
            "numbers that do not exist, such as 270000",
        ),
        ({"seed": 2**31}, "seed", "expected a whole number"),
    ],
)
def test_a_sample_that_cannot_be_drawn_says_why(database, more, field, said):
    give(database)
    with pytest.raises(DrawRefused, match=said) as refused:
        draw(database, **more)
    assert refused.value.field == field
    assert count(database, Case) == 0


def test_units_without_a_size_cannot_be_drawn_by_it(database):
    give(database, b"phone,size\n600123456,2\n600123457,\n")
    with pytest.raises(DrawRefused, match="size above 0"):
        draw(database, Method.PPS, n=1)


def test_a_frame_is_drawn_from_once(database):
    give(database)
    draw_id = draw(database)
    with pytest.raises(DrawRefused, match="release more of its replicates"):
        draw(database)
    release(database, draw_id)
    with database.writing() as session, pytest.raises(DrawRefused, match="it stays"):
        services.discard_draw(session, draw=session.get_one(SampleDraw, draw_id))


# --- release, quotas


def test_replicates_are_released_in_their_order(database):
    give(database)
    draw_id = draw(database, n=10, n_replicates=4)
    with pytest.raises(DrawRefused, match="1 to 4"):
        release(database, draw_id, 5)
    assert release(database, draw_id, 2) == 5
    assert release(database, draw_id, 2) == 0
    with database.reading() as session:
        parts = queries.list_replicates(session, session.get_one(SampleDraw, draw_id))
    assert [(part.n_cases, part.is_released) for part in parts] == [
        (3, True),
        (2, True),
        (3, False),
        (2, False),
    ]


def test_cases_know_which_quotas_they_can_fill(database):
    give(database)
    draw(database, n=60)
    with database.reading() as session:
        names = {cell.id: cell.name for cell in session.scalars(select(QuotaCell))}
        found = {
            (each.attributes["district"], each.attributes["sex"]): (
                [names[number] for number in each.group.sure],
                [names[number] for number in each.group.possible],
            )
            for each in session.scalars(select(PhoneCase))
        }
        assert count(database, CaseGroup) == 3
    assert found == {
        ("1", "F"): (["old"], ["content"]),
        ("1", "M"): (["old"], ["content"]),
        ("2", "F"): (["new_f"], ["content"]),
        ("2", "M"): ([], ["content"]),
    }


def test_one_known_part_decides_that_a_case_cannot_fill_a_quota(database):
    give(database, b"phone,sex\n600123456,M\n600123457,F\n600123458,\n600123459,x\n")
    draw(database, n=4)
    with database.reading() as session:
        cell = session.scalars(select(QuotaCell).where(QuotaCell.name == "new_f")).one()
        may = {
            each.attributes.get("sex"): cell.id in each.group.possible
            for each in session.scalars(select(PhoneCase))
        }
        assert not any(cell.id in group.sure for group in session.scalars(select(CaseGroup)))
    assert may == {"M": False, "F": True, None: True, "x": True}  # x is no code of the question


def test_a_quota_that_no_case_can_fill_is_said_and_matched_again(database):
    give(database, b"phone,district\n600123456,2\n600123457,2\n")
    draw(database, n=2)
    with database.writing() as session:
        survey = get_survey(session, "life")
        assert [cell.name for cell in queries.list_unfillable(session, survey)] == ["old"]
        cell = session.scalars(select(QuotaCell).where(QuotaCell.name == "old")).one()
        cell.condition = "district in ['1', '2']"
        session.flush()
        assert services.form_groups(session, survey=survey) == []
        assert cell.id in session.scalars(select(PhoneCase)).first().group.sure


# --- never call


def test_a_number_never_to_be_called_closes_its_cases(database):
    give(database)
    release(database, draw(database, n=60, n_replicates=2), 1)
    with database.writing() as session:
        account = make_account(session, "super@city.example", Role.SUPERVISOR)
        numbers = [cases(database)[place].telephones[0].e164 for place in (0, 59)]
        came = services.add_never_call(session, numbers=numbers, reason="asked us", account_id=account.id)
    assert (came.n_added, came.n_closed) == (2, 1)  # the other one is not released yet
    closed = [each for each in cases(database) if each.state == CaseState.CLOSED]
    assert [(each.order_key, each.code, each.is_final) for each in closed] == [
        (0, "2.111", True),
    ]
    with database.reading() as session:
        entries = session.scalars(select(LedgerEntry)).all()
        assert {entry.outcome for entry in entries} == {Outcome.HARD_REFUSAL_HOUSEHOLD}
        assert {(entry.kind, entry.note) for entry in entries} == {("supervisor", "asked us")}
        digests = session.scalars(select(NeverCall.number_sha256)).all()
        assert all(number not in digest for number in numbers for digest in digests)
    with database.writing() as session:
        again = services.add_never_call(session, numbers=numbers)
        assert (again.n_added, again.n_closed) == (0, 0)
    assert count(database, LedgerEntry) == 1


def test_a_held_case_stays_on_the_screen_until_its_call_is_recorded(database):
    give(database)
    release(database, draw(database, n=1))
    plan = Plan(hours=CallingHours(dict.fromkeys((*DAYS, "holiday"), ALWAYS)))
    with database.writing() as session:
        survey = get_survey(session, "life")
        account = make_account(session, "ann@city.example", Role.INTERVIEWER)
        services.change_plan(session, survey=survey, plan=plan)
        services.set_interviewer(session, survey=survey, account=account, skills=(), languages=())
        claim = services.next_case(session, survey=survey, account_id=account.id)
        number = session.get_one(PhoneCase, claim.case_id).telephones[0]
        came = services.add_never_call(session, numbers=[number.e164])
        assert came.n_closed == 0
        assert session.get_one(PhoneCase, claim.case_id).state == CaseState.HELD
        call = services.Call(Outcome.NO_ANSWER, "k", telephone_id=number.id)
        services.dispose(
            session,
            survey=survey,
            case_id=claim.case_id,
            account_id=account.id,
            held_key=claim.key,
            call=call,
            plan=plan,
        )
        case = session.get_one(PhoneCase, claim.case_id)
        assert (case.state, case.code) == (CaseState.CLOSED, "2.111")


# --- weights


def test_weighting_starts_from_the_base_weights(database, config):
    """Drawn with unequal probabilities: before the run weights are 1/p, after it still as 2 to 1."""
    give(database)
    draw(database, Method.STRATIFIED, n=20, allocation=Allocation.EQUAL)
    with database.writing() as session:
        survey = get_survey(session, "life")
        for each in session.scalars(select(PhoneCase)):
            answers = {"life": "3", "district": each.attributes["district"], "sex": each.attributes["sex"]}
            session.add(
                Response(
                    survey_id=survey.id,
                    version=published_version(survey),
                    case_id=each.case_id,
                    mode="CATI",
                    language="en",
                    status=ResponseStatus.COMPLETE,
                    answers=answers,
                )
            )
        session.flush()
        reference = declare_margin(
            session,
            slug="life",
            variable="sex",
            totals={"F": 50, "M": 50},
            source="a test",
            population=60_000,
        )
        survey.population_reference_id = reference.id
        before = open_data(session, survey=survey, storage=config.storage)
        run_weighting(session, survey=survey, storage=config.storage, actor="a test", reference=reference)
        after = open_data(session, survey=survey, storage=config.storage)
    assert sorted(before.weighting.weights) == pytest.approx([2.0] * 10 + [4.0] * 10)
    assert after.run is not None
    for sex in "FM":
        of = (after.frame["sex"] == sex).to_numpy()
        weights, districts = after.weighting.weights[of], after.frame["district"][of].to_numpy()
        assert set(districts) == {"1", "2"}
        assert weights[districts == "1"].mean() == pytest.approx(2 * weights[districts == "2"].mean())


# --- the calling plan


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = (clock.now().time().replace(0, 0, 0, 0), clock.now().time().replace(23, 59, 59, 0))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"max_calls": 0}, "max_calls"),
        ({"max_calls_by_slot": 99}, "max_calls_by_slot"),
        ({"lease_seconds": 5}, "lease_seconds"),
        ({"selection": "eldest_cat"}, "selection"),
        ({"edition": "8"}, "edition"),
        ({"eligibility": 1.5}, "eligibility"),
        ({"partial_from": 0.0}, "partial_from"),
        ({"delays": {Outcome.BUSY: -1}}, "delay:busy"),
        ({"scripts": {"de": {"introduction": "Guten Tag"}}}, "scripts"),
        ({"scripts": {"en": {"goodbye": "Bye"}}}, "scripts"),
        ({"scripts": {"en": {"introduction": "x" * 4001}}}, "script:en:introduction"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(database, changes, field):
    with database.writing() as session:
        survey = get_survey(session, "life")
        with pytest.raises(PlanRefused) as refused:
            services.change_plan(session, survey=survey, plan=replace(Plan(), **changes))
        assert services.plan_of(session, survey) == Plan()
    assert refused.value.field == field


def test_shifts_do_not_meet_and_interviewers_need_the_role(database):
    now = clock.now()
    hours = timedelta(hours=1)
    with database.writing() as session:
        survey = get_survey(session, "life")
        official = make_account(session, "off@city.example", Role.OFFICIAL)
        ann = make_account(session, "ann@city.example", Role.INTERVIEWER)
        with pytest.raises(PlanRefused, match="is no interviewer"):
            services.set_interviewer(session, survey=survey, account=official, skills=(), languages=())
        with pytest.raises(PlanRefused, match="expected one of en"):
            services.set_interviewer(session, survey=survey, account=ann, skills=(), languages=("pl",))
        times = {"starts_at": now, "ends_at": now + 4 * hours}
        with pytest.raises(PlanRefused, match="does not call"):
            services.add_shift(session, survey=survey, account_id=ann.id, **times)
        services.set_interviewer(session, survey=survey, account=ann, skills=("refusal",), languages=("en",))
        services.add_shift(session, survey=survey, account_id=ann.id, **times)
        for starts_at, ends_at, said in (
            (now + 3 * hours, now + 5 * hours, "another shift"),
            (now + 5 * hours, now + 5 * hours, "after the start"),
            (now + 5 * hours, now + 25 * hours, "at most 14 hours"),
        ):
            with pytest.raises(PlanRefused, match=said):
                services.add_shift(
                    session, survey=survey, account_id=ann.id, starts_at=starts_at, ends_at=ends_at
                )


# --- erasing


def test_contacts_are_erased_and_the_rest_stays(database):
    give(database)
    release(database, draw(database, Method.STRATIFIED, n=12))
    with database.writing() as session:
        services.add_never_call(
            session, numbers=[cases(database)[0].telephones[0].e164], reason="Mr Kowalski"
        )
    with database.writing() as session, pytest.raises(Exception, match="still open"):
        services.erase_contacts(session, survey=get_survey(session, "life"))
    with database.writing() as session:
        survey = get_survey(session, "life")
        close_survey(session, survey=survey)
        assert services.erase_contacts(session, survey=survey) > 60
    with database.writing() as session:
        assert services.erase_contacts(session, survey=get_survey(session, "life")) == 0
    assert (count(database, Telephone), count(database, FrameUnit)) == (0, 0)
    for each in cases(database):
        assert (each.name, each.email, each.case.external_id) == ("", None, None)
        assert set(each.attributes) == {"stratum"}
        assert each.case.base_weight == pytest.approx(1 / each.probability)
    with database.reading() as session:
        (entry,) = session.scalars(select(LedgerEntry))
        assert (entry.note, entry.telephone_id, entry.code) == ("", None, "2.111")


# --- pages and commands


@pytest.fixture
def supervisor(login):
    return login(Role.SUPERVISOR)


def upload(page, **more):
    fields = {"name": "register", "file": (io.BytesIO(table()), "register.csv")}
    return page.submit("/cati/life/sample/frames", **(fields | more))


def draw_on(page, **more):
    fields = {"method": "simple", "frame": "register", "allocation": "proportional", "n_replicates": "1"}
    return page.submit("/cati/life/sample/draws", **(fields | more))


def test_from_a_file_to_released_cases_without_a_script(database, supervisor):
    page = supervisor.get("/cati/life/sample")
    assert "No sample yet" in page.text
    order = [page.text.index(each) for each in ("Give a frame", "Draw a sample", "No sample yet")]
    assert order == sorted(order)
    page = upload(page, status=303).follow_redirect()
    assert "Units in the frame: 60" in page.text
    page = draw_on(page, n="12", n_replicates="3", seed="7").follow_redirect()
    assert "Cases drawn: 12" in page.text
    page = page.send("/cati/life/sample/draws/1/release", through="2", status=303)
    assert "Cases released: 8" in page.text
    assert [each.state for each in cases(database)] == ["ready"] * 8 + ["unreleased"] * 4


def test_what_is_wrong_stands_on_the_page(supervisor):
    page = supervisor.get("/cati/life/sample")
    bad = io.BytesIO(b"phone\nbrak\n")
    page = upload(page, file=(bad, "bad.csv"), status=422)
    assert "row 2, column phone" in page.text
    page = upload(supervisor.get("/cati/life/sample"), status=303).follow_redirect()
    page = draw_on(page, n="999", n_replicates="1", status=422)
    assert "at most 60 cases" in page.text
    page = draw_on(page, n="", n_replicates="1", status=422)
    assert "Enter how many cases you want." in page.text
    for typed in ("0", "ąbc", "9" * 30):
        page = draw_on(page, n="5", n_replicates=typed, status=422)
        assert page.text.count("Enter a whole number from 1 to 1,000.") == 2  # on top, and at the field
        assert "valid integer" not in page.text
    page = page.submit("/cati/life/sample/never-call", never="nobody", status=422)
    assert "row 1: expected a phone number" in page.text


def test_an_anonymous_survey_has_no_sample(database, supervisor):
    with database.writing() as session:
        get_survey(session, "life").anonymity = Anonymity.ANONYMOUS
    assert "must be confidential" in supervisor.get("/cati/life/sample").text


def test_the_plan_is_changed_on_its_page(database, supervisor):
    with database.writing() as session:
        account_id = make_account(session, "ann@city.example", Role.INTERVIEWER).id
    page = supervisor.get("/cati/life/plan")
    chosen = {"selection": "", "edition": "10"}
    fields = chosen | {
        "max_calls": "5",
        "from:sun": "12:00",
        "to:sun": "16:00",
        "delay:busy": "15",
        "eligibility": "45",
    }
    page = page.send("/cati/life/plan", **fields, status=303)
    page = page.send("/cati/life/plan/interviewers", account=account_id, status=303)
    assert "ann" in page.text
    with database.reading() as session:
        survey = get_survey(session, "life")
        plan = services.plan_of(session, survey)
        assert [account.email for _, account in queries.list_crew(session, survey)] == ["ann@city.example"]
    assert (plan.max_calls, plan.eligibility, plan.delays) == (5, 0.45, {Outcome.BUSY: 15})
    assert "sun" in plan.hours.by_day
    assert plan.hours.by_day.keys() - {"sun"} == CallingHours().by_day.keys()
    assert supervisor.get("/cati/life/plan").all(".//details[@open]") == []
    page = supervisor.get("/cati/life/plan").submit("/cati/life/plan", lease_seconds="soon", status=422)
    (opened,) = page.all(".//details[@open]")
    assert "Screens and appointments" in "".join(opened.itertext()), "a mistake must not lie behind a fold"
    bad = chosen | {"max_calls": "many", "from:mon": "20:00", "to:mon": "9"}
    page = supervisor.get("/cati/life/plan").submit("/cati/life/plan", **bad, status=422)
    assert "Enter a whole number." in page.text
    shift = {"interviewer": account_id, "day": "2099-05-04", "from": "16:00", "to": "20:00"}
    page = supervisor.get("/cati/life/plan").submit("/cati/life/plan/shifts", **shift, status=303)
    assert "2099" in page.follow_redirect().text
    page = supervisor.get("/cati/life/plan").submit("/cati/life/plan/shifts", **shift, status=422)
    assert "another shift" in page.text


def test_commands_from_frame_to_erasing(cli, database, tmp_path):
    file = tmp_path / "register.csv"
    file.write_bytes(table())
    assert (
        "frame register with 60 units, 0 of them without a number"
        in cli("cati", "frame", "life", file).output
    )
    drawn = cli("cati", "draw", "life", "--frame", "register", "-n", 10, "--replicates", 2, "--seed", 7)
    assert drawn.output == "life: sample 1, 10 cases in 2 replicates, seed 7\n"
    assert cli("cati", "release", "life", 1, 1).output == "life: 5 cases released\n"
    assert cli("cati", "never-call", stdin="600 000 001\n").output.startswith("1 numbers added, ")
    assert cli("cati", "plan", "life").output == "{}\n"
    rules = tmp_path / "rules.yaml"
    rules.write_text("max_calls: 5\n")
    assert cli("cati", "plan", "life", "--rules", rules).exit_code == 0
    assert cli("cati", "plan", "life").output == "max_calls: 5\n"
    rules.write_text("max_calls: many\n")
    assert cli("cati", "plan", "life", "--rules", rules).exit_code == 2
    rules.write_text("most: 5\n")
    assert "there is no rule 'most'" in cli("cati", "plan", "life", "--rules", rules).output
    refused = cli("cati", "draw", "life", "--frame", "x", "-n", 10)
    assert (refused.exit_code, "no frame 'x'" in refused.output) == (2, True)
    assert cli("cati", "erase", "life", "--yes").exit_code == 2
    with database.writing() as session:
        close_survey(session, survey=get_survey(session, "life"))
    assert "numbers and units erased" in cli("cati", "erase", "life", "--yes").output
