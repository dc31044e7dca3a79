"""Typed settings, read from the environment only.

In production the start fails, naming the setting, when one is missing or still a development default.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_BYTES = 32
INDEX_KEY_NAME = "index"
# A key's number is one byte of each value stored under it.
KEY_NUMBERS = frozenset(str(number) for number in range(1, 256))
# An AES key as WeChat's console hands it out: 43 characters of base64 without the trailing "=".
AES_KEY_PATTERN = r"^[A-Za-z0-9]{43}$"


class SettingsError(Exception):
    """A setting that stops the start; the message names it."""


def development_key(name: str) -> str:
    """A fixed, publicly known key for development, base64; production refuses it."""
    return base64.b64encode(hashlib.sha256(f"yixiang development {name}".encode()).digest()).decode()


DEVELOPMENT_DEFAULTS: Mapping[str, str] = {
    "secret_keys": f"{INDEX_KEY_NAME}:{development_key('index')},1:{development_key('1')}",
    "wechat_official_appid": "wx-development-official",
    "wechat_official_secret": "development-official-secret",
    "wechat_official_token": "developmenttoken",
    "wechat_official_aes_key": "developmentdevelopmentdevelopmentdevelopmen",
    "wechat_mini_appid": "wx-development-mini",
    "wechat_mini_secret": "development-mini-secret",
    "wechat_api_base": "http://127.0.0.1:8100",
    "indicator_endpoint": "http://127.0.0.1:8100/planning-office/observations",
    "indicator_key": "development-indicator-key",
    "demo_staff_password": "",
}
# What production must be given: everything above, and a database of its own. Demo staff do not exist there.
REQUIRED_IN_PRODUCTION = (*(name for name in DEVELOPMENT_DEFAULTS if name != "demo_staff_password"), "mongodb_uri")
DEVELOPMENT_MONGODB_URI = "mongodb://127.0.0.1:27017/yixiang"
# The embedded database looks through every retryable write of the last half hour at each further one, and forgets them
# all when it ends, so for it alone they are switched off (`docs/decisions`, 19). Polled: a stream costs it a thread.
EMBEDDED_OPTIONS = "directConnection=true&retryWrites=false&serverMonitoringMode=poll"


def embedded_uri(port: int, database: str = "yixiang") -> str:
    """The URI of the embedded database on a port of this machine."""
    return f"mongodb://127.0.0.1:{port}/{database}?{EMBEDDED_OPTIONS}"


class Settings(BaseSettings):
    """Every setting of the product; `docs/operations.md` explains each."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    environment: Literal["development", "production"] = "development"
    mongodb_uri: str = DEVELOPMENT_MONGODB_URI
    port: int = Field(default=8000, ge=1, le=65535)
    data_dir: Path = Path("var")
    # Where backups and the list of erasures are written; beside other data of this machine where it is not set.
    backup_dir: Path | None = None
    secret_keys: str = DEVELOPMENT_DEFAULTS["secret_keys"]
    wechat_api_base: str = DEVELOPMENT_DEFAULTS["wechat_api_base"]
    wechat_official_appid: str = DEVELOPMENT_DEFAULTS["wechat_official_appid"]
    wechat_official_secret: str = DEVELOPMENT_DEFAULTS["wechat_official_secret"]
    wechat_official_token: str = DEVELOPMENT_DEFAULTS["wechat_official_token"]
    wechat_official_aes_key: str = Field(
        default=DEVELOPMENT_DEFAULTS["wechat_official_aes_key"], pattern=AES_KEY_PATTERN
    )
    wechat_official_aes_key_previous: str | None = Field(default=None, pattern=AES_KEY_PATTERN)
    wechat_official_mode: Literal["safe", "plain"] = "safe"
    wechat_mini_appid: str = DEVELOPMENT_DEFAULTS["wechat_mini_appid"]
    wechat_mini_secret: str = DEVELOPMENT_DEFAULTS["wechat_mini_secret"]
    indicator_endpoint: str = DEVELOPMENT_DEFAULTS["indicator_endpoint"]
    indicator_key: str = DEVELOPMENT_DEFAULTS["indicator_key"]
    demo_staff_password: str = DEVELOPMENT_DEFAULTS["demo_staff_password"]
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    # Multiplies every rate limit; load tests raise it, production leaves it alone.
    rate_limit_scale: int = Field(default=1, ge=1, le=1_000_000)
    # How many reverse proxies stand in front, for the client's address; 0 trusts no X-Forwarded-For.
    trusted_proxies: int = Field(default=0, ge=0, le=5)

    @field_validator("secret_keys")
    @classmethod
    def _keys_parse(cls, value: str) -> str:
        parse_secret_keys(value)
        return value

    @property
    def backups(self) -> Path:
        """The folder of backups."""
        return self.backup_dir or self.data_dir / "backups"

    @property
    def production(self) -> bool:
        return self.environment == "production"


def parse_secret_keys(text: str) -> dict[str, bytes]:
    """Split `index:BASE64,1:BASE64,2:BASE64` into keys of 32 bytes by name.

    `index` keys the blind index and never changes; the highest number encrypts, all numbers decrypt.
    Raises ValueError without repeating any part of a key.
    """
    keys: dict[str, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as fault:
            raise ValueError(f"SECRET_KEYS entry {name!r} is not base64") from fault
        if len(key) != KEY_BYTES or not (name == INDEX_KEY_NAME or name in KEY_NUMBERS):
            raise ValueError("each SECRET_KEYS entry is index:KEY or NUMBER:KEY with a key of 32 bytes in base64")
        if name in keys:
            raise ValueError(f"SECRET_KEYS names {name!r} twice")
        keys[name] = key
    if INDEX_KEY_NAME not in keys or len(keys) < 2:
        raise ValueError("SECRET_KEYS needs an index key and at least one numbered key")
    return keys


def load_settings() -> Settings:
    """Read and check the settings. Raises SettingsError that names each setting at fault, never its value."""
    try:
        settings = Settings()
    except ValueError as fault:
        errors: list[dict[str, Any]] = getattr(fault, "errors", lambda **_: [])(include_input=False, include_url=False)
        named = "; ".join(f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in errors)
        raise SettingsError(named or "settings cannot be read") from None
    if settings.production:
        _check_production(settings)
    return settings


def _check_production(settings: Settings) -> None:
    faults = [
        name.upper()
        for name in REQUIRED_IN_PRODUCTION
        if getattr(settings, name) in ("", DEVELOPMENT_DEFAULTS.get(name, DEVELOPMENT_MONGODB_URI))
    ]
    public_keys = {development_key("index"), development_key("1")}
    if any(key in settings.secret_keys for key in public_keys) and "SECRET_KEYS" not in faults:
        faults.append("SECRET_KEYS")
    if settings.demo_staff_password:
        faults.append("DEMO_STAFF_PASSWORD (demo staff must not exist in production)")
    if faults:
        raise SettingsError("missing or still a development default in production: " + ", ".join(sorted(faults)))
