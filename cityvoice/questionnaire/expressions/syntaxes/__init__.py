"""Other programs' expression languages, read into our tree and written from it.

LimeSurvey and XLSForm know no "unknown": an unanswered question is an empty text there, and a condition is
true or false. The tree says the same with ``answered(x)`` in place of ``x != ""`` and with ``holds(...)``
under a negation, so that "not yes" is true of a question without an answer.
"""
