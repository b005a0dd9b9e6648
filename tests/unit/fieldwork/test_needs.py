import pytest

from cityvoice.fieldwork.needs import effective_size, need


def test_an_empty_cell_needs_all_and_a_full_one_nothing():
    assert need(10, []) == 1
    assert need(10, [1.0] * 10) == 0
    assert need(10, [1.0] * 12) == pytest.approx(-0.2)
    assert need(0, []) == 0


def test_unequal_weights_leave_more_to_do():
    assert effective_size([2.0, 2.0]) == pytest.approx(2)
    assert effective_size([1.0, 3.0]) == pytest.approx(1.6)
    assert need(4, [1.0, 3.0]) == pytest.approx(0.6)


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="at least 0"):
        effective_size([1.0, -1.0])
