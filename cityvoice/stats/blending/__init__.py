"""An opt-in web sample beside a probability sample: propensities, mass imputation, and both at once."""
