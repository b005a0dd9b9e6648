"""Means, totals, ratios, variances and contrasts."""

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from cityvoice.stats import estimation
from cityvoice.stats.estimates import Estimates
from tests.stats.oracle.context import Case
from tests.stats.oracle.registry import handles


def vector(estimates: Estimates, level: float = 0.95) -> dict[str, Any]:
    """The keys that all vectors of estimates share."""
    return {
        "estimate": estimates.values.tolist(),
        "se": estimates.se.tolist(),
        "ci_z": estimates.interval(level, df=math.inf).tolist(),
        "ci_t": estimates.interval(level).tolist(),
        "cv": estimates.cv.tolist(),
        "vcov": estimates.covariance.tolist(),
        "deff": estimates.design_deff.tolist(),
        "df": estimates.df,
    }


@handles("mean", "total")
def mean_or_total(case: Case) -> dict[str, Any]:
    compute = {"mean": estimation.mean, "total": estimation.total}[case.op["fn"]]
    estimates = compute(case.design, case.frame, case.op["vars"], missing=case.missing)
    got = vector(estimates, case.op.get("level", 0.95)) | {"terms": list(estimates.terms)}
    if case.op.get("deff") == "replace":
        got["deff"] = estimates.deff_with_replacement.tolist()
    return got


@handles("ratio")
def ratio(case: Case) -> dict[str, Any]:
    estimates = estimation.ratio(
        case.design, case.frame, case.op["num"], case.op["den"], missing=case.missing
    )
    got = vector(estimates)
    if case.expect and "vcov" in case.expect and case.expect["vcov"][0][-1] is None:
        got["vcov"] = np.where(np.eye(len(estimates.values)) > 0, estimates.covariance, np.nan).tolist()
    return got


@handles("var")
def variance(case: Case) -> dict[str, Any]:
    estimates = estimation.variance(case.design, case.frame, case.op["vars"], missing=case.missing)
    size = len(case.op["vars"])
    return {
        "matrix": estimates.values.reshape(size, size).tolist(),
        "se_matrix": estimates.se.reshape(size, size).tolist(),
        "df": estimates.df,
    }


@handles("by_mean", "by_total")
def by_group(case: Case) -> dict[str, Any]:
    found = estimation.grouped(
        case.design,
        case.frame,
        case.op["vars"],
        case.op["by"],
        statistic=case.op["fn"].removeprefix("by_"),
        missing=case.missing,
    )
    groups = {name: [group[k] for group in found.groups] for k, name in enumerate(found.by)}
    return vector(found.estimates) | {"groups": groups, "terms": list(found.estimates.terms)}


@handles("contrast")
def contrast(case: Case) -> dict[str, Any]:
    if case.op.get("by"):
        base = estimation.grouped(
            case.design, case.frame, case.op["vars"], case.op["by"], missing=case.missing
        ).estimates
    else:
        base = estimation.mean(case.design, case.frame, case.op["vars"], missing=case.missing)
    if not case.op.get("nonlinear"):
        return vector(base.contrast(case.op["contrasts"]))
    functions = {name: read_function(text) for name, text in case.op["contrasts"].items()}
    return vector(base.function(functions))


FUNCTIONS: dict[str, Callable[..., Any]] = {"log": np.log, "exp": np.exp, "sqrt": np.sqrt}


def read_function(text: str) -> Callable[[dict[str, complex]], complex]:
    """An R expression of terms; names in backticks may be anything."""
    names: dict[str, str] = {}
    plain = ""
    for position, part in enumerate(text.split("`")):
        if position % 2:
            names[f"term_{position}"] = part
        plain += f"term_{position}" if position % 2 else part
    tree = ast.parse(plain.replace("^", "**"), mode="eval").body

    def value(node: ast.expr, terms: dict[str, complex]) -> complex:
        match node:
            case ast.Constant(value=number):
                return complex(number)
            case ast.Name(id=name):
                return terms[names.get(name, name)]
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -value(inner, terms)
            case ast.BinOp(left=left, op=operator, right=right):
                return OPERATORS[type(operator)](value(left, terms), value(right, terms))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return FUNCTIONS[name](*(value(argument, terms) for argument in arguments))
        raise ValueError(f"cannot read {ast.dump(node)}")

    return lambda terms: value(tree, terms)


OPERATORS: dict[type, Callable[[complex, complex], complex]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
