"""Flask plumbing shared by all features: extensions, security headers, locale, transactions, error pages."""
