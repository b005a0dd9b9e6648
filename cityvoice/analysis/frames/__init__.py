"""Answers in columns: one row per complete response, one column per variable of the questionnaire.

Columns beside the variables: ``_mode`` (categorical), ``_weight`` (base weight), ``_day`` (day answered).
A choice is categorical over all its codes, missing ones included; null says that it was not asked. A numeric
variable is a float column; why a number is missing stands in ``<name>.missing``.
"""

from cityvoice.analysis.frames.columns import (
    CHOSEN,
    NOT_CHOSEN,
    build_frame,
    content_digest,
    frame_of_documents,
    valid,
    valid_codes,
    with_all_columns,
)

__all__ = [
    "CHOSEN",
    "NOT_CHOSEN",
    "build_frame",
    "content_digest",
    "frame_of_documents",
    "valid",
    "valid_codes",
    "with_all_columns",
]
