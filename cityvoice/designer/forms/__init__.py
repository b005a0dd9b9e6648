"""The form of one question, section or group: what it shows, and the element that was typed into it."""
