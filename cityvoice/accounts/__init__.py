"""People who work with CityVoice: accounts, roles, login, and the audit log of who did what."""
