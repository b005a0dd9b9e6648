"""Where people live: territorial units, and the population reference that weighting is held against."""
