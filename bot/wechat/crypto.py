"""WeChat's AES envelope ("safe mode"): AES-256-CBC, IV = key[:16], 16 random bytes + length + message + appid.

wechatpy's cipher behind a guard: its 16 random bytes come from a generator that can be foretold, and what does not
decrypt raises whatever it happens to meet.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from bot.wechat.faults import malformed, refused

RANDOM_BYTES = 16
AES_KEY_BYTES = 32


class _Cipher(PrpCrypto):
    def get_random_string(self) -> bytes:
        return secrets.token_bytes(RANDOM_BYTES)


@dataclass(frozen=True)
class Opened:
    """A decrypted body, and which key (0 current, 1 previous) and whose appid it was sealed with."""

    text: str
    key: int
    appid: str


class Envelope:
    """Opens with any of the keys, the current one first; seals with the one that is named."""

    def __init__(self, aes_keys: Sequence[str], appids: Sequence[str]) -> None:
        self._keys = [_key_bytes(key) for key in aes_keys]
        self._appids = tuple(appids)

    def open(self, sealed: str) -> Opened:
        """Raises GuardFault: `undecryptable` (400) where no key fits, `appid_foreign` (403) for another account."""
        foreign = False
        for number, key in enumerate(self._keys):
            for appid in self._appids:
                try:
                    return Opened(_Cipher(key).decrypt(sealed, appid), number, appid)
                except InvalidAppIdException:
                    foreign = True
                # wechatpy meets wrong padding, short or odd bytes only as they break something: base64, struct,
                # UTF-8, an index.
                except Exception:  # noqa: S112  the next key is tried; that none fits is what is told
                    continue
        raise refused("appid_foreign") if foreign else malformed("undecryptable")

    def seal(self, text: str, key: int, appid: str) -> str:
        """`text` encrypted for `appid`, base64."""
        sealed: bytes = _Cipher(self._keys[key]).encrypt(text, appid)
        return sealed.decode("ascii")


def signature(*parts: str) -> str:
    """WeChat's signature: SHA-1, hex, over the sorted parts joined."""
    joined = b"".join(sorted(part.encode("utf-8", "surrogatepass") for part in parts))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def same(given: str, expected: str) -> bool:
    """Compare signatures in constant time, whatever characters the given one holds."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def _key_bytes(encoded: str) -> bytes:
    key = b64decode(encoded + "=")
    if len(key) != AES_KEY_BYTES:
        raise ValueError("a WeChat AES key is 43 characters of base64")
    return key
