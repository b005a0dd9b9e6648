"""Weighting as a recipe: frozen steps apart from the data, each leaving a record of what it did."""
