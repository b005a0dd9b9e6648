"""Families of generalised linear models (McCullagh and Nelder 1989).

A ``quasi`` family has the same estimates and errors as the plain one: under a survey design the errors never
lean on the family's own variance.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import StatsError

Function = Callable[[FloatArray], FloatArray]

TINY = np.finfo(float).eps
LOG_ODDS_LIMIT = 30.0


@dataclass(frozen=True)
class Link:
    """How the mean follows from the linear predictor: `eta` = of(mu), mu = inverse(eta)."""

    name: str
    of: Function
    inverse: Function
    slope: Function  # d mu / d eta


@dataclass(frozen=True)
class Family:
    """A variance function with its deviance.

    Parameters
    ----------
    variance : callable
        Of the mean.
    deviance : callable
        (y, mu, weights) to the contribution of each row.
    first_mean : callable
        (y, weights) to the means the iterations start from.
    fits : callable
        Whether all values of a response are possible.
    """

    name: str
    link: Link
    variance: Function
    deviance: Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
    first_mean: Callable[[FloatArray, FloatArray], FloatArray]
    fits: Callable[[FloatArray], bool]
    domain: str


def _expit(eta: FloatArray) -> FloatArray:
    """Inverse logit, held away from 0 and 1 by a rounding error."""
    odds = np.exp(np.clip(eta, -LOG_ODDS_LIMIT, LOG_ODDS_LIMIT))
    odds = np.where(eta < -LOG_ODDS_LIMIT, TINY, np.where(eta > LOG_ODDS_LIMIT, 1 / TINY, odds))
    result: FloatArray = odds / (1 + odds)
    return result


def _expit_slope(eta: FloatArray) -> FloatArray:
    odds = np.exp(-np.abs(eta))
    return np.where(np.abs(eta) > LOG_ODDS_LIMIT, TINY, odds / np.square(1 + odds))


def _normal_inverse(eta: FloatArray) -> FloatArray:
    limit = -stats.norm.ppf(TINY)
    result: FloatArray = special.ndtr(np.clip(eta, -limit, limit))
    return result


def _cauchy_inverse(eta: FloatArray) -> FloatArray:
    limit = -stats.cauchy.ppf(TINY)
    result: FloatArray = stats.cauchy.cdf(np.clip(eta, -limit, limit))
    return result


def _cloglog_inverse(eta: FloatArray) -> FloatArray:
    result: FloatArray = np.clip(-np.expm1(-np.exp(eta)), TINY, 1 - TINY)
    return result


def _cloglog_slope(eta: FloatArray) -> FloatArray:
    bounded = np.minimum(eta, 700.0)
    result: FloatArray = np.maximum(np.exp(bounded - np.exp(bounded)), TINY)
    return result


def _root_inverse(eta: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):  # rows that take no part have a predictor of 0
        result: FloatArray = 1 / np.sqrt(eta)
    return result


LINKS = {
    link.name: link
    for link in (
        Link("identity", lambda mu: mu, lambda eta: eta, np.ones_like),
        Link(
            "log",
            np.log,
            lambda eta: np.maximum(np.exp(eta), TINY),
            lambda eta: np.maximum(np.exp(eta), TINY),
        ),
        Link("logit", special.logit, _expit, _expit_slope),
        Link("probit", special.ndtri, _normal_inverse, lambda eta: np.maximum(stats.norm.pdf(eta), TINY)),
        Link("cloglog", lambda mu: np.log(-np.log1p(-mu)), _cloglog_inverse, _cloglog_slope),
        Link(
            "cauchit", stats.cauchy.ppf, _cauchy_inverse, lambda eta: np.maximum(stats.cauchy.pdf(eta), TINY)
        ),
        Link("sqrt", np.sqrt, np.square, lambda eta: 2 * eta),
        Link("inverse", lambda mu: 1 / mu, lambda eta: 1 / eta, lambda eta: -1 / np.square(eta)),
        Link(
            "1/mu^2", lambda mu: 1 / np.square(mu), _root_inverse, lambda eta: -0.5 * _root_inverse(eta) ** 3
        ),
    )
}


def _binomial_deviance(y: FloatArray, mu: FloatArray, weights: FloatArray) -> FloatArray:
    result: FloatArray = 2 * weights * (special.xlogy(y, y / mu) + special.xlogy(1 - y, (1 - y) / (1 - mu)))
    return result


def _poisson_deviance(y: FloatArray, mu: FloatArray, weights: FloatArray) -> FloatArray:
    result: FloatArray = 2 * weights * (special.xlogy(y, y / mu) - (y - mu))
    return result


def _gamma_deviance(y: FloatArray, mu: FloatArray, weights: FloatArray) -> FloatArray:
    result: FloatArray = -2 * weights * (np.log(y / mu) - (y - mu) / mu)
    return result


def _inverse_gaussian_deviance(y: FloatArray, mu: FloatArray, weights: FloatArray) -> FloatArray:
    return weights * np.square((y - mu) / mu) / y


def _gaussian(name: str) -> Family:
    return Family(
        name,
        LINKS["identity"],
        np.ones_like,
        lambda y, mu, w: w * np.square(y - mu),
        lambda y, w: y,
        lambda y: True,
        "any number",
    )


def _binomial(name: str) -> Family:
    return Family(
        name,
        LINKS["logit"],
        lambda mu: mu * (1 - mu),
        _binomial_deviance,
        lambda y, w: (w * y + 0.5) / (w + 1),
        lambda y: bool(((y >= 0) & (y <= 1)).all()),
        "numbers from 0 to 1, or two levels",
    )


def _poisson(name: str) -> Family:
    return Family(
        name,
        LINKS["log"],
        lambda mu: mu,
        _poisson_deviance,
        lambda y, w: y + 0.1,
        lambda y: bool((y >= 0).all()),
        "numbers of at least 0",
    )


def _gamma(name: str) -> Family:
    return Family(
        name, LINKS["inverse"], np.square, _gamma_deviance, lambda y, w: y, lambda y: bool((y > 0).all()),
        "positive numbers",
    )  # fmt: skip


def _inverse_gaussian(name: str) -> Family:
    return Family(
        name, LINKS["1/mu^2"], lambda mu: mu**3, _inverse_gaussian_deviance, lambda y, w: y,
        lambda y: bool((y > 0).all()), "positive numbers",
    )  # fmt: skip


MAKERS: dict[str, Callable[[str], Family]] = {
    "gaussian": _gaussian,
    "binomial": _binomial,
    "quasibinomial": _binomial,
    "poisson": _poisson,
    "quasipoisson": _poisson,
    "gamma": _gamma,
    "inverse.gaussian": _inverse_gaussian,
}


def family_of(name: str, link: str | None = None) -> Family:
    """A family by name, with its canonical link or another."""
    if name.lower() not in MAKERS:
        raise StatsError("family-unknown", "family", f"one of {', '.join(MAKERS)}", name)
    family = MAKERS[name.lower()](name.lower())
    if link is None:
        return family
    if link not in LINKS:
        raise StatsError("link-unknown", "link", f"one of {', '.join(LINKS)}", link)
    fields = (family.variance, family.deviance, family.first_mean, family.fits, family.domain)
    return Family(family.name, LINKS[link], *fields)
