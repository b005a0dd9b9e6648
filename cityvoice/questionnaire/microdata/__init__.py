"""Survey microdata: rows of coded answers from elsewhere, with or without a codebook."""
