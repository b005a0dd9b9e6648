"""Readers of files: lists of people, mail that came back."""
