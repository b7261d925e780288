# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
import time
import types
import typing as t

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from ansible_collections.qlikops.cloud.plugins.module_utils._client_assertion import _plain_signature, client_assertion
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError

AUDIENCE = "https://console.qlikcloud.com/oauth/token"
Discreet = t.Callable[..., t.Any]
Keys = dict[str, str]


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def parts_of(assertion: str) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    header, claims, _signature = assertion.split(".")
    return json.loads(decoded(header)), json.loads(decoded(claims))


def verify(assertion: str, private_key: str) -> None:
    """Raises InvalidSignature unless the assertion was signed with the key, in the form of RFC 7518."""
    signed, _dot, last = assertion.rpartition(".")
    signature = decoded(last)
    public = serialization.load_pem_private_key(private_key.encode(), password=None).public_key()
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert len(signature) == 96
    numbers = (int.from_bytes(half, "big") for half in (signature[:48], signature[48:]))
    public.verify(encode_dss_signature(*numbers), signed.encode(), ec.ECDSA(hashes.SHA384()))


@pytest.mark.parametrize(("kind", "algorithm"), [("RSA 2048", "RS256"), ("P-384", "ES384")])
def test_assertion_is_signed_with_the_key(keys: Keys, kind: str, algorithm: str) -> None:
    assertion = client_assertion("c-1", keys[kind], "k-1", AUDIENCE)
    assert parts_of(assertion)[0]["alg"] == algorithm
    verify(assertion, keys[kind])


def test_short_numbers_of_a_signature_are_padded() -> None:
    assert _plain_signature(encode_dss_signature(1, 2)) == b"\0" * 47 + b"\1" + b"\0" * 47 + b"\2"


def test_header_names_the_key_c14(keys: Keys) -> None:
    header, _claims = parts_of(client_assertion("c-1", keys["P-384"], "k-1", AUDIENCE))
    assert header == {"alg": "ES384", "typ": "JWT", "kid": "k-1"}


def test_life_is_at_most_five_minutes_c14(keys: Keys) -> None:
    before = int(time.time())
    _header, claims = parts_of(client_assertion("c-1", keys["P-384"], "k-1", AUDIENCE))
    assert before <= claims["iat"] <= time.time()
    assert 60 <= claims["exp"] - claims["iat"] <= 300


@pytest.mark.parametrize(
    "audience",
    [
        pytest.param("https://north.qlikcloud.com/oauth/token", id="C16: host without a region"),
        pytest.param("https://north.us.qlikcloud.com/oauth/token", id="C16: host with a region"),
    ],
)
def test_claims(keys: Keys, audience: str) -> None:
    _header, claims = parts_of(client_assertion("c-1", keys["P-384"], "k-1", audience))
    assert set(claims) == {"iss", "sub", "aud", "jti", "iat", "exp"}
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("c-1", "c-1", audience)


def test_each_assertion_has_an_id_of_its_own(keys: Keys) -> None:
    ids = {parts_of(client_assertion("c-1", keys["P-384"], "k-1", AUDIENCE))[1]["jti"] for _try in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        pytest.param("RSA 1024", "RSA of at least 2048 bits", id="short RSA key"),
        pytest.param("P-256", "EC on P-384", id="another curve"),
        pytest.param("Ed25519", "RSA of at least 2048 bits", id="another kind"),
        pytest.param("encrypted", "no unencrypted private key", id="encrypted key"),
    ],
)
def test_a_key_that_cannot_serve_is_refused(keys: Keys, kind: str, message: str, discreet: Discreet) -> None:
    with discreet(ConfigurationError, keys[kind]) as caught:
        client_assertion("c-1", keys[kind], "k-1", AUDIENCE)
    assert message in str(caught.value)
    assert "client c-1" in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda pem: "no-key-at-all", id="a word"),
        pytest.param(lambda pem: pem[: len(pem) // 2], id="half of it"),
        pytest.param(lambda pem: pem.replace("\n", "\\n"), id="line breaks written out"),
        pytest.param(lambda pem: pem.replace("A", "B"), id="other letters"),
        pytest.param(lambda pem: "\udcff" + pem, id="bytes that are no text"),
    ],
)
def test_text_that_is_no_key_is_refused_without_showing_it(
    keys: Keys, damage: t.Callable[[str], str], discreet: Discreet
) -> None:
    damaged = damage(keys["P-384"])
    with discreet(ConfigurationError, damaged) as caught:
        client_assertion("c-1", damaged, "k-1", AUDIENCE)
    assert str(caught.value) == "The private_key of client c-1 is no unencrypted private key in PEM form."


def test_a_key_of_an_unknown_kind_is_refused(keys: Keys, monkeypatch: pytest.MonkeyPatch, discreet: Discreet) -> None:
    def unknown(content: bytes, password: bytes | None) -> t.NoReturn:
        raise UnsupportedAlgorithm(f"unknown: {content!r}")

    monkeypatch.setattr(serialization, "load_pem_private_key", unknown)
    with discreet(ConfigurationError, keys["P-384"]):
        client_assertion("c-1", keys["P-384"], "k-1", AUDIENCE)


def test_missing_cryptography_is_told(keys: Keys, without: t.Callable[..., types.ModuleType]) -> None:
    room = without("cryptography", room="_client_assertion")
    with pytest.raises(room.MissingLibraryError, match="pip install --upgrade cryptography"):
        room.client_assertion("c-1", keys["P-384"], "k-1", AUDIENCE)
