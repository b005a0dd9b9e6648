"""How the rows of a file were drawn, by the names of its columns."""

from dataclasses import dataclass

import numpy as np

from cityvoice.stats.design import LonelyPsu, SurveyDesign
from cityvoice.stats.frame import Frame


@dataclass(frozen=True)
class Sampling:
    """Columns of a file that say how its rows were drawn (see `SurveyDesign`).

    Parameters
    ----------
    weights : str, optional
        Base weights, or finished ones where no recipe follows; without it every row counts 1.
    strata, psu, fpc : tuple of str
        One column per stage.
    """

    weights: str | None = None
    strata: tuple[str, ...] = ()
    psu: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    nest: bool = False
    lonely_psu: LonelyPsu = LonelyPsu.FAIL

    @property
    def columns(self) -> tuple[str, ...]:
        own = () if self.weights is None else (self.weights,)
        return (*own, *self.strata, *self.psu, *self.fpc)

    def design(self, frame: Frame) -> SurveyDesign:
        """The design of a frame with these columns."""
        weights = np.ones(frame.n_rows) if self.weights is None else frame.numbers(self.weights)
        return SurveyDesign(
            weights=weights,
            strata=tuple(frame.column(name) for name in self.strata),
            psu=tuple(frame.column(name) for name in self.psu),
            fpc=tuple(frame.numbers(name) for name in self.fpc),
            nest=self.nest,
            lonely_psu=self.lonely_psu,
        )


SIMPLE = Sampling()  # rows drawn one by one, all alike
