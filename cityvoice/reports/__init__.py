"""Audit reports: composed from the features below, rendered to PDF in a worker."""
