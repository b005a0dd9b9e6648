"""Errors of the accounts feature."""


class AccountError(Exception):
    """Base of the feature's errors."""


class InvalidAccount(AccountError):
    """An account that cannot be made; `field` says what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class WrongCredentials(AccountError):
    """No such account, a wrong password, or a disabled account: one error, so that it tells nothing."""


class TooManyAttempts(AccountError):
    """Login is closed for this address or from this network for a while."""
