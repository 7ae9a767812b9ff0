"""Secrets derived from one: sealing, digests and signed links, each bound to office and purpose.

What is sealed or signed at one office means nothing at another: the office's slug is part of the
key. Document encryption has keys of its own (`core.documents.keys`).
"""

import hmac
import json
import logging
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from core.clock import now
from core.errors import Gone
from tenants.scope import current_scope

log = logging.getLogger("mikhak.crypto")

NONCE_BYTES = 12


def key_for(purpose: str) -> bytes:
    """A 32-byte key of this scope (an office or the ministry) and purpose."""
    info = f"mikhak|{current_scope().name}|{purpose}".encode()
    return _derived(current_app.config["SECRET_KEY"].encode(), info)


@lru_cache(maxsize=16_384)  # a dozen purposes at each of a thousand offices
def _derived(secret: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def seal(purpose: str, clear: bytes) -> bytes:
    """Encrypt and authenticate (AES-256-GCM); only the same scope and purpose can unseal."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key_for(purpose)).encrypt(nonce, clear, purpose.encode())


def unseal(purpose: str, sealed: bytes) -> bytes:
    """The clear bytes; raises Gone when it was not sealed here for this purpose."""
    try:
        return AESGCM(key_for(purpose)).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode()
        )
    except (InvalidTag, ValueError) as error:  # changed or foreign; too short to be anything
        log.warning("refused: not sealed at %s for %s", current_scope().name, purpose)
        raise Gone from error


def digest(purpose: str, text: str) -> bytes:
    """A peppered HMAC-SHA256 of the text: equal only within this scope and purpose."""
    return hmac.new(key_for(purpose), text.encode(), sha256).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left, right)


def token() -> str:
    """256 random bits, safe in a URL or a cookie."""
    return secrets.token_urlsafe(32)


def sign_link(purpose: str, data: Any, max_age: int) -> str:
    """Sealed data for a link that expires after `max_age` seconds."""
    body = json.dumps([int(now().timestamp()) + max_age, data]).encode()
    return urlsafe_b64encode(seal(f"link:{purpose}", body)).decode().rstrip("=")


def open_link(purpose: str, text: str) -> Any:
    """The data of a signed link; raises Gone when expired, changed or another office's."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise Gone from error
    expires, data = json.loads(unseal(f"link:{purpose}", raw))
    if expires < now().timestamp():
        raise Gone
    return data
