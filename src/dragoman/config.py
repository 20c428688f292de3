"""Settings: environment variables, each with a default that works on a laptop."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 1024 * 1024
Network = IPv4Network | IPv6Network
Level = Literal["debug", "info", "warning", "error", "critical"]


def _database(url: str) -> str:
    """Never repeats the address: it may hold a password."""
    if url and not re.fullmatch(r"(sqlite:///|postgresql://).+", url):
        raise ValueError("a database is named sqlite:///path/to/file or postgresql://user:password@host/name")
    return url


def _replica(url: str | None, info: ValidationInfo) -> str | None:
    """Never repeats the address, either."""
    if url and not re.fullmatch(r"postgresql://.+", url):
        raise ValueError("a replica is a standby of PostgreSQL, named postgresql://user:password@host/name")
    if url and not info.data.get("database_url", "").startswith("postgresql://"):
        raise ValueError("only a DRAGOMAN_DATABASE_URL of postgresql:// has replicas; SQLite has none")
    return url or None


def _scanner(url: str) -> str:
    if not re.fullmatch(r"off|clamd://[^/].*|clamd:///.+", url):
        raise ValueError("a scanner is named clamd://host:port or clamd:///path/to/socket; off means none")
    return url


def _redis(url: str | None) -> str | None:
    """Never repeats the address, either."""
    if url and not re.fullmatch(r"(rediss?|unix)://.+", url):
        raise ValueError("a Redis is named redis://host:port/0, rediss://host:port/0 or unix:///path/to/socket")
    return url or None


@lru_cache(maxsize=16)
def networks(setting: str) -> tuple[Network, ...]:
    """The networks of DRAGOMAN_ALLOW_TARGETS, separated by commas or spaces. Raises ValueError."""
    return tuple(ip_network(one, strict=False) for one in re.split(r"[,\s]+", setting.strip()) if one)


def _networks(setting: str) -> str:
    networks(setting)
    return setting


class Settings(BaseSettings):
    """All of DRAGOMAN_*; docs/configuration.md says what each means."""

    model_config = SettingsConfigDict(env_prefix="DRAGOMAN_", env_file=".env", extra="ignore", frozen=True)

    database_url: Annotated[str, AfterValidator(_database)] = ""
    replica_url: Annotated[str | None, AfterValidator(_replica)] = None
    data_dir: Path = Path("./var")
    secret_key: str = ""
    storage_url: str = ""
    s3_endpoint: str | None = None
    scan: Annotated[str, AfterValidator(_scanner)] = "off"
    rate_limit: int = Field(0, ge=0)
    public_rate_limit: int = Field(120, ge=0)
    redis_url: Annotated[str | None, AfterValidator(_redis)] = None
    allow_targets: Annotated[str, AfterValidator(_networks)] = ""
    base_url: str = ""
    max_attachment_bytes: int = Field(25 * MEBIBYTE, ge=1)
    session_hours: int = Field(12, ge=1, le=24 * 30)
    log_level: Annotated[Level, BeforeValidator(str.lower)] = "info"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'dragoman.db').resolve()}"

    @property
    def storage(self) -> str:
        return self.storage_url or str((self.data_dir / "files").resolve())

    @property
    def is_scanning(self) -> bool:
        return self.scan != "off"

    @property
    def session_lasts(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    def pepper(self) -> bytes:
        """The secret that signs sessions and keys the hashes of API keys; made once when it is not set."""
        return (self.secret_key or _kept_secret(self.data_dir / "secret_key")).encode()


def _kept_secret(path: Path) -> str:
    """The secret in the data folder; processes that find none at once agree on whichever is there first, and whole."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())  # a secret that a power cut takes back would void every key made with it
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()
