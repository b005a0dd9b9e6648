"""The reference numbers that a clone carries; more folders of the schema run with ``tests.stats.oracle``."""

import copy
import functools
import json
from pathlib import Path

import pytest

from tests.stats.oracle.__main__ import main
from tests.stats.oracle.compare import UNTRUSTED, differences, leaves
from tests.stats.oracle.registry import HANDLERS, load_handlers
from tests.stats.oracle.runner import find_suites, run_suite

GOLDEN = Path(__file__).parent / "golden"
SUITES = {suite.name: suite for suite in find_suites([GOLDEN])}
SAMPLING = (
    "means_totals",
    "domains",
    "prop_ci",
    "quantiles",
    "weighting",
    "nonresponse",
    "waves_change",
    "edge_lonely_psu",
    "replicates",
)


@functools.cache
def outcomes_of(name):
    return tuple(run_suite(SUITES[name]).outcomes)


@pytest.mark.parametrize("name", sorted(SUITES))
def test_every_strict_case_with_a_handler_agrees(name):
    outcomes = outcomes_of(name)
    failed = [
        (outcome.case.id, outcome.reasons)
        for outcome in outcomes
        if outcome.status == "failed" and outcome.case.is_strict
    ]
    assert failed == []


def test_few_strict_cases_need_the_conventions_of_r():
    """Each with its reason in docs/decisions/0011-conventions-of-r.md."""
    under_r = [one.case.id for name in SUITES for one in outcomes_of(name) if one.is_strict_under_r]
    assert sorted(under_r) == ["dr|glm+logit mle", "gof|edu", "olr|q01", "pca|Q raw", "pca|Q scaled"]


@pytest.mark.parametrize("name", SAMPLING)
def test_conventions_of_r_agree_in_nine_cases_of_ten(name):
    soft = [outcome for outcome in outcomes_of(name) if not outcome.case.is_strict]
    assert sum(outcome.status == "passed" for outcome in soft) >= 0.9 * len(soft)


def _altered(value):
    """The same expectation with every number wrong."""
    if isinstance(value, dict):
        return {key: _altered(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_altered(inner) for inner in value]
    return value * 1.5 + 1 if isinstance(value, (int, float)) and not isinstance(value, bool) else value


# Only the product of scale and rscales means something; how it is split is taken from the case.
SPLIT_AS_EXPECTED = {("repweights", "rscales")}


@pytest.mark.parametrize("name", sorted(SUITES))
def test_no_handler_repeats_what_was_expected(name):
    """Some handlers look at the expectation for a shape or a sign; none may answer with its numbers."""
    load_handlers()
    repeated = []
    for case in SUITES[name].cases:
        if case.expect is None:
            continue
        wrong = copy.copy(case)
        object.__setattr__(wrong, "description", {**case.description, "expect": _altered(case.expect)})
        got = HANDLERS[case.op["fn"]](wrong)
        for key, value in wrong.expect.items():
            numbers = [
                leaf for _, leaf in leaves(value, key) if leaf is not None and not isinstance(leaf, bool)
            ]
            agrees = key in got and not differences({key: value}, got, {"rel": 0.0, "abs": 0.0})
            if numbers and agrees and not key.endswith(UNTRUSTED):
                repeated.append((case.op["fn"], key))
    assert set(repeated) <= SPLIT_AS_EXPECTED


def test_the_runner_prints_counts_and_fails_on_a_strict_case(tmp_path, capsys):
    suite = SUITES["nonresponse"].content | {
        "cases": [copy.deepcopy(SUITES["nonresponse"].content["cases"][0])]
    }
    suite["cases"][0]["expect"]["sum"] += 1.0
    (tmp_path / "wrong.json").write_text(json.dumps(suite))
    (tmp_path / "data").symlink_to(GOLDEN / "data")
    assert main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert 'strict cases run with compat="R": 0 of 1' in printed
    assert "wrong: 0 passed, 1 failed, 0 skipped" in printed
    assert "total: 0 passed, 1 failed, 0 skipped" in printed
    assert "sum: expected" in printed


@pytest.mark.parametrize(
    ("expected", "got", "agrees"),
    [
        ({"x": 1.0}, {"x": 1.0 + 5e-9}, True),
        ({"x": 1.0}, {"x": 1.0 + 5e-8}, False),
        ({"x": [None, 2.0]}, {"x": [float("nan"), 2.0]}, True),
        ({"x": [None, 2.0]}, {"x": [1.0, 2.0]}, False),
        ({"x": [1.0, 2.0]}, {"x": [1.0]}, False),
        ({"x": [1e6, 0.0]}, {"x": [1e6, 1e-5]}, True),
        ({"x": 1.0}, {}, False),
        ({"terms": ["a"]}, {}, True),
    ],
)
def test_comparison_of_leaves(expected, got, agrees):
    assert (differences(expected, got, {}) == []) is agrees
