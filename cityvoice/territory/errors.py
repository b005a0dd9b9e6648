"""Errors of the territory feature."""


class ControlTotalsError(Exception):
    """Control totals that cannot be: names the variable, the code, what was expected."""

    def __init__(self, variable: str, code: str | None, message: str) -> None:
        where = variable if code is None else f"{variable}, code {code}"
        super().__init__(f"{where}: {message}")
        self.variable, self.code = variable, code
