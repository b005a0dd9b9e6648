"""Indicators: in this edition the participation indicators of a survey."""
