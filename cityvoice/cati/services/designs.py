"""What is wanted of a sample, and whom it gives: units of a frame, or generated numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.errors import DrawRefused
from cityvoice.cati.models import FrameUnit, SampleFrame
from cityvoice.cati.types import Method
from cityvoice.fieldwork import draws, rdd
from cityvoice.fieldwork.allocation import Allocation, allocate
from cityvoice.fieldwork.impossible import DrawFault, ImpossibleDraw
from cityvoice.fieldwork.phones import Phone, stored_phone
from cityvoice.questionnaire.message import Message
from cityvoice.surveys.models import Survey
from cityvoice.surveys.queries import list_external_ids

MOST_CASES = 200_000
SEEDS = 2**31  # what an integer column holds


@dataclass(frozen=True)
class Design:
    """What is wanted of a sample.

    Parameters
    ----------
    n : int
        Cases; with a given allocation, the sum of its numbers.
    frame : str
        Its name; of generated numbers none.
    seed : int, optional
        Invented where none is given, and kept.
    order_by : str
        Attribute by which the frame is sorted before a systematic selection; "" keeps the frame's order.
    given, deviations : mapping of stratum to number
        Sizes of a given allocation; standard deviations for Neyman's.
    least : int
        Cases of every stratum at least.
    blocks : sequence of str
        Prefixes of the numbers to be generated.
    """

    method: Method
    n: int
    frame: str = ""
    seed: int | None = None
    n_replicates: int = 1
    order_by: str = ""
    allocation: Allocation = Allocation.PROPORTIONAL
    given: Mapping[str, int] = field(default_factory=dict)
    deviations: Mapping[str, float] = field(default_factory=dict)
    least: int = 1
    blocks: Sequence[str] = ()


class Drawn(NamedTuple):
    """One case to be made."""

    phones: tuple[Phone, ...]
    probability: float
    unit: FrameUnit | None = None


def check_design(design: Design) -> None:
    if not 1 <= design.n <= MOST_CASES and design.allocation is not Allocation.GIVEN:
        raise DrawRefused("n", Message("expected 1 to %(n)s cases", n=MOST_CASES))
    if design.method is Method.RDD and not design.blocks:
        raise DrawRefused("blocks", Message("expected the first digits of the numbers, such as 22 345 6"))
    if design.seed is not None and not 0 <= design.seed < SEEDS:
        raise DrawRefused("seed", Message("expected a whole number from 0 to %(n)s", n=SEEDS - 1))


def frame_of(session: Session, survey: Survey, design: Design) -> SampleFrame:
    frame = queries.find_frame(session, survey, design.frame)
    if frame is None:
        raise DrawRefused("frame", Message("the survey has no frame %(name)r", name=design.frame))
    if any(draw.frame_id == frame.id for draw in queries.list_draws(session, survey)):
        raise DrawRefused(
            "frame",
            Message(
                "a sample was drawn from %(name)r already; release more of its replicates, or discard it"
                " before anybody is called",
                name=design.frame,
            ),
        )
    if design.order_by and design.order_by not in ("stratum", *frame.columns):
        known = ", ".join(("stratum", *frame.columns))
        raise DrawRefused("order_by", Message("expected one of %(known)s", known=known))
    return frame


def select_units(
    session: Session, survey: Survey, frame: SampleFrame, design: Design, seed: int
) -> tuple[dict[str, Any], list[Drawn]]:
    units = _callable(session, survey, frame)
    if not units:
        raise ImpossibleDraw(DrawFault.NO_UNITS)
    drawn = _draw(units, design, seed)
    said = {"n_units": frame.n_units, "n_callable": len(units)}
    chosen = [units[row] for row in drawn.rows.tolist()]
    _check_new(session, survey, [unit.external_id for unit, _ in chosen])
    return said, [
        Drawn(tuple(map(stored_phone, phones)), probability, unit)
        for (unit, phones), probability in zip(chosen, drawn.probabilities.tolist(), strict=True)
    ]


def _callable(session: Session, survey: Survey, frame: SampleFrame) -> list[tuple[FrameUnit, list[str]]]:
    """The units of a frame that can be called, with their numbers."""
    of_frame = select(FrameUnit).where(FrameUnit.frame_id == frame.id).order_by(FrameUnit.id)
    units = session.scalars(of_frame).all()
    every = {number for unit in units for number in unit.phones}
    taken = queries.find_forbidden(session, every) | queries.find_numbers_of_cases(session, survey)
    free = [(unit, [number for number in unit.phones if number not in taken]) for unit in units]
    return [(unit, numbers) for unit, numbers in free if numbers]


def _draw(units: Sequence[tuple[FrameUnit, list[str]]], design: Design, seed: int) -> draws.Draw:
    if design.method is Method.STRATIFIED:
        strata = [unit.stratum for unit, _ in units]
        return draws.stratified(strata, _sizes(strata, design), seed=seed)
    if design.method is Method.PPS:
        return draws.pps([unit.size or 0.0 for unit, _ in units], design.n, seed=seed)
    if design.method is Method.SYSTEMATIC:
        return draws.systematic(len(units), design.n, seed=seed, order=_order(units, design.order_by))
    return draws.simple(len(units), design.n, seed=seed)


def _sizes(strata: Sequence[str], design: Design) -> dict[str, int]:
    if design.allocation is Allocation.GIVEN:
        return dict(design.given)
    names, counts = np.unique(np.asarray(strata), return_counts=True)
    strange = set(names.tolist()) ^ set(design.deviations)
    if strange and design.allocation is Allocation.NEYMAN:
        raise ImpossibleDraw(DrawFault.WRONG_STRATA, names=", ".join(sorted(strange)[:5]))
    found = allocate(
        counts,
        design.n,
        method=design.allocation,
        deviations=[design.deviations.get(name, 0.0) for name in names.tolist()],
        least=design.least,
    )
    return dict(zip(names.tolist(), found.tolist(), strict=True))


def _order(units: Sequence[tuple[FrameUnit, list[str]]], order_by: str) -> list[int] | None:
    if not order_by:
        return None
    said = [unit.stratum if order_by == "stratum" else unit.attributes.get(order_by, "") for unit, _ in units]
    return sorted(range(len(units)), key=lambda place: str(said[place]))


def _check_new(session: Session, survey: Survey, ids: Sequence[str]) -> None:
    known = list_external_ids(session, survey)
    same = next((each for each in ids if each in known), None)
    if same is not None:
        raise DrawRefused("frame", Message("the survey has a case %(name)r already", name=same))


def generate_numbers(
    session: Session, survey: Survey, design: Design, seed: int
) -> tuple[dict[str, Any], list[Drawn]]:
    """Numbers that must not be called or are in the survey already are left out once they are drawn: for all
    others the probability is n / size as before.
    """
    found = rdd.generate(rdd.read_blocks(design.blocks), design.n, seed=seed)
    numbers = {phone.e164 for phone in found.phones}
    taken = queries.find_forbidden(session, numbers) | queries.find_numbers_of_cases(session, survey)
    said = {"n_units": found.size, "n_callable": found.size, "n_left_out": len(numbers & taken)}
    return said, [Drawn((phone,), found.probability) for phone in found.phones if phone.e164 not in taken]
