"""Several answers at once: scales, components, factors, correlation, agreement."""
