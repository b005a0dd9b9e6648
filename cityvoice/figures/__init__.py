"""Figures of survey results: each is one frozen object that gives an SVG, a data table and alt text."""
