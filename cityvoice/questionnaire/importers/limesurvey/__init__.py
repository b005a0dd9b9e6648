"""LimeSurvey's files: surveys (.lss, .lsa), groups (.lsg), questions (.lsq), and the tab-separated form.

`tables` and `tabbed` read the files, `generations` makes a `source.Survey` of any generation of them, and
`questionnaires` makes a questionnaire of that.
"""
