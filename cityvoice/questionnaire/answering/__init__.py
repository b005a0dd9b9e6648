"""What may be stored of what was posted for one question."""
