"""Where officials write questionnaires: drafts, the question bank, translation, trial, publication."""
