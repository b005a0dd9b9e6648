"""Errors of the reports feature."""


class ReportError(Exception):
    """Base of the feature's errors; the message is for the person who asked."""


class ReportFailed(ReportError):
    """The report could not be built; the message says why."""
