"""Readers of files: frames that samples are drawn from, lists of numbers that must not be called."""
