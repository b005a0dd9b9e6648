"""Design-based survey statistics: weighting, estimates with honest error, tables. Pure."""
