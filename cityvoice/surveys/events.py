"""What other features may want to know of, told inside the transaction in which it happens."""

from blinker import Signal

# sender: the session; survey. Its questionnaire has a new version, and its quotas are those of that version.
published = Signal()

# sender: the session; survey, response. Somebody begins, or goes on, by the link of a known case.
response_begun = Signal()

# sender: the session; survey, response, mode. Of confidential surveys: an anonymous response is nobody's.
response_over = Signal()
