"""From a survey's data to what its audit report says, in its reader's language."""
