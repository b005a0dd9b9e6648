"""Surveys: published questionnaires, cases, responses; the web questionnaire and imported microdata."""
