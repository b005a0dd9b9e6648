"""What a function of the language is."""

from collections.abc import Callable
from dataclasses import dataclass

from cityvoice.questionnaire.expressions.types import ValueType
from cityvoice.questionnaire.expressions.values import Value

MAX_TEXT = 100_000  # characters of a computed text; a longer one is unknown


@dataclass(frozen=True)
class Function:
    """`parameters` are the types that each argument may have; the last one repeats when `repeats`.

    A result of None is the type that the arguments of any type have in common.
    """

    parameters: tuple[frozenset[ValueType], ...]
    result: ValueType | None
    compute: Callable[..., Value]
    optional: int = 0  # how many of the last parameters may be left out
    repeats: bool = False
    certain: bool = False  # never unknown, whatever its arguments are
    given: tuple[str, ...] = ()  # names that are looked up and handed to `compute` before the arguments

    @property
    def least(self) -> int:
        return len(self.parameters) - self.optional

    @property
    def most(self) -> int | None:
        return None if self.repeats else len(self.parameters)

    def takes(self, arguments: int) -> bool:
        """Whether it can be called with so many arguments."""
        return self.least <= arguments and (self.most is None or arguments <= self.most)
