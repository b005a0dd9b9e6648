"""What stands on paper: `paper` the form, `bodies` what is filled in, `conditions` whom a question is for."""
