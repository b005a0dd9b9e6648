"""How fast `cityvoice.stats` is, beside other software for survey statistics."""
