"""Runs folders of reference cases (schema cityvoice-oracle/1) against cityvoice.stats.

``python -m tests.stats.oracle PATH...`` where a path is a folder of suites or one suite.
A handler module in `handlers` registers what it can run with ``@handles("mean", ...)``.
"""
