"""Model formulas: ``voted ~ sex + age * edu + I(income / 1000) + offset(log(months))``."""
