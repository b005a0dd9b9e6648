"""Names that pages show for the feature's codes."""
