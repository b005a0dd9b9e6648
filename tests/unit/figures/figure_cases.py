"""Figures of every shape, drawn by the tests of this folder."""

from dataclasses import dataclass

from cityvoice.figures.dots import DotFigure, DotRow, DotSection, Reference
from cityvoice.figures.likert import LikertFigure, LikertRow, LikertScale
from cityvoice.figures.numbers import Unit, number_format
from cityvoice.figures.profile import ProfileFigure, ProfileRow, ProfileSection
from cityvoice.figures.reading import Mark, Reading

PL = number_format("pl")
LONG = "Oferta kulturalna domów kultury, bibliotek i świetlic środowiskowych w Pana(i) najbliższej okolicy"
UNBROKEN = "Dźwiękonaśladownictwo" * 4
SCALE = LikertScale(
    (
        "bardzo niezadowolony(-a)",
        "raczej niezadowolony(-a)",
        "ani tak, ani nie",
        "raczej zadowolony(-a)",
        "bardzo zadowolony(-a)",
    ),
    n_unfavourable=2,
    n_favourable=2,
    unfavourable="niezadowoleni",
    favourable="zadowoleni",
)


def likert(*rows: LikertRow, scale: LikertScale = SCALE) -> LikertFigure:
    return LikertFigure("Zadowolenie z miasta", scale, rows, PL)


def likert_row(label: str, *shares: float, mark: Mark = Mark.FIRM) -> LikertRow:
    value = shares[-1] + shares[-2]
    return LikertRow(
        label, shares, Reading(value, max(value - 0.04, 0), min(value + 0.04, 1), 577, 404, mark)
    )


def dots(*rows: DotRow, heading: str = "", **options: object) -> DotFigure:
    return DotFigure("Różnice", "zadowoleni, %", (DotSection(rows, heading),), PL, **options)  # type: ignore[arg-type]


def dot_row(label: str, value: float, n: int = 100, mark: Mark = Mark.FIRM) -> DotRow:
    return DotRow(label, Reading(value, max(value - 0.1, 0), min(value + 0.1, 1), n, n * 0.7, mark))


@dataclass(frozen=True)
class Case:
    name: str
    figure: LikertFigure | DotFigure | ProfileFigure


ROWS = tuple(likert_row(f"Pozycja {i}", 0.1, 0.2, 0.1, 0.4, 0.2) for i in range(20))
GROUPS = tuple(dot_row(f"Dzielnica {i}", i / 20) for i in range(20))
ELEVEN = LikertScale(tuple(map(str, range(11))), 5, 5, "źle", "dobrze")
CASES = (
    Case("likert of one row", likert(ROWS[0])),
    Case("likert of twenty rows", likert(*ROWS)),
    Case("likert without rows", likert()),
    Case("likert at both ends", likert(likert_row("a", 0, 0, 0, 0, 1), likert_row("b", 1, 0, 0, 0, 0))),
    Case("likert all favourable", likert(likert_row("Wszyscy", 0, 0, 0, 0.5, 0.5))),
    Case("likert suppressed", likert(likert_row("Żłobki", 0.2, 0.2, 0.2, 0.2, 0.2, mark=Mark.SUPPRESSED))),
    Case("likert flagged", likert(likert_row("Żłobki", 0.2, 0.2, 0.2, 0.2, 0.2, mark=Mark.FLAGGED))),
    Case("likert long labels", likert(*(likert_row(t, 0.1, 0.2, 0.1, 0.4, 0.2) for t in (LONG, UNBROKEN)))),
    Case("likert of 0-10", likert(LikertRow("Ocena", (1 / 11,) * 11, Reading(5 / 11)), scale=ELEVEN)),
    Case("dots of one row", dots(GROUPS[3])),
    Case("dots of twenty rows", dots(*GROUPS, heading="Dzielnica", reference=Reference("miasto", 0.5))),
    Case("dots at both ends", dots(dot_row("nikt", 0), dot_row("wszyscy", 1), is_whole_scale=True)),
    Case(
        "dots suppressed",
        dots(dot_row("Łąki", 0.4, 4, Mark.SUPPRESSED), dot_row("Ćma", 0.4, 22, Mark.FLAGGED)),
    ),
    Case("dots all suppressed", dots(dot_row("Łąki", 0.4, 4, Mark.SUPPRESSED))),
    Case("dots without rows", dots()),
    Case("dots with long labels", dots(dot_row(LONG, 0.4), dot_row(UNBROKEN, 0.2), has_bars=True)),
    Case("reference at the edge", dots(dot_row("a", 0.9), reference=Reference("całe nasze miasto", 1.0))),
    Case(
        "ratios", dots(dot_row("a", 0.4), dot_row("b", 2.7), unit=Unit.RATIO, reference=Reference("1 : 1", 1))
    ),
    Case(
        "profile",
        ProfileFigure(
            "Próba i ludność",
            (
                ProfileSection(
                    "Płeć",
                    (ProfileRow("kobiety", 310, 0.53, 0.6, 0.53), ProfileRow(LONG, 2, 0.47, 0.4, 0.47)),
                ),
                ProfileSection("Wiek", (ProfileRow("wszyscy", 312, 1, 1, 1), ProfileRow("nikt", 0, 0, 0, 0))),
            ),
            PL,
        ),
    ),
)
