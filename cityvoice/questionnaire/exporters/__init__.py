"""Questionnaires in other programs' formats; `formats` knows every writer."""
