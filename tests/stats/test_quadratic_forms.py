import numpy as np
import pytest
from scipy import stats

from cityvoice.stats.quadratic_forms import chi_square_sum_tail, f_sum_tail

WEIGHTS = np.array([1.7, 0.9, 0.4, 0.2])


@pytest.mark.parametrize("x", [0.5, 7.0, 60.0])
def test_equal_weights_give_a_chi_square(x):
    assert chi_square_sum_tail(x / 2, np.full(3, 0.5)) == pytest.approx(stats.chi2.sf(x, 3), rel=1e-12)
    assert chi_square_sum_tail(x, np.ones(3), "satterthwaite") == pytest.approx(stats.chi2.sf(x, 3))


@pytest.mark.parametrize("df", [5, 40])
def test_equal_weights_with_a_denominator_give_f(df):
    expected = stats.f.sf(6.0 / 3, 3, df)
    assert f_sum_tail(6.0, np.ones(3), df, "exact") == pytest.approx(expected, abs=1e-7)
    assert f_sum_tail(6.0, np.ones(3), df) == pytest.approx(expected, rel=0.03)


def test_the_exact_tail_agrees_with_simulation():
    draws = np.random.default_rng(7).standard_normal((400_000, 4)) ** 2 @ WEIGHTS
    for x in (1.0, 4.0, 12.0):
        share = (draws > x).mean()
        error = np.sqrt(share * (1 - share) / len(draws))
        assert abs(chi_square_sum_tail(x, WEIGHTS) - share) < 4 * error


def test_signed_weights_agree_with_simulation():
    signed = np.array([1.0, -0.6, 0.3])
    draws = np.random.default_rng(8).standard_normal((400_000, 3)) ** 2 @ signed
    assert chi_square_sum_tail(0.5, signed) == pytest.approx((draws > 0.5).mean(), abs=0.004)


def test_a_far_tail_keeps_its_digits():
    far = chi_square_sum_tail(80.0, WEIGHTS)
    assert chi_square_sum_tail(80.0, WEIGHTS, "saddlepoint") == pytest.approx(far, rel=0.15)
    assert 1e-11 < far < 2e-11


def test_many_denominator_degrees_of_freedom_approach_the_chi_square():
    near = f_sum_tail(9.0, WEIGHTS, 100_000.0, "satterthwaite")
    assert near == pytest.approx(chi_square_sum_tail(9.0, WEIGHTS, "satterthwaite"), rel=1e-3)
    assert f_sum_tail(9.0, WEIGHTS, np.inf) == chi_square_sum_tail(9.0, WEIGHTS, "saddlepoint")


def test_nothing_gives_nan_and_no_number():
    assert np.isnan(chi_square_sum_tail(3.0, np.zeros(2)))
    assert np.isnan(f_sum_tail(3.0, WEIGHTS, 0.0))
    assert np.isnan(chi_square_sum_tail(np.nan, WEIGHTS))
