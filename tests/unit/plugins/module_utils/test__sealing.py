# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import types
import typing as t

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._sealing import SALT_LENGTH, seal, unseal

SECRETS = st.text(min_size=1).filter(lambda text: text.isprintable())


@given(st.binary(), SECRETS)
def test_what_is_sealed_opens_with_the_same_secret(content: bytes, secret: str) -> None:
    assert unseal(seal(content, secret), secret) == content


@given(SECRETS, SECRETS)
def test_another_secret_opens_nothing(one: str, other: str) -> None:
    expected = b"content" if one == other else None
    assert unseal(seal(b"content", one), other) == expected


@given(st.data())
def test_a_changed_byte_opens_nothing_else(data: st.DataObject) -> None:
    sealed = bytearray(seal(b"content", "secret"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    # The last letter before the padding of base64 holds bits that stand for nothing.
    assert unseal(bytes(sealed), "secret") in (None, b"content")


@given(st.integers(0, SALT_LENGTH - 1), st.integers(1, 255))
def test_another_salt_opens_nothing(place: int, difference: int) -> None:
    sealed = bytearray(seal(b"content", "secret"))
    sealed[place] ^= difference
    assert unseal(bytes(sealed), "secret") is None


@given(st.integers(0, 200))
def test_a_cut_file_opens_nothing(length: int) -> None:
    sealed = seal(b"content", "secret")
    assert unseal(sealed[: min(length, len(sealed) - 1)], "secret") is None


@given(st.binary(max_size=300))
def test_foreign_bytes_open_nothing(foreign: bytes) -> None:
    assert unseal(foreign, "secret") is None


def test_equal_content_is_never_sealed_alike() -> None:
    one, two = seal(b"content", "secret"), seal(b"content", "secret")
    assert one != two
    assert one[:SALT_LENGTH] != two[:SALT_LENGTH]


def test_neither_content_nor_secret_can_be_read_off() -> None:
    sealed = seal(b"a-token-value", "a-client-secret")
    assert b"a-token-value" not in sealed
    assert b"a-client-secret" not in sealed


def test_missing_library_is_told(without: t.Callable[..., types.ModuleType]) -> None:
    assert without("cryptography", room="_sealing").HAS_CRYPTOGRAPHY is False
