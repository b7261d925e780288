# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rooms share that are tested against the simulator."""

from __future__ import annotations

import base64
import typing as t

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from simulator import Simulator
from tools.reach import reaches_ansible

# Closes values by ansible's vault, for whoever asks for it.
VAULT = "vault_book"


def pytest_itemcollected(item: pytest.Item) -> None:
    """What knows nothing of ansible needs no other ansible-core, but another Python at most."""
    if VAULT not in getattr(item, "fixturenames", ()) and not reaches_ansible(item.path):
        item.add_marker(pytest.mark.ends)


@pytest.fixture
def organization(
    organization: t.Callable[..., Simulator], monkeypatch: pytest.MonkeyPatch
) -> t.Callable[..., Simulator]:
    """Starts simulated organizations, and points the environment to the newest."""

    def start(**options: t.Any) -> Simulator:
        simulator = organization(**options)
        for name, value in simulator.environment.items():
            monkeypatch.setenv(name, value)
        return simulator

    return start


@pytest.fixture(scope="session")
def key_pair() -> tuple[str, dict[str, str]]:
    """A private key in PEM form and its public key as a JWK."""
    key = ec.generate_private_key(ec.SECP384R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    numbers = key.public_key().public_numbers()
    point = {name: _base64(value.to_bytes(48, "big")) for name, value in (("x", numbers.x), ("y", numbers.y))}
    return pem, {"kty": "EC", "crv": "P-384", "alg": "ES384", "use": "sig", "kid": "key-1", **point}


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
