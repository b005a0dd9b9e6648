"""Makes new trees out of trees: other names, values in place of names, chains of conditions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Call,
    Expression,
    Logical,
    Membership,
    Name,
    Operator,
    Unary,
    names,
)
from cityvoice.questionnaire.expressions.functions import FUNCTIONS

Renaming = Mapping[str, str] | Callable[[str], str]


def rename(node: Expression, renaming: Renaming) -> Expression:
    """The tree with other names; a mapping leaves the names that it does not hold."""
    new = renaming if callable(renaming) else lambda name: renaming.get(name, name)
    return substitute(node, lambda name: Name(new(name)))


def substitute(node: Expression, value: Callable[[str], Expression | None]) -> Expression:
    """The tree with trees in place of names; None leaves a name as it is. Positions stay the names' own."""

    def change(part: Expression) -> Expression:
        found = value(part.name) if isinstance(part, Name) else None
        return part if found is None else replace(found, position=part.position)

    return transform(node, change)


def spread(node: Expression, instances: Mapping[str, Sequence[str]]) -> Expression:
    """The tree in which a repeated name stands for all its instances.

    An argument of a function that takes any number of them is written once for each instance of the names in
    it: ``sum(age)`` becomes ``sum(age.1, age.2)``, ``count_true(age < 18)`` becomes
    ``count_true(age.1 < 18, age.2 < 18)``. Elsewhere a repeated name stays, and is then unknown to `check`.

    Parameters
    ----------
    instances
        Of each repeated name its instances in order.
    """

    def change(part: Expression) -> Expression:
        if not isinstance(part, Call) or not _takes_many(part.function):
            return part
        arguments = (each for argument in part.arguments for each in _copies(argument, instances))
        return replace(part, arguments=tuple(arguments))

    return transform(node, change)


def all_of(conditions: Iterable[Expression]) -> Expression | None:
    """The condition that all of these hold; None when there is none."""
    return _chain(Operator.AND, conditions)


def any_of(conditions: Iterable[Expression]) -> Expression | None:
    """The condition that any of these holds; None when there is none."""
    return _chain(Operator.OR, conditions)


def transform(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The tree in which `change` has been made to every node, to the lower ones first."""

    def inside(part: Expression) -> Expression:
        return transform(part, change)

    match node:
        case Unary():
            node = replace(node, operand=inside(node.operand))
        case Binary():
            node = replace(node, left=inside(node.left), right=inside(node.right))
        case Logical():
            node = replace(node, operands=tuple(map(inside, node.operands)))
        case Membership():
            node = replace(node, operand=inside(node.operand), values=tuple(map(inside, node.values)))
        case Call():
            node = replace(node, arguments=tuple(map(inside, node.arguments)))
    return change(node)


def _takes_many(function: str) -> bool:
    known = FUNCTIONS.get(function)
    return known is not None and known.repeats


def _copies(argument: Expression, instances: Mapping[str, Sequence[str]]) -> Iterable[Expression]:
    repeated = {name.name: instances[name.name] for name in names(argument) if name.name in instances}
    if not repeated:
        return (argument,)
    return (
        rename(argument, dict(zip(repeated, each, strict=True)))
        for each in zip(*repeated.values(), strict=False)
    )


def _chain(operator: Operator, conditions: Iterable[Expression]) -> Expression | None:
    parts: list[Expression] = []
    for condition in conditions:
        same = isinstance(condition, Logical) and condition.operator is operator
        parts += condition.operands if isinstance(condition, Logical) and same else (condition,)
    if len(parts) < 2:
        return parts[0] if parts else None
    return Logical(operator, tuple(parts))
