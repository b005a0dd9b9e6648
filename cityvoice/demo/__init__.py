"""The demo city: an invented place, its survey, and residents drawn from a fixed seed."""
