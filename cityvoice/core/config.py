"""One frozen configuration, read from the environment and the instance folder."""

import os
import secrets
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SHORTEST_SECRET = 32  # characters; below this a session cookie can be forged by guessing
FEWEST_CHARACTERS = 8  # different ones: a long row of the same is no secret
LOCALES = ("pl", "en", "uk")


class ConfigurationError(Exception):
    """A setting that CityVoice cannot run with; the message says which and what was expected."""


class MailSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailConfig:
    host: str
    port: int
    security: MailSecurity
    sender: str  # the address that residents see, and where bounces come back
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Config:
    instance: Path  # database, secret key, uploads, snapshots, finished reports
    database_url: str
    secret_key: str
    is_production: bool = False
    default_locale: str = "pl"
    port: int = 5000
    largest_upload: int = 32 * 1024 * 1024  # bytes
    starts_per_hour: int = 200  # of an open survey, from one network address
    base_url: str = ""  # where residents reach this server, for links in mail and letters
    mail: MailConfig | None = None  # None: no mail can be sent

    @property
    def storage(self) -> Path:
        return self.instance / "storage"

    @property
    def jobs_file(self) -> Path:
        return self.instance / "jobs.sqlite3"


def load_config() -> Config:
    """The configuration of this process.

    Environment: CITYVOICE_INSTANCE, CITYVOICE_DATABASE_URL, CITYVOICE_SECRET_KEY, CITYVOICE_ENV
    (``production`` or ``development``), CITYVOICE_LOCALE, CITYVOICE_BASE_URL, CITYVOICE_STARTS_PER_HOUR,
    CITYVOICE_MAIL_*, PORT.

    Raises
    ------
    ConfigurationError
        naming the variable and what was expected.
    """
    instance = Path(os.environ.get("CITYVOICE_INSTANCE", "instance")).resolve()
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"CITYVOICE_INSTANCE: cannot make the folder {instance}: {error}") from None
    url = os.environ.get("CITYVOICE_DATABASE_URL") or f"sqlite:///{instance / 'cityvoice.sqlite3'}"
    return Config(
        instance=instance,
        database_url=with_driver(url),
        secret_key=_secret_key(instance),
        is_production=_is_production(os.environ.get("CITYVOICE_ENV", "development")),
        default_locale=_locale(os.environ.get("CITYVOICE_LOCALE", "pl")),
        port=_port("PORT", os.environ.get("PORT", "5000")),
        starts_per_hour=_starts(os.environ.get("CITYVOICE_STARTS_PER_HOUR", "200")),
        base_url=_base_url(os.environ.get("CITYVOICE_BASE_URL", "")),
        mail=_mail(),
    )


def with_driver(url: str) -> str:
    """Databases are named as administrators name them; SQLAlchemy wants the driver too."""
    try:
        make_url(url)
    except (ArgumentError, ValueError) as error:
        raise ConfigurationError(f"CITYVOICE_DATABASE_URL: expected a database address: {error}") from None
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    raise ConfigurationError(
        "CITYVOICE_DATABASE_URL: expected sqlite:///FILE or postgresql://USER@HOST/DATABASE,"
        f" got {url.split(':')[0]}:..."
    )


def _is_production(value: str) -> bool:
    if value not in ("production", "development"):
        raise ConfigurationError(f"CITYVOICE_ENV: expected production or development, got {value}")
    return value == "production"


def _locale(value: str) -> str:
    if value not in LOCALES:
        raise ConfigurationError(f"CITYVOICE_LOCALE: expected one of {', '.join(LOCALES)}, got {value}")
    return value


def _port(name: str, value: str) -> int:
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise ConfigurationError(f"{name}: expected a number from 1 to 65535, got {value}")
    return int(value)


def _starts(value: str) -> int:
    if not value.isdigit() or int(value) < 1:
        raise ConfigurationError(f"CITYVOICE_STARTS_PER_HOUR: expected a number from 1, got {value}")
    return int(value)


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
        raise ConfigurationError(f"CITYVOICE_BASE_URL: expected https://ADDRESS, got {value}")
    return value.rstrip("/")


def _mail() -> MailConfig | None:
    host = os.environ.get("CITYVOICE_MAIL_HOST", "")
    if not host:
        return None
    security = os.environ.get("CITYVOICE_MAIL_SECURITY", MailSecurity.STARTTLS)
    if security not in set(MailSecurity):
        expected = ", ".join(MailSecurity)
        raise ConfigurationError(f"CITYVOICE_MAIL_SECURITY: expected one of {expected}, got {security}")
    sender = os.environ.get("CITYVOICE_MAIL_SENDER", "")
    if "@" not in parseaddr(sender)[1]:
        raise ConfigurationError(
            "CITYVOICE_MAIL_SENDER: expected an e-mail address, such as City <voice@city.pl>"
        )
    return MailConfig(
        host=host,
        port=_port(
            "CITYVOICE_MAIL_PORT", os.environ.get("CITYVOICE_MAIL_PORT", _MAIL_PORTS[MailSecurity(security)])
        ),
        security=MailSecurity(security),
        sender=sender,
        user=os.environ.get("CITYVOICE_MAIL_USER") or None,
        password=os.environ.get("CITYVOICE_MAIL_PASSWORD") or None,
    )


_MAIL_PORTS = {MailSecurity.STARTTLS: "587", MailSecurity.SSL: "465", MailSecurity.NONE: "25"}


def _secret_key(instance: Path) -> str:
    """A given secret must be strong; without one, a strong one is made once and kept in the instance."""
    given = os.environ.get("CITYVOICE_SECRET_KEY")
    if given is None:
        return _kept_secret(instance / "secret.key")
    if len(given) < SHORTEST_SECRET or len(set(given)) < FEWEST_CHARACTERS:
        raise ConfigurationError(
            f"CITYVOICE_SECRET_KEY: expected at least {SHORTEST_SECRET} random characters;"
            " leave it unset to have one made and kept in the instance folder"
        )
    return given


def _kept_secret(path: Path) -> str:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text().strip()
        if len(kept) < SHORTEST_SECRET:
            raise ConfigurationError(f"{path}: expected a secret; delete the file to have one made") from None
        return kept
    secret = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w") as file:
        file.write(secret)
    return secret
