"""Tests of hypotheses under a survey design."""
