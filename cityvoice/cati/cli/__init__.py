"""Interviewing by phone from the command line."""
