"""What is wrong with a questionnaire, or deserves a look, before anybody is asked."""
