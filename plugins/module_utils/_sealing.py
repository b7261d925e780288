# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encrypts what is kept on disk with a key derived from a client secret. Private to this collection.

Client secrets are long and random, so a fast derivation (HKDF) suffices; a changed secret makes old content unreadable.
"""

from __future__ import annotations

import base64
import os

try:
    from cryptography.fernet import Fernet, InvalidToken
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError:
    HAS_CRYPTOGRAPHY = False
else:
    HAS_CRYPTOGRAPHY = True

SALT_LENGTH = 16


def seal(content: bytes, secret: str) -> bytes:
    salt = os.urandom(SALT_LENGTH)
    return salt + _fernet(secret, salt).encrypt(content)


def unseal(sealed: bytes, secret: str) -> bytes | None:
    """The content, or None when it was sealed with another secret or was changed since."""
    try:
        return _fernet(secret, sealed[:SALT_LENGTH]).decrypt(sealed[SALT_LENGTH:])
    except InvalidToken:
        return None


def _fernet(secret: str, salt: bytes) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"qlikops.cloud").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
