import csv
import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.stats.dispositions import Disposition, Dispositions, disposition_of
from cityvoice.stats.errors import EstimationError, StatsError
from cityvoice.stats.response_rates import RATES, response_rates

AAPOR = Path(__file__).parents[2].parent / "shared" / "data" / "aapor"
needs_aapor = pytest.mark.skipif(not AAPOR.exists(), reason="AAPOR code lists are not beside this repository")
COUNTS = {"I": 5, "P": 3, "R": 2, "NC": 1, "O": 2, "UH": 1, "UO": 1, "NE": 1}
UNCLASSED = ("1.0", "2.0", "3.0", "4.0")


def dispositions(counts, edition="10"):
    return Dispositions({Disposition(key): value for key, value in counts.items()}, edition)


@needs_aapor
def test_golden_rates():
    golden = json.loads((AAPOR / "aapor_golden.json").read_text())
    found = response_rates(dispositions(golden["counts"]), e=golden["e"])
    assert set(golden["expect"]) == set(RATES)
    for name, value in golden["expect"].items():
        assert found[name] == pytest.approx(float(Fraction(value)), rel=1e-15), name


@needs_aapor
@pytest.mark.parametrize("name", ["aapor_phone_codes.csv", "aapor_web_codes.csv"])
def test_every_code_of_the_lists_has_its_class(name):
    with (AAPOR / name).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    classed = [row for row in rows if row["group"]]
    assert len(classed) > 20
    for row in classed:
        assert disposition_of(row["code"]) == Disposition(row["group"]), row
        in_ninth = "UO" if row["group"] == "UR" else row["group"]
        assert disposition_of(row["code"], edition="9") == Disposition(in_ninth), row


@needs_aapor
def test_codes_of_the_ninth_edition():
    with (AAPOR / "responserates_codes.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    # that list prints 1.1 as 1.000, gives heads of sections a class, and wrongly counts 4.x as unknown
    checked = [row for row in rows if row["code"][0] in "23" and row["code"][1:] != ".000"]
    assert len(checked) > 50
    for row in checked:
        assert disposition_of(row["code"], edition="9").value.lower() == row["final"], row
    for row in rows:
        if row["code"].startswith("4.") and row["code"] != "4.000":
            assert disposition_of(row["code"]) is Disposition.NOT_ELIGIBLE


@needs_aapor
def test_numerators_and_denominators_follow_the_published_matrix():
    with (AAPOR / "outcomerate_fmat.csv").open(encoding="utf-8-sig") as lines:
        rows = [row for row in csv.DictReader(lines) if row["rate"] in RATES]
    assert len(rows) == 2 * len(RATES)
    counts = dict(zip(COUNTS, (2, 3, 5, 7, 11, 13, 17, 19), strict=True))
    found = response_rates(dispositions(counts), e=0.25)
    columns = counts | {"eUH": 0.25 * 13, "eUO": 0.25 * 17}
    for row in rows:
        total = sum(columns[key] * int(row[key]) for key in columns)
        rate = found.rates[row["rate"]]
        assert (rate.numerator if row["side"] == "NUM" else rate.denominator) == total, row


def test_e_is_the_share_eligible_among_the_settled_unless_given():
    found = response_rates(dispositions(COUNTS))
    assert found.e_is_estimated
    assert found.eligibility[Disposition.UNKNOWN_OTHER] == pytest.approx(13 / 14)
    assert found["RR3"] == pytest.approx(5 / (13 + 2 * 13 / 14))


def test_the_tenth_edition_knows_one_e_per_class_of_unknown():
    counts = COUNTS | {"UR": 2}
    shares = {"UH": 0.2, "UR": 0.9, "UO": 0.5}
    found = response_rates(dispositions(counts), e=shares)
    assert found["RR3"] == pytest.approx(5 / (13 + 0.2 + 1.8 + 0.5))
    assert found["RR1"] == pytest.approx(5 / 17)
    with pytest.raises(EstimationError, match="9th edition"):
        response_rates(dispositions(counts, "9"), e=shares)


def test_the_ninth_edition_has_no_class_of_unknown_respondents():
    counts = dispositions(COUNTS | {"UR": 2}, "9")
    assert counts.of(Disposition.UNKNOWN_OTHER) == 3
    assert counts.of(Disposition.UNKNOWN_RESPONDENT) == 0


def test_codes_are_counted_with_weights():
    codes = ["1.1", "1.10", "2.111", "3.20", "4.7"]
    plain = Dispositions.from_codes(codes)
    assert {one.value: n for one, n in plain.counts.items()} == {"I": 2, "R": 1, "UR": 1, "NE": 1}
    weighted = Dispositions.from_codes(codes, weights=[1, 2, 3, 4, 5])
    assert response_rates(weighted)["RR1"] == pytest.approx(3 / 10)


@given(st.lists(st.integers(0, 500), min_size=9, max_size=9), st.floats(0, 1))
def test_rates_are_ordered_as_they_must_be(sizes, e):
    counts = dict(zip((one.value for one in Disposition), sizes, strict=True))
    found = response_rates(dispositions(counts), e=e)
    for low, high in (("RR1", "RR3"), ("RR3", "RR5"), ("RR1", "RR2"), ("RR2", "RR4"), ("RR4", "RR6"),
                      ("COOP1", "COOP3"), ("COOP1", "COOP2"), ("REF1", "REF2"), ("REF2", "REF3"),
                      ("CON1", "CON2"), ("CON2", "CON3")):  # fmt: skip
        if found.rates[low].denominator and found.rates[high].denominator:
            assert 0 <= found[low] <= found[high] + 1e-12 <= 1 + 2e-12
    assert found.to_frame()["rate"].tolist() == list(RATES)


def test_nobody_gives_no_rate():
    found = response_rates(dispositions({"NE": 4}))
    assert math.isnan(found["RR1"])
    assert found.rates["RR1"].denominator == 0


@pytest.mark.parametrize("code", [*UNCLASSED, "2.5", "5.1", "3.6", "x", "", "1.1 "])
def test_a_code_that_is_not_final_is_refused(code):
    with pytest.raises(StatsError) as caught:
        disposition_of(code)
    assert caught.value.code == "disposition-unknown"
    assert code in caught.value.got


def test_bad_counts_and_shares_are_refused():
    with pytest.raises(StatsError, match="disposition-count"):
        dispositions({"I": -1})
    with pytest.raises(StatsError, match="disposition-length"):
        Dispositions.from_codes(["1.1"], weights=[1, 2])
    with pytest.raises(EstimationError, match="e of UH"):
        response_rates(dispositions(COUNTS), e=1.5)
    with pytest.raises(EstimationError, match="e of UO"):
        response_rates(dispositions(COUNTS), e={"UH": 0.5})
