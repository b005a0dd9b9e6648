"""What the errors of weighting mean, in the official's language."""

from collections.abc import Callable

from flask_babel import format_decimal
from flask_babel import gettext as _

from cityvoice.analysis.errors import MarginProblem, Misfit
from cityvoice.territory.errors import ControlTotalsError, Reason


def describe(problem: MarginProblem) -> str:
    return _DESCRIPTIONS[problem.misfit](problem)


def describe_totals(error: ControlTotalsError) -> str:
    numbers = {
        name: format_decimal(number) for name, number in error.numbers.items() if not isinstance(number, str)
    }
    if error.reason is Reason.NEITHER_SHARES_NOR_PEOPLE:
        text = _(
            "The totals add up to %(total)s. Enter per cents that add up to 100,"
            " or numbers of people for every category.",
            **numbers,
        )
    elif error.reason is Reason.POPULATIONS_DIFFER:
        text = _(
            "The totals add up to %(total)s people, but “%(other)s” counts %(count)s."
            " All must count the same people.",
            other=error.numbers["other"],
            **numbers,
        )
    else:
        text = _("These control totals cannot be used: %(why)s", why=str(error))
    return str(text)


_DESCRIPTIONS: dict[Misfit, Callable[[MarginProblem], str]] = {
    Misfit.NO_SUCH_VARIABLE: lambda p: _(
        "“%(variable)s”: the questionnaire has no such choice question.", variable=p.variable
    ),
    Misfit.NO_SUCH_CODE: lambda p: _(
        "“%(variable)s”: the question has no answer with the code %(code)s.", variable=p.variable, code=p.code
    ),
    Misfit.CODE_WITHOUT_TARGET: lambda p: _(
        "“%(variable)s”: %(n)s respondents said “%(label)s”, which has no control total."
        " Declare one, or keep such respondents at their share.",
        variable=p.variable,
        n=p.n,
        label=p.label,
    ),
    Misfit.CODE_WITHOUT_RESPONDENTS: lambda p: _(
        "“%(variable)s”: nobody said “%(label)s”, so nobody can stand for them."
        " Add its total to that of %(other)s.",
        variable=p.variable,
        label=p.label,
        other=p.collapse_with,
    ),
    Misfit.MARGIN_WITHOUT_RESPONDENTS: lambda p: _(
        "“%(variable)s”: nobody gave an answer that has a control total.", variable=p.variable
    ),
    Misfit.MISSING_VALUES: lambda p: _(
        "“%(variable)s”: %(n)s respondents gave no answer. Keep them at their share,"
        " or leave this variable out.",
        variable=p.variable,
        n=p.n,
    ),
}
