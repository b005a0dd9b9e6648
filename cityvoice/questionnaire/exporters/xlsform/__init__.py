"""Writes XLSForm workbooks, for ODK, Kobo and their kin.

`spelling` gives our answers names there, `rows` makes rows of our questions, `survey` the whole form,
`workbook` the file.
"""
