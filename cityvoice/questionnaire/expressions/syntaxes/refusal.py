class Refusal(Exception):
    """What another language says and ours cannot, or the other way round; `message` is the reason."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
