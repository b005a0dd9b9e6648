"""Questions as HTML, fast: each is drawn once per version and language, and filled in for each respondent.

A template draws a question with a `Pen`. Where the HTML depends on a respondent, the pen leaves a mark and
notes what belongs there; `compile_drawing` cuts the HTML at the marks. Filling is joining strings: the words,
names and frames of a page never pass through a template again. The templates stay the only place of markup.
"""
