"""Regression under a survey design: generalised linear, ordinal and log-linear models, tests of terms."""
