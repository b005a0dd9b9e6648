"""Questionnaires in other programs' files: every reader gives an `imported.Imported`.

What our model cannot hold is a loss with its place and reason, never an exception; a file that cannot be read
at all is a `DocumentError` with the line or row. `formats` knows every reader.
"""
