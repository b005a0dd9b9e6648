"""Ratings: questions whose favourable answers stand at one end of a short scale."""

from collections.abc import Callable

from cityvoice.analysis.types import OptionResult, VariableResult
from cityvoice.figures.likert import LikertScale

MOST_LEVELS = 7  # a rating of more levels is shown as a distribution


def is_rating(result: VariableResult) -> bool:
    codes, favourable = [option.code for option in result.options], result.variable.favourable
    if not favourable or not 2 <= len(codes) <= MOST_LEVELS or len(favourable) == len(codes):
        return False
    return set(favourable) in (set(codes[-len(favourable) :]), set(codes[: len(favourable)]))


def from_worst_to_best(result: VariableResult) -> tuple[OptionResult, ...]:
    """A rating's options, least favourable first, whichever way the questionnaire lists them."""
    favourable = set(result.variable.favourable or ())
    starts_with_best = {option.code for option in result.options[: len(favourable)]} == favourable
    return result.options[::-1] if starts_with_best else result.options


def rating_scale(result: VariableResult, gettext: Callable[[str], str]) -> LikertScale:
    n_favourable = len(result.variable.favourable or ())
    return LikertScale(
        levels=tuple(option.label for option in from_worst_to_best(result)),
        n_unfavourable=min(n_favourable, len(result.options) - n_favourable),
        n_favourable=n_favourable,
        unfavourable=gettext("negative"),
        favourable=gettext("positive"),
    )
