"""Lists of invited people: what is taken, and what is said about the rest."""

import pytest

from cityvoice.invitations.errors import ListRefused
from cityvoice.invitations.imports.people import read_people


def read(*lines: str):
    return read_people((f"{line}\n" for line in lines), languages=("pl", "en"))


def problems(*lines: str) -> list[str]:
    with pytest.raises(ListRefused) as refused:
        read(*lines)
    return refused.value.problems


def test_known_columns_and_attributes():
    (person,) = read(
        "id;name;email;phone;address;language;base_weight;district",
        '7;Ann;Ann@City.Example;;"A 1\n00-001 B";pl;1,5;2',
    )
    assert (person.id, person.name, person.email) == ("7", "Ann", "Ann@city.example")
    assert (person.address, person.language, person.base_weight) == ("A 1\n00-001 B", "pl", 1.5)
    assert person.attributes == {"district": "2"}


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("name,email", "Ann,nowhere", "row 2, column email: expected an e-mail address, got 'nowhere'"),
        ("name,phone", "Ann,12ab", "row 2, column phone: expected a phone number, got '12ab'"),
        ("email,language", "a@b.pl,de", "row 2, column language: expected one of pl, en, got 'de'"),
        (
            "email,base_weight",
            "a@b.pl,-1",
            "column base_weight: expected a number of 0 or more, got '-1'",
        ),
        ("name,email", "Ann,", "row 2: expected an e-mail address, a phone number or a postal address"),
        ("name,email", "Ann", "row 2: expected 2 fields, found 1"),
        ("name", "Ann", "row 1: expected at least one of the columns email, phone, address"),
        ("email,email", "a@b.pl,a@b.pl", "row 1: the column 'email' stands there twice"),
        ("email,post code", "a@b.pl,1", "row 1: expected names of letters, digits and _, got 'post code'"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(header, row, said):
    assert said in "\n".join(problems(header, row))


def test_nobody_twice():
    assert problems("name,email", "Ann,a@b.pl", "Eve,e@b.pl", "ann,A@B.PL") == [
        "row 4: the same person as in row 2"
    ]
    assert problems("id,email", "1,a@b.pl", "1,e@b.pl") == ["row 3: the same person as in row 2"]
    assert len(read("name,email", "Ann,home@b.pl", "Bob,home@b.pl")) == 2, "a household may share a mailbox"


def test_an_empty_list_and_no_list():
    assert problems("name,email") == ["row 2: expected at least one person below the header"]
    assert "the file is empty" in problems("")[0]
    assert "no text" in problems("PK\0")[0]


def test_many_problems_are_counted():
    said = problems("email", *("x" * (n + 1) for n in range(30)))
    assert len(said) == 21
    assert said[-1] == "... and 10 more problems"
