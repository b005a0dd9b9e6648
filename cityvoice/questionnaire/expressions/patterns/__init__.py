r"""Regular expressions whose time grows with the length of the text alone.

Patterns come from questionnaires and texts from strangers; a backtracking matcher can be made to search for
hours. Here all ways through the pattern are followed at the same time (Thompson 1968), which leaves out what
cannot be done so: back references, looking ahead and behind. Everything else that the common dialects share
is there: ``. ^ $ \b``, classes, groups, ``|``, ``* + ? {2,5}``, ``(?i)``.

References
----------
K. Thompson, "Regular Expression Search Algorithm", CACM 11(6), 1968, doi:10.1145/363347.363387.
"""

from cityvoice.questionnaire.expressions.patterns.errors import PatternError
from cityvoice.questionnaire.expressions.patterns.matching import Pattern, pattern

__all__ = ["Pattern", "PatternError", "pattern"]
