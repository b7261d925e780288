# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Web Token that proves a client by its private key. Private to this collection.

Source: https://qlik.dev/authenticate/oauth/oauth-private-key-jwt-reference/ (algorithms, header, claims).
"""

from __future__ import annotations

import base64
import json
import time
import typing as t
import uuid

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, MissingLibraryError

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
except ImportError:
    HAS_CRYPTOGRAPHY = False
else:
    HAS_CRYPTOGRAPHY = True

LIFE = 240  # seconds; the service accepts at most 300


def client_assertion(client_id: str, private_key: str, key_id: str, audience: str) -> str:
    """A signed assertion for one token request; audience is the exact URL that is called.

    RSA keys of at least 2048 bits sign with RS256, P-384 keys with ES384.
    Raises ConfigurationError, MissingLibraryError.
    """
    if not HAS_CRYPTOGRAPHY:
        raise MissingLibraryError("cryptography")
    algorithm, sign = _signer(private_key, client_id)
    now = int(time.time())
    header = {"alg": algorithm, "typ": "JWT", "kid": key_id}
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + LIFE,
    }
    signed = f"{_encode(json.dumps(header).encode())}.{_encode(json.dumps(claims).encode())}"
    return f"{signed}.{_encode(sign(signed.encode()))}"


def _signer(private_key: str, client_id: str) -> tuple[str, t.Callable[[bytes], bytes]]:
    try:
        key = serialization.load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigurationError(
            f"The private_key of client {client_id} is no unencrypted private key in PEM form."
        ) from None
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return "RS256", lambda text: key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP384R1):
        return "ES384", lambda text: _plain_signature(key.sign(text, ec.ECDSA(hashes.SHA384())))
    raise ConfigurationError(
        f"The private_key of client {client_id} must be RSA of at least 2048 bits, or EC on P-384."
    )


def _plain_signature(encoded: bytes) -> bytes:
    return b"".join(number.to_bytes(48, "big") for number in decode_dss_signature(encoded))


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
