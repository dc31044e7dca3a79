"""One access token for all processes: kept encrypted in the database, fetched by one under a lease.

`stable_token` gives everybody the same token until shortly before it ends, and the old one stays good for five minutes,
so a process that still uses the old one meets no error.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import DateTimeField

from bot.wechat.outcomes import WechatUnavailable
from config.loading import rule
from models.kernel import leases
from models.kernel.clock import Clock, as_utc
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.encryption import EncryptedStringField, open_text, seal_text
from models.kernel.ids import new_id

CONTEXT = "wechat_tokens.token"
POLL_SECONDS = 0.1


class WechatToken(Record):
    """The token of one account; the id is its appid."""

    token = EncryptedStringField(CONTEXT)
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "wechat_tokens"}


@dataclass(frozen=True)
class Token:
    """A token and when it ends."""

    text: str
    expires_at: datetime


# Fetches from WeChat: the token and its life in seconds. `force`: the present one must not be used any more.
Fetch = Callable[[bool], tuple[str, int]]


class TokenStore:
    """The token of one account as this process sees it."""

    def __init__(self, appid: str, clock: Clock, fetch: Fetch) -> None:
        self._appid = appid
        self._clock = clock
        self._fetch = fetch
        self._holder = new_id()
        self._lock = threading.Lock()
        self._known: Token | None = None
        self._known_since = 0.0

    def current(self) -> str:
        """A token that is good now. Raises WechatUnavailable where none can be had in time."""
        known = self._known
        if known and time.monotonic() - self._known_since < rule("wechat.token_cache_seconds") and self._good(known):
            return known.text
        with self._lock:
            found = self._stored()
            return found.text if found and self._good(found) else self._renew(None)

    def renew(self, stale: str) -> str:
        """A token other than `stale`, which WeChat refused; one process fetches it, the others wait for it."""
        with self._lock:
            return self._renew(stale)

    def _renew(self, stale: str | None) -> str:
        end = time.monotonic() + rule("wechat.token_wait_seconds")
        while True:
            found = self._stored()
            if found and found.text != stale and self._good(found):
                return found.text
            lease = leases.acquire(
                f"wechat token {self._appid}", self._holder, self._clock.now(), rule("wechat.token_lease_seconds")
            )
            if lease is not None:
                try:
                    return self._fetch_once(stale)
                finally:
                    leases.release(lease)
            if time.monotonic() > end:
                raise WechatUnavailable("token_wait")
            time.sleep(POLL_SECONDS)

    def _fetch_once(self, stale: str | None) -> str:
        found = self._stored()  # the holder before us may have stored one since we looked
        if found and found.text != stale and self._good(found):
            return found.text
        text, seconds = self._fetch(False)
        if text == stale:
            text, seconds = self._fetch(True)
        now = self._clock.now()
        token = Token(text, now + timedelta(seconds=seconds))
        collection(WechatToken).update_one(
            {"_id": self._appid},
            {
                "$set": {"token": seal_text(text, CONTEXT), "expires_at": token.expires_at, "updated_at": now},
                "$setOnInsert": {"created_at": now},
                "$inc": {"version": 1},
            },
            upsert=True,
        )
        self._know(token)
        return text

    def _stored(self) -> Token | None:
        found = collection(WechatToken).find_one({"_id": self._appid})
        if found is None:
            return None
        token = Token(open_text(found["token"], CONTEXT), as_utc(found["expires_at"]))
        self._know(token)
        return token

    def _know(self, token: Token) -> None:
        self._known, self._known_since = token, time.monotonic()

    def _good(self, token: Token) -> bool:
        return self._clock.now() + timedelta(seconds=rule("wechat.token_margin_seconds")) < token.expires_at
