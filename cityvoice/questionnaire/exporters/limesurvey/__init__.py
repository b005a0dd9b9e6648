"""Writes LimeSurvey's .lss files in the form of version 6.

`spelling` gives our answers LimeSurvey's names, `questions` makes its types of ours, `surveys` the file.
"""
