class Refusal(Exception):
    """What another language says and ours cannot, or the other way round; its words are the reason."""
