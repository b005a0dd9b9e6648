"""The questionnaire engine: model, routing, validation, documents, codebooks and microdata.

Pure: no Flask, no SQLAlchemy, no input or output. Texts for people leave it as codes that ``web`` translates.
"""
