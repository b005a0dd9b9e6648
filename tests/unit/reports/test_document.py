from dataclasses import replace

import pytest
from sample_report import PL, battery_of, differences_of, reading

from cityvoice.figures.numbers import number_format
from cityvoice.figures.words import ENGLISH
from cityvoice.reports.document import (
    Break,
    ChoiceQuestion,
    Differences,
    RatingBattery,
    merge_batteries,
    split_battery,
)
from cityvoice.reports.exhibits import Exhibits, Labels

LABELS = Labels("city", "parity", "ratio", "profile", "representation")
EXHIBITS = Exhibits(number_format("pl"), ENGLISH, LABELS)


def single_ratings(battery: RatingBattery) -> list[RatingBattery]:
    return [replace(battery, items=(item,), finding="") for item in battery.items]


def test_consecutive_ratings_of_one_scale_become_one_battery():
    battery = replace(battery_of(PL), finding="")
    assert merge_batteries(single_ratings(battery)) == (battery,)


def test_the_finding_of_the_first_rating_is_the_batterys():
    first, *others = single_ratings(battery_of(PL))
    merged = merge_batteries([replace(first, finding="Dobrze jest"), *others])
    assert [battery.finding for battery in merged] == ["Dobrze jest"]


@pytest.mark.parametrize("change", [{"stem": "Inne pytanie"}, {"base": "kobiety"}, {"finding": "Inaczej"}])
def test_a_battery_ends_where_the_question_changes(change):
    first, second, *_ = single_ratings(battery_of(PL))
    assert len(merge_batteries([first, replace(second, **change)])) == 2


def test_other_questions_stay_between_batteries():
    first, second, *_ = single_ratings(battery_of(PL))
    choice = ChoiceQuestion("P7", "Skąd?", (), "wszyscy")
    assert merge_batteries([first, choice, second]) == (first, choice, second)


@pytest.mark.parametrize(("n_items", "sizes"), [(1, [1]), (10, [10]), (11, [6, 5]), (22, [8, 8, 6]), (0, [])])
def test_a_long_battery_is_split_evenly(n_items, sizes):
    battery = battery_of(PL)
    long = replace(battery, items=(battery.items * 3)[:n_items])
    parts = split_battery(long)
    assert [len(part.items) for part in parts] == sizes
    assert [bool(part.finding) for part in parts] == [i == 0 for i in range(len(sizes))]
    assert sum((part.items for part in parts), ()) == long.items


def test_a_battery_is_named_by_its_first_and_last_question():
    battery = battery_of(PL)
    assert battery.code == "P4_1–P4_8"
    assert replace(battery, items=battery.items[:1]).code == "P4_1"


def test_every_group_must_have_a_reading():
    measure = differences_of(PL, 1).measures[0]
    with pytest.raises(ValueError, match=r"P4_1: readings for groups \(6, 2, 4\), expected \(2,\)"):
        Differences((Break("Płeć", ("kobiety", "mężczyźni")),), (measure,))


def test_group_tables_hold_every_reading_once():
    differences = differences_of(PL, 19)
    tables = list(EXHIBITS.group_tables(differences))
    assert [len(table.rows) for table in tables] == [8, 8, 8, 8, 3, 3]
    assert [table.breaks for table in tables[:2]] == [("Dzielnica",), ("Płeć", "Wiek")]
    assert tables[1].heads == ("city", "kobiety", "mężczyźni", "15–29", "30–44", "45–59", "60 i więcej")
    cells = [cell for table in tables for row in table.rows for cell in row.cells[1:]]
    assert len(cells) == 19 * 12


def test_many_districts_are_cut_into_tables_that_fit_the_page():
    levels = tuple(f"Dzielnica {i}" for i in range(18))
    measure = replace(
        differences_of(PL, 1).measures[0], groups=(tuple(reading(0.5) for _ in levels), (reading(0.5),) * 2)
    )
    breaks = (Break("Dzielnica", levels), Break("Płeć", ("kobiety", "mężczyźni")))
    tables = list(EXHIBITS.group_tables(Differences(breaks, (measure,))))
    assert [len(table.heads) - 1 for table in tables] == [6, 6, 6, 2]
    assert [head for table in tables for head in table.heads[1:]] == [*levels, "kobiety", "mężczyźni"]


def test_a_suppressed_cell_shows_its_base_alone():
    table = next(iter(EXHIBITS.group_tables(differences_of(PL, 8))))
    withheld = [cell for row in table.rows for cell in row.cells if cell.value == ".."]
    assert withheld
    assert all(cell.interval == "" and int(cell.n) < 14 for cell in withheld)
    assert ENGLISH.withheld_note in table.notes
