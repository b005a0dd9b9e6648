"""Use cases of territory: name the city, declare control totals."""

import math
from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from cityvoice.territory import queries
from cityvoice.territory.errors import ControlTotalsError, Reason
from cityvoice.territory.models import PopulationCount, PopulationReference, TerritorialUnit

LARGEST_DISAGREEMENT = 1e-6  # of the totals of two margins, relative: they count the same people
LARGEST_TOTAL = 100_000_000  # people: no city has as many
LONGEST_SOURCE, LONGEST_NAME = 300, 120  # characters, as the tables keep them
SMALLEST_POPULATION = 1000  # people; fewer are taken for per cents that do not add up
UNKNOWN_SOURCE = "not stated"
UNROUNDED = 0.05  # percentage points by which declared shares may miss 100


def name_city(session: Session, *, code: str, name: str, districts: Mapping[str, str]) -> TerritorialUnit:
    city = TerritorialUnit(code=code, name=name, level="city")
    session.add(city)
    session.flush()
    session.add_all(
        TerritorialUnit(code=f"{code}-{number}", name=district, level="district", parent_id=city.id)
        for number, district in districts.items()
    )
    session.flush()
    return city


def declare_margin(
    session: Session,
    *,
    slug: str,
    variable: str,
    totals: Mapping[str, float],
    source: str | None = None,
    reference_on: date | None = None,
    population: int | None = None,
) -> PopulationReference:
    """Set the control totals of one variable, in place of earlier ones.

    Parameters
    ----------
    totals : mapping of code to people, or to per cent when they add up to 100
    source, reference_on, population
        Of all margins together; what is not given stays as it was.

    Raises
    ------
    ControlTotalsError
        when a total is no number, none is positive, or two margins count different populations.
    """
    check_totals(variable, totals)
    reference = queries.find_reference(session, slug) or PopulationReference(slug=slug)
    margins = {**reference.margins(), variable: totals}
    people = check_agreement(variable, margins, population)
    reference.source = _checked_source(source or reference.source or UNKNOWN_SOURCE)
    reference.reference_on = reference_on or reference.reference_on
    reference.population = people or reference.population
    session.add(reference)
    withdraw_margin(session, reference, variable)
    start = len(reference.counts)
    reference.counts.extend(
        PopulationCount(variable=variable, code=code, total=float(total), position=start + place)
        for place, (code, total) in enumerate(totals.items())
    )
    session.flush()
    return reference


def withdraw_margin(session: Session, reference: PopulationReference, variable: str) -> None:
    reference.counts[:] = [count for count in reference.counts if count.variable != variable]
    session.flush()
    for position, count in enumerate(reference.counts):
        count.position = position


def check_totals(variable: str, totals: Mapping[str, float]) -> None:
    if not totals:
        raise ControlTotalsError(variable, None, "no category has a total; expected one for every category")
    for code, total in totals.items():
        if not math.isfinite(total) or total <= 0:
            raise ControlTotalsError(variable, code, f"expected a number above 0, got {total:g}")
        if total > LARGEST_TOTAL:
            raise ControlTotalsError(
                variable, code, f"expected at most {LARGEST_TOTAL} people, got {total:g}"
            )
        if max(len(variable), len(code)) > LONGEST_NAME:
            raise ControlTotalsError(variable, code, f"expected at most {LONGEST_NAME} characters in a name")


def check_agreement(
    variable: str, margins: Mapping[str, Mapping[str, float]], population: int | None
) -> int | None:
    """The population that all margins in people count, and `population` too; None where none is known.

    Margins in per cent must add up to 100.
    """
    _check_unit(variable, margins[variable])
    people = {name: math.fsum(codes.values()) for name, codes in margins.items() if not is_share(codes)}
    if population is not None:
        people["population"] = population
    if not people:
        return None
    judged = variable if variable in people else next(reversed(people))
    total = people[judged]
    for name, count in people.items():
        if abs(total - count) > LARGEST_DISAGREEMENT * count:
            expected = f"expected the same population as {name}: {count:.10g}"
            message = f"the totals add up to {total:.10g}, {expected}"
            differ = Reason.POPULATIONS_DIFFER
            raise ControlTotalsError(judged, None, message, differ, total=total, count=count, other=name)
    return round(total)


def _check_unit(variable: str, totals: Mapping[str, float]) -> None:
    total = math.fsum(totals.values())
    if is_share(totals):
        return
    if total > LARGEST_TOTAL:
        expected = f"expected at most {LARGEST_TOTAL}"
        raise ControlTotalsError(variable, None, f"the totals add up to {total:.10g}, {expected}")
    if total < SMALLEST_POPULATION or any(count != int(count) for count in totals.values()):
        expected = f"expected 100 per cent, or whole numbers of at least {SMALLEST_POPULATION} people"
        message = f"the totals add up to {total:.10g}, {expected}"
        raise ControlTotalsError(variable, None, message, Reason.NEITHER_SHARES_NOR_PEOPLE, total=total)


def _checked_source(source: str) -> str:
    if not 0 < len(source.strip()) <= LONGEST_SOURCE:
        raise ControlTotalsError("source", None, f"expected 1 to {LONGEST_SOURCE} characters")
    return source.strip()


def is_share(totals: Mapping[str, float]) -> bool:
    return abs(math.fsum(totals.values()) - 100) <= UNROUNDED
