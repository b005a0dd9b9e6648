"""The expression language: parsed into one tree, checked before publication, one evaluator.

    age >= 18 and district in ["1", "2"] and not selected(channels, "internet")

Literals: numbers, ``"text"`` or ``'text'``, ``true``, ``false``. Operators, loosest first: ``or``; ``and``;
``not``; ``= == != < <= > >= in [..] not in [..]``; ``+ -``; ``* / %``; unary ``-``. Names are questions and
their parts, ``age.2`` is the second repeat's; functions are listed in `functions.FUNCTIONS`. Whatever syntax
an expression was imported from (`syntaxes`) becomes the same tree, which is stored as `render` writes it. For
people who write expressions: docs/reference/expressions.md.

Three-valued treatment of missing answers (Kleene): a name without an answer is unknown, and so is whatever
is computed from it, apart from ``false and unknown`` (false) and ``true or unknown`` (true). A stored "don't
know" equals its own code and differs from every other code, but is unknown to comparisons by size and to
arithmetic. An unknown condition does not hold.
"""
