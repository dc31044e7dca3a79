"""Encrypted fields with versioned keys, and the blind index by which they are looked up.

Stored form: one byte format, one byte key version, 12 bytes nonce, ciphertext, 16 bytes tag (SM4-GCM; GB/T 32907,
GB/T 36624). The context (collection and field) is authenticated, so a value moved to another field does not decrypt.
A blind index is HMAC-SM3 (GB/T 32905, GB/T 15852.2) of the normalised value under a key that never changes.
"""

from __future__ import annotations

import os
import unicodedata
from typing import Any

import orjson
from bson.binary import Binary
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from mongoengine.base import BaseField

from config.settings import INDEX_KEY_NAME, parse_secret_keys

FORMAT_SM4_GCM = 1
HEADER_BYTES = 2
NONCE_BYTES = 12
TAG_BYTES = 16
SM4_KEY_BYTES = 16


class KeyringMissing(Exception):
    """No keys were installed before the first use of an encrypted field."""


class DecryptionFault(Exception):
    """A stored value does not decrypt: the key is missing, or it was changed or moved."""


class Keyring:
    """The keys by version; the highest version encrypts."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._index_key = keys[INDEX_KEY_NAME]
        self._fields = {int(n): _derive(k, b"field") for n, k in keys.items() if n != INDEX_KEY_NAME}
        self._signing = {int(n): _derive(k, b"token") for n, k in keys.items() if n != INDEX_KEY_NAME}
        self.current = max(self._fields)

    def field_key(self, version: int) -> bytes:
        """The 16-byte SM4 key of a version. Raises DecryptionFault when it is not configured."""
        try:
            return self._fields[version][:SM4_KEY_BYTES]
        except KeyError:
            raise DecryptionFault(f"key version {version} is not configured") from None

    def signing_keys(self) -> dict[str, bytes]:
        """Keys for tokens by version name."""
        return {str(version): key for version, key in self._signing.items()}

    def purpose_key(self, purpose: str) -> bytes:
        """A stable 32-byte key for one purpose (blind index, audit chain, cursors)."""
        return _derive(self._index_key, purpose.encode())


_installed: Keyring | None = None


def install_keyring(secret_keys: str) -> Keyring:
    """Install the keys for this process; the composition root does it once."""
    global _installed
    _installed = Keyring(parse_secret_keys(secret_keys))
    _purpose_keys.clear()
    return _installed


def keyring() -> Keyring:
    """The installed keys. Raises KeyringMissing."""
    if _installed is None:
        raise KeyringMissing("install_keyring was not called")
    return _installed


def encrypt(plain: bytes, context: str) -> bytes:
    """Encrypt under the current key, bound to `context`."""
    ring = keyring()
    nonce = os.urandom(NONCE_BYTES)
    cipher = Cipher(algorithms.SM4(ring.field_key(ring.current)), modes.GCM(nonce)).encryptor()
    header = bytes((FORMAT_SM4_GCM, ring.current))
    cipher.authenticate_additional_data(header + context.encode())
    return header + nonce + cipher.update(plain) + cipher.finalize() + cipher.tag


def decrypt(stored: bytes, context: str) -> bytes:
    """Undo `encrypt`. Raises DecryptionFault for an unknown form, a missing key, a changed or moved value."""
    if len(stored) < HEADER_BYTES + NONCE_BYTES + TAG_BYTES or stored[0] != FORMAT_SM4_GCM:
        raise DecryptionFault("not an encrypted value")
    body = stored[HEADER_BYTES:]
    nonce, sealed, tag = body[:NONCE_BYTES], body[NONCE_BYTES:-TAG_BYTES], body[-TAG_BYTES:]
    cipher = Cipher(algorithms.SM4(keyring().field_key(stored[1])), modes.GCM(nonce, tag)).decryptor()
    cipher.authenticate_additional_data(stored[:HEADER_BYTES] + context.encode())
    try:
        return cipher.update(sealed) + cipher.finalize()
    except InvalidTag:
        raise DecryptionFault("the value was changed or moved") from None


def key_version(stored: bytes) -> int:
    """The key version a stored value was encrypted under; `keys rotate` looks for old ones."""
    return stored[1]


_purpose_keys: dict[str, bytes] = {}


def keyed_hash(purpose: str, data: bytes) -> bytes:
    """HMAC-SM3 of `data` under the stable key of `purpose`; 32 bytes."""
    key = _purpose_keys.get(purpose)
    if key is None:
        key = _purpose_keys[purpose] = keyring().purpose_key(purpose)
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(data)
    return mac.finalize()


def blind_index(kind: str, value: str) -> str:
    """The look-up value of a personal datum, hex; equal for equal values after normalisation.

    Normalised: NFKC, upper case, no white space. `kind` keeps an ID number from matching a phone.
    """
    normal = "".join(unicodedata.normalize("NFKC", value).split()).upper()
    return keyed_hash(f"blind index {kind}", normal.encode()).hex()


class EncryptedStringField(BaseField):
    """A string that is stored encrypted; `context` names collection and field."""

    def __init__(self, context: str, **options: Any) -> None:
        super().__init__(**options)
        self.context = context

    def to_mongo(self, value: str | None) -> Binary | None:
        return None if value is None else Binary(encrypt(value.encode(), self.context))

    def to_python(self, value: Any) -> Any:
        return decrypt(bytes(value), self.context).decode() if isinstance(value, bytes) else value

    def validate(self, value: Any, clean: bool = True) -> None:
        if not isinstance(value, str):
            self.error("an encrypted string takes text")


class EncryptedJsonField(BaseField):
    """A JSON value (form answers, notes) that is stored encrypted as a whole."""

    def __init__(self, context: str, **options: Any) -> None:
        super().__init__(**options)
        self.context = context

    def to_mongo(self, value: Any) -> Binary | None:
        return None if value is None else seal_json(value, self.context)

    def to_python(self, value: Any) -> Any:
        return open_json(value, self.context) if isinstance(value, bytes) else value


def seal_json(value: Any, context: str) -> Binary:
    """A JSON value, encrypted for storage."""
    return Binary(encrypt(orjson.dumps(value), context))


def open_json(stored: bytes, context: str) -> Any:
    """Undo `seal_json`."""
    return orjson.loads(decrypt(bytes(stored), context))


def seal_text(value: str, context: str) -> Binary:
    """A text, encrypted for storage."""
    return Binary(encrypt(value.encode(), context))


def open_text(stored: bytes, context: str) -> str:
    """Undo `seal_text`."""
    return decrypt(bytes(stored), context).decode()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"yixiang " + purpose).derive(key)
