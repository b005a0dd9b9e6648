"""AAPOR's outcome rates of a survey that was phoned, with their numerators and denominators."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from cityvoice.cati.services.rates import RateTable
from cityvoice.reports.compose.voice import Voice
from cityvoice.reports.document import OutcomeTable
from cityvoice.stats.response_rates import Rate


def outcomes(tables: Sequence[RateTable], voice: Voice) -> tuple[OutcomeTable, ...]:
    """One table for each wave; nothing of a survey that nobody was phoned for."""
    if not any(table.mode == "CATI" for table in tables):
        return ()
    return tuple(_table(wave, tuple(same), voice) for wave, same in groupby(tables, lambda each: each.wave))


def _table(wave: int, tables: Sequence[RateTable], voice: Voice) -> OutcomeTable:
    _ = voice.gettext
    samples = {"CATI": _("Phone sample"), "CAWI": _("Invited to the web"), "": _("Both together")}
    title = _("Outcome rates after AAPOR (edition %(edition)s of the Standard Definitions), wave %(wave)s")
    return OutcomeTable(
        title=title % {"edition": tables[0].rates.edition, "wave": wave},
        heads=tuple(samples[table.mode] for table in tables),
        rows=tuple(_rows(tables, voice)),
        note=_note(tables, voice),
    )


def _rows(tables: Sequence[RateTable], voice: Voice) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in tables[0].rates.rates:
        yield name, tuple(_cell(table.rates.rates[name], voice) for table in tables)
    yield voice.gettext("Cases"), tuple(voice.numbers.integer(table.n_cases) for table in tables)


def _cell(rate: Rate, voice: Voice) -> str:
    """Such as ``35.7% (5 / 14)``."""
    if not rate.denominator:
        return "–"
    sizes = [voice.numbers.fixed(size, 1 if size % 1 else 0) for size in (rate.numerator, rate.denominator)]
    return f"{voice.numbers.with_sign(rate.value)} ({sizes[0]} / {sizes[1]})"


def _note(tables: Sequence[RateTable], voice: Voice) -> str:
    _ = voice.gettext
    found = tables[0].rates
    how = (
        _("e, the share of unknown cases taken as eligible, is estimated from cases of known eligibility.")
        if found.e_is_estimated
        else _("e, the share of unknown cases taken as eligible, is given: %(e)s.")
        % {"e": voice.numbers.fixed(max(found.eligibility.values()), 3)}
    )
    n_open = max(table.n_open for table in tables)
    still = _("%(n)s cases were still open and count as if fieldwork had ended.")
    return f"{how} {still % {'n': voice.numbers.integer(n_open)}}" if n_open else how
