# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._book_file import read_book
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, MissingLibraryError

SECRET = "s3cret-of-the-organization"
BOOK = f"organization:\n  client_id: c-1\n  client_secret: {SECRET}\n"


@pytest.fixture
def encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> t.Callable[[str], str]:
    """Encrypts a text with the password that the environment knows from then on."""
    monkeypatch.setenv("PATH", os.defpath)
    password = tmp_path / "password"
    password.write_text("a password\n")
    monkeypatch.setenv("ANSIBLE_VAULT_PASSWORD_FILE", str(password))

    def encrypt(text: str) -> str:
        command = [str(Path(sys.executable).parent / "ansible-vault"), "encrypt", "--output=-", "-"]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout

    return encrypt


def written(folder: Path, text: str) -> str:
    path = folder / "book.yml"
    path.write_text(text)
    return str(path)


def secret_in(name: str) -> str:
    organization = read_book(name).organization
    assert organization
    return organization.material()


@pytest.mark.parametrize("text", [BOOK, json.dumps({"organization": {"client_id": "c-1", "client_secret": SECRET}})])
def test_a_plain_book_is_yaml_or_json(text, tmp_path):
    assert secret_in(written(tmp_path, text)) == SECRET


def test_a_whole_file_is_opened_by_ansible_vault(encrypted, tmp_path):
    assert secret_in(written(tmp_path, encrypted(BOOK))) == SECRET


def test_a_single_value_is_opened_once_and_only_when_it_is_wanted(encrypted, tmp_path, monkeypatch):
    lines = encrypted(SECRET).splitlines()
    value = "\n".join(f"    {line}" for line in lines)
    book = f"organization:\n  client_id: c-1\n  client_secret: !vault |\n{value}\nregions:\n  - region: us\n"
    organization = read_book(written(tmp_path, f"{book}    client_id: c-2\n    client_secret: !vault x\n")).organization
    assert organization
    assert organization.material() == SECRET
    monkeypatch.delenv("ANSIBLE_VAULT_PASSWORD_FILE")
    assert organization.material() == SECRET


def test_a_wrong_password_is_told_in_a_sentence(encrypted, tmp_path):
    name = written(tmp_path, encrypted(BOOK))
    (tmp_path / "password").write_text("another\n")
    with pytest.raises(
        ConfigurationError, match="cannot be opened; it is encrypted with Ansible Vault: name its secret by"
    ):
        read_book(name)


def test_without_ansible_vault_an_encrypted_file_stays_closed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ConfigurationError, match="there is no program ansible-vault to open it"):
        read_book(written(tmp_path, "$ANSIBLE_VAULT;1.1;AES256\n00\n"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"organization: {SECRET}: x", "line 1, cannot be read: it is neither valid YAML nor JSON"),
        (
            f"organization: !!python/name:os.system {SECRET}",
            "line 1, cannot be read: it is neither valid YAML nor JSON",
        ),
        (f"organization: !!int {SECRET}", "cannot be read: it is neither valid YAML nor JSON"),
        ("created_at: 2026-02-30", "cannot be read: it is neither valid YAML nor JSON"),
        ("[" * 3000, "cannot be read: it is neither valid YAML nor JSON"),
        (f"- {SECRET}", "must be a mapping"),
        (f"organization: {{client_id: 1, {SECRET}: 2}}", "an unknown key"),
    ],
)
def test_no_error_quotes_the_file(text, sentence, tmp_path, discreet):
    with discreet(ConfigurationError, SECRET) as caught:
        read_book(written(tmp_path, text))
    assert sentence in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match=r"nothing\.yml cannot be read: No such file or directory\.$"):
        read_book(str(tmp_path / "nothing.yml"))


def test_what_is_no_text_is_told(tmp_path):
    (tmp_path / "book").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"book cannot be read: it is no text\.$"):
        read_book(str(tmp_path / "book"))


def test_a_missing_library_is_named(tmp_path, without):
    with pytest.raises(MissingLibraryError, match="PyYAML is missing"):
        without("yaml", room="_book_file").read_book(written(tmp_path, BOOK))
