"""Secrets that stand in links and cookies, and the hashes of them that are stored."""

import base64
import hashlib
import hmac
import secrets

N_BYTES = 16  # 128 bits: nobody guesses them


def new_token() -> str:
    return _spell(secrets.token_bytes(N_BYTES))


def derive_token(key: str, salt: str) -> str:
    """The secret that follows from the server's key and a stored salt; without either it cannot be found."""
    digest = hmac.digest(key.encode(), f"link:{salt}".encode(), "sha256")
    return _spell(digest[:N_BYTES])


def token_digest(purpose: str, token: str) -> str:
    """What is stored of a secret. Digests for different purposes do not lead from one to another."""
    return hashlib.sha256(f"{purpose}:{token}".encode()).hexdigest()


def _spell(content: bytes) -> str:
    """26 characters, a to z and 2 to 7: who types them from paper meets no capitals, no 0 and no 1."""
    return base64.b32encode(content).decode().rstrip("=").lower()
