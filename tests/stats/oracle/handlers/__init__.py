"""One module per family of cases; each registers its handlers when imported."""
