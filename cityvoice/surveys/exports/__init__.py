"""Answers as files, in every format with the same columns (docs/reference/data-layout.md)."""
