# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible import constants as C
from ansible.parsing import vault
from ansible.parsing.dataloader import DataLoader

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault import Key, Vault, is_closed, label_of

OPEN = "s3cret-text ünï\n"


def key(label: str = "prod", password: str = "a password") -> Key:
    return Key(label, vault.VaultSecret(password.encode()))


def vault_of(*keys: Key) -> Vault:
    loader = DataLoader()
    loader.set_vault_secrets([(each.label, each.secret) for each in keys])
    return Vault(loader, str)


@pytest.mark.parametrize(("label", "header"), [("prod", "1.2;AES256;prod"), ("default", "1.1;AES256")])
def test_what_is_closed_opens_again(label: str, header: str) -> None:
    closed = key(label).close(OPEN, "x")
    assert closed.splitlines()[0] == f"$ANSIBLE_VAULT;{header}"
    assert is_closed(closed)
    assert label_of(closed) == label
    assert key("another").open(closed, "x") == OPEN
    assert key(label, "wrong").open(closed, "x") is None
    assert vault.VaultLib([(label, key().secret)]).decrypt(closed).decode() == OPEN


@pytest.mark.parametrize("text", ["$ANSIBLE_VAULT;1.1;AES256\n6162\n", "$ANSIBLE_VAULT", "$ANSIBLE_VAULT text"])
def test_what_looks_closed_is_not_closed_again(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^x is encrypted already; give its plain text\.$"):
        key().close(text, "x")


def test_half_a_letter_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^x is no text that UTF-8 can hold\.$") as caught:
        key().close("s3cret\udcff", "x")
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("label", ["a;b", "a\nb", "a ", "ünï"])
def test_a_vault_id_that_ansible_could_not_read_is_refused(label: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot read a vault id like"):
        key(label).close(OPEN, "x")


def test_what_is_no_text_is_told() -> None:
    closed = vault.VaultLib().encrypt(b"\xff\xfe", key().secret, "prod").decode()
    with pytest.raises(ConfigurationError, match=r"^x is no text in UTF-8\.$") as caught:
        vault_of(key()).open(closed, "x")
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("text", ["$ANSIBLE_VAULT", "$ANSIBLE_VAULT;1.1;AES256\nzz\n", "$ANSIBLE_VAULT;1.1;NONE\n61\n"])
def test_what_is_broken_is_opened_by_no_key(text: str) -> None:
    assert key().open(text, "x") is None


def test_a_key_shows_no_secret() -> None:
    assert "password" not in repr(key())


def test_two_secrets_under_one_vault_id_both_open() -> None:
    new, old = key(password="new"), key(password="old")
    text, found = vault_of(new, old).open(old.close(OPEN, "x"), "x")
    assert (text, found.secret.bytes) == (OPEN, b"old")
    assert vault_of(new, old).key("prod").secret.bytes == b"new"


def test_a_secret_of_another_vault_id_opens_and_keeps_the_vault_id(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = key("prod").close(OPEN, "x")
    vaults = vault_of(key("dev"))
    text, found = vaults.open(closed, "x")
    assert (text, found.label, found.secret.bytes) == (OPEN, "prod", b"a password")
    monkeypatch.setattr(C, "DEFAULT_VAULT_ID_MATCH", True)
    with pytest.raises(ConfigurationError, match="none of the loaded vault secrets opens it"):
        vaults.open(closed, "x")


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        pytest.param((), "x cannot be opened, since no vault secret is loaded; it is encrypted", id="none"),
        pytest.param((key(password="wrong"),), "x cannot be opened, since none of the loaded", id="wrong"),
    ],
)
def test_what_cannot_be_opened_is_told(keys: tuple[Key, ...], sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        vault_of(*keys).open(key().close(OPEN, "x"), "x")
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("wanted", "identity", "found"),
    [(None, None, "dev"), ("prod", None, "prod"), (None, "prod", "prod"), ("dev", "prod", "dev")],
)
def test_new_text_is_closed_with_the_first_secret_of_the_wanted_vault_id(
    wanted: str | None, identity: str | None, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(C, "DEFAULT_VAULT_ENCRYPT_IDENTITY", identity)
    assert vault_of(key("dev"), key("prod"), key("prod", "second")).key(wanted).label == found


def test_a_vault_id_without_a_secret_is_told_with_those_that_have_one() -> None:
    sentence = "No vault secret with the id test is loaded, only dev, prod; see --vault-id."
    with pytest.raises(ConfigurationError) as caught:
        vault_of(key("dev"), key("prod"), key("dev", "second")).key("test")
    assert str(caught.value) == sentence
    with pytest.raises(ConfigurationError, match="No vault secret is loaded, so nothing can be encrypted"):
        vault_of().key("test")


def test_a_password_file_gives_the_new_key(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("new\n")
    (tmp_path / "script").write_text("#!/bin/sh\necho new\n")
    (tmp_path / "script").chmod(0o700)
    for name in ("new", "script"):
        keep, change = (vault_of(key()).keys(label, str(tmp_path / name)) for label in (None, "test"))
        assert (keep("prod").label, change("prod").label) == ("prod", "test")
        assert keep("prod").secret.bytes == change("prod").secret.bytes == b"new"


def test_without_a_password_file_the_new_key_is_a_loaded_one() -> None:
    assert vault_of(key("dev"), key("prod")).keys("prod", None)("dev").label == "prod"


@pytest.mark.parametrize("content", [None, "", "\n"], ids=["no file", "empty", "a line break"])
def test_a_password_file_that_gives_nothing_is_told(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "new"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        vault_of(key()).keys(None, str(path))
    assert str(caught.value) == f"The vault password file {path} cannot be read, or is empty."
