# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client assertions: JWTs signed with a registered key.

Source: https://qlik.dev/authenticate/oauth/oauth-private-key-jwt-reference/.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from .errors import ApiError
from .models import Client
from .readings import Readings

HASHES: dict[str, hashes.HashAlgorithm] = {
    "RS256": hashes.SHA256(),
    "RS512": hashes.SHA512(),
    "ES384": hashes.SHA384(),
}
KEY_TYPES = {"RS256": "RSA", "RS512": "RSA", "ES384": "EC"}
LONGEST_LIFE = 300
COORDINATE_BYTES = 48


def check_public_key(key: Any) -> None:
    """Refuses what the service would not register."""
    try:
        usable = key["use"] == "sig" and bool(key["kid"]) and KEY_TYPES.get(key["alg"]) == key["kty"]
        load_public_key(key)
    except (KeyError, TypeError, ValueError):
        usable = False
    if not usable:
        raise ApiError(400, "Invalid request", detail="publicKeys holds an unusable key")


def load_public_key(key: dict[str, Any]) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    if key["kty"] == "EC":
        if key["crv"] != "P-384":
            raise ValueError("the curve must be P-384")
        return ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP384R1()).public_key()
    public = rsa.RSAPublicNumbers(_number(key["e"]), _number(key["n"])).public_key()
    if public.key_size < 2048:
        raise ValueError("the key must have at least 2048 bits")
    return public


def check_assertion(
    assertion: str,
    client: Client,
    audience: str,
    readings: Readings,
    now: float,
    spent: set[Any],
) -> None:
    """Raises a 401 unless the assertion proves to be this client's."""
    header, claims, signed, signature = _split(assertion)
    lenient = readings.b("C14")
    kid = header.get("kid")
    if kid is None and not lenient:
        raise _refused("the header lacks kid")
    keys = [key for key in client.public_keys if kid in (None, key["kid"]) and key["alg"] == header.get("alg")]
    if not any(_verifies(key, signed, signature) for key in keys):
        raise _refused("the signature fits no registered key")
    _check_claims(claims, client.client_id, audience, now, lenient)
    if (client.client_id, claims["jti"]) in spent:
        raise _refused("the jti was used before")
    spent.add((client.client_id, claims["jti"]))


def _check_claims(claims: dict[str, Any], client_id: str, audience: str, now: float, lenient: bool) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int | float) or not isinstance(expires, int | float):
        raise _refused("iat and exp must be numbers")
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise _refused("iss and sub must be the client id")
    if claims.get("aud") != audience:
        raise _refused(f"aud must be {audience}")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise _refused("jti is missing")
    if expires <= now or issued > now + 60:
        raise _refused("the assertion is not valid now")
    if not lenient and expires - issued > LONGEST_LIFE:
        raise _refused(f"exp must follow iat within {LONGEST_LIFE} seconds")


def _split(assertion: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    try:
        head, body, signature = assertion.split(".")
        header, claims = json.loads(_decode(head)), json.loads(_decode(body))
        if isinstance(header, dict) and isinstance(claims, dict):
            return header, claims, f"{head}.{body}".encode(), _decode(signature)
    except ValueError:
        pass
    raise _refused("the assertion is not a JWT")


def _verifies(key: dict[str, Any], signed: bytes, signature: bytes) -> bool:
    public, digest = load_public_key(key), HASHES[key["alg"]]
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, signed, padding.PKCS1v15(), digest)
        else:
            public.verify(_der_signature(signature), signed, ec.ECDSA(digest))
    except InvalidSignature:
        return False
    return True


def _der_signature(signature: bytes) -> bytes:
    if len(signature) != 2 * COORDINATE_BYTES:
        raise InvalidSignature
    halves = signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]
    return utils.encode_dss_signature(*(int.from_bytes(half, "big") for half in halves))


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(text: str) -> int:
    return int.from_bytes(_decode(text), "big")


def _refused(detail: str) -> ApiError:
    return ApiError(401, "Unauthorized", code="invalid_client", detail=detail)
