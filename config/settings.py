"""Settings: typed, from the environment only, all faults named at once.

Everything starts with MIKHAK_. Outside production what is missing is looked up among the parts that
`make run` has started (MIKHAK_HOME/run/embedded.json), so that `mikhak …` in a second terminal
reaches the same servers.
"""

import base64
import binascii
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from config.kept import kept_secret

ENVIRONMENTS = ("demo", "production", "test")
LOG_FORMATS = ("text", "json")
# Name → what it is for, and the kinds of address that it takes.
ADDRESSES = {
    "DATABASE_URL": ("the app's login to PostgreSQL", ("postgresql", "postgres")),
    "OWNER_DATABASE_URL": ("opening offices and migrations", ("postgresql", "postgres")),
    "REDIS_URL": ("jobs and limits", ("redis", "rediss", "unix")),
    "STORAGE_URL": ("documents of applicants", ("file", "s3")),
    "SMTP_URL": ("sending mail", ("smtp", "smtps")),
}
EMBEDDABLE = tuple(f"MIKHAK_{name}" for name in ADDRESSES)
SHORTEST_SECRET = 32
# A random key of this length has at least twice as many different characters or bytes.
LEAST_VARIETY = 10
PLACEHOLDER = re.compile(r"change.?me|secret.?key|default|example|not.?a.?secret", re.I)
MAKE_ONE = "looks like a placeholder; make one with `openssl rand -base64 32`."


class SettingsError(Exception):
    """The environment does not suffice; the message names every fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(["Mikhak cannot start:", *(f"  {fault}" for fault in faults)]))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """What this process was told. Secrets never appear in its repr."""

    env: str
    secret_key: str
    root_key: bytes
    base_domain: str
    database_url: str
    owner_database_url: str
    redis_url: str
    storage_url: str
    smtp_url: str
    mail_from: str
    clamav_url: str | None
    trusted_proxies: int
    log_format: str
    home: Path
    port: int
    # Only while the root key is being changed: the one that is not (or no longer) `root_key`.
    other_root_key: bytes | None = None
    # Who may read /metrics shows this; without it there are none to read.
    metrics_token: str = ""

    def __repr__(self) -> str:
        return f"Settings(env={self.env!r}, base_domain={self.base_domain!r})"

    @property
    def production(self) -> bool:
        return self.env == "production"

    def origin(self, host: str) -> str:
        """Where browsers reach a host name: https in production, http with the port elsewhere."""
        if self.production:
            return f"https://{host}"
        return f"http://{host}" if self.port == 80 else f"http://{host}:{self.port}"


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings. Raises SettingsError with every missing or malformed one."""
    return _Reader(environ).settings()


def check(environ: Mapping[str, str]) -> None:
    """Refuse what is wrong, but not what `make run` is going to start itself."""
    reader = _Reader(environ, missing_addresses_allowed=environ.get("MIKHAK_ENV") != "production")
    if bool(reader.get("DATABASE_URL")) != bool(reader.get("OWNER_DATABASE_URL")):
        reader.faults.append("MIKHAK_DATABASE_URL and MIKHAK_OWNER_DATABASE_URL go together.")
    reader.settings()


def home_folder(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("MIKHAK_HOME") or "var").absolute()


def embedded_addresses(home: Path) -> dict[str, str]:
    """The addresses of the parts that `make run` started in this home, if it did."""
    try:
        return json.loads((home / "run" / "embedded.json").read_text())
    except FileNotFoundError:
        return {}


