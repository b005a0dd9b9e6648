"""The question bank: questions to copy into a draft, each theme a questionnaire document of one section."""
