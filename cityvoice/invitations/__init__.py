"""Invitations: lists of people, e-mail, printed letters; built on the personal links of surveys."""