class _Reader:
    def __init__(
        self, environ: Mapping[str, str], *, missing_addresses_allowed: bool = False
    ) -> None:
        self.faults: list[str] = []
        self.home = home_folder(environ)
        self.env = environ.get("MIKHAK_ENV") or "demo"
        self.missing_addresses_allowed = missing_addresses_allowed
        found = {} if self.env == "production" else embedded_addresses(self.home)
        self.values = {**found, **{name: text for name, text in environ.items() if text}}

    def settings(self) -> Settings:
        settings = Settings(
            env=self.choice("ENV", ENVIRONMENTS, "demo"),
            secret_key=self.secret_key(),
            root_key=self.root_key(),
            base_domain=self.base_domain(),
            database_url=self.address("DATABASE_URL"),
            owner_database_url=self.address("OWNER_DATABASE_URL"),
            redis_url=self.address("REDIS_URL"),
            storage_url=self.address("STORAGE_URL"),
            smtp_url=self.address("SMTP_URL"),
            mail_from=self.mail_from(),
            clamav_url=self.clamav_url(),
            trusted_proxies=self.number("TRUSTED_PROXIES", 0, 0, 10),
            log_format=self.choice(
                "LOG_FORMAT", LOG_FORMATS, "json" if self.env == "production" else "text"
            ),
            home=self.home,
            port=self.number("PORT", 8000, 1, 65535),
            other_root_key=self.other_root_key(),
            metrics_token=self.get("METRICS_TOKEN"),
        )
        if self.faults:
            raise SettingsError(self.faults)
        return settings

    def fault(self, name: str, what: str) -> None:
        self.faults.append(f"MIKHAK_{name} {what}")

    def get(self, name: str) -> str:
        return self.values.get(f"MIKHAK_{name}", "").strip()

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        text = self.get(name) or default
        if text not in allowed:
            self.fault(name, f"must be one of {', '.join(allowed)}; it is “{text}”.")
        return text

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.get(name) or (name == "PORT" and self.values.get("PORT", "")) or str(default)
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            self.fault(name, f"must be a number from {least} to {most}; it is “{text}”.")
            return default
        return int(text)

    def address(self, name: str) -> str:
        purpose, schemes = ADDRESSES[name]
        text = self.get(name)
        if not text:
            if not self.missing_addresses_allowed:
                hint = "" if self.env == "production" else " (or start `make run` first)"
                self.fault(name, f"is missing: {purpose}{hint}.")
        elif urlsplit(text).scheme not in schemes:
            self.fault(name, f"must begin with {' or '.join(f'{s}://' for s in schemes)}.")
        return text

    def base_domain(self) -> str:
        text = self.get("BASE_DOMAIN").lower()
        if not text and self.env != "production":
            return "localhost"
        if not text:
            self.fault("BASE_DOMAIN", "is missing: the domain under which the offices live.")
        elif not re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9-]+", text):
            self.fault("BASE_DOMAIN", "must be a plain domain name such as mikhak.example.")
        return text

    def mail_from(self) -> str:
        text = self.get("MAIL_FROM")
        if not text and self.env != "production":
            return "mikhak@mail.invalid"
        if not text:
            self.fault("MAIL_FROM", "is missing: the sender's address of all mail.")
        elif not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text):
            self.fault("MAIL_FROM", "must be one e-mail address.")
        return text

    def clamav_url(self) -> str | None:
        text = self.get("CLAMAV_URL")
        if text and urlsplit(text).scheme not in ("tcp", "unix"):
            self.fault("CLAMAV_URL", "must begin with tcp:// or unix://.")
        return text or None

    def secret_key(self) -> str:
        text = self.get("SECRET_KEY")
        if not text and self.env != "production":
            return kept_secret(self.home, "secret.key", _random_key)
        if not text:
            self.fault("SECRET_KEY", "is missing: signs links and forms; any long random text.")
        elif len(text) < SHORTEST_SECRET:
            self.fault("SECRET_KEY", f"must have at least {SHORTEST_SECRET} characters.")
        elif self.env == "production" and _placeholder(text):
            self.fault("SECRET_KEY", MAKE_ONE)
        return text

    def root_key(self) -> bytes:
        text = self.from_file_or("ROOT_KEY")
        if text is None:
            return b""
        if not text and self.env != "production":
            text = kept_secret(self.home, "root.key", _random_key)
        if not text:
            self.fault("ROOT_KEY", "is missing (or ROOT_KEY_FILE): wraps the offices' keys.")
            return b""
        return self.key_of_32_bytes("ROOT_KEY", text)

    def other_root_key(self) -> bytes | None:
        text = self.from_file_or("OTHER_ROOT_KEY")
        return self.key_of_32_bytes("OTHER_ROOT_KEY", text) if text else None

    def from_file_or(self, name: str) -> str | None:
        """The value, or what its file holds; None where that can't be read."""
        file = self.get(f"{name}_FILE")
        if not file:
            return self.get(name)
        try:
            return Path(file).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            self.fault(f"{name}_FILE", f"cannot be read: {error}.")
            return None

    def key_of_32_bytes(self, name: str, text: str) -> bytes:
        try:
            key = base64.b64decode(text, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != 32:
            self.fault(name, "must be 32 random bytes in base64.")
        elif self.env == "production" and len(set(key)) < LEAST_VARIETY:
            self.fault(name, MAKE_ONE)
        return key


def _placeholder(text: str) -> bool:
    return len(set(text)) < LEAST_VARIETY or bool(PLACEHOLDER.search(text))


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
