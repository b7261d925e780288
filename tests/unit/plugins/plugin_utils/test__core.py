# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import textwrap
import typing as t
from datetime import date

import pytest
from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.parsing import vault
from ansible.parsing.dataloader import DataLoader

from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import (
    closed,
    reopenable,
    shows_invocation,
    transmitted,
    trusted,
    untrusted,
)

SECRET = "cl1ent-s3cret-0123456789"
IS_A_SETTING = "INJECT_INVOCATION" in C.config.get_configuration_definitions()
Vaulted = t.Callable[..., t.Any]


@pytest.fixture
def vaulted(monkeypatch: pytest.MonkeyPatch) -> Vaulted:
    """`vaulted(text)`: the value that ansible-core loads for an encrypted text."""
    known = [("default", vault.VaultSecret(b"the-vault-password"))]
    loader = DataLoader()
    loader.set_vault_secrets(known)
    if hasattr(vault, "VaultSecretsContext"):  # from 2.19 on
        monkeypatch.setattr(vault.VaultSecretsContext, "_current", vault.VaultSecretsContext(known))

    def value(text: str, password: str = "the-vault-password") -> t.Any:
        sealed = vault.VaultLib().encrypt(text, vault.VaultSecret(password.encode())).decode()
        return loader.load("x: !vault |\n" + textwrap.indent(sealed, "  "))["x"]

    return value


ARGUMENTS = {"text": "a", "number": 7, "flag": True, "nothing": None, "list": ["a", {"b": "c"}], "part": {"d": []}}


def test_arguments_arrive_as_they_are() -> None:
    assert transmitted(ARGUMENTS) == ARGUMENTS
    assert transmitted({}) == {}


@pytest.mark.parametrize("mark", [trusted, untrusted], ids=["trusted", "untrusted"])
def test_the_marks_of_texts_are_left_behind(mark: t.Callable[[str], str]) -> None:
    arrived = transmitted({mark("name"): mark("{{ a }}"), "list": [mark("b")]})
    assert arrived == {"name": "{{ a }}", "list": ["b"]}
    assert {text.__class__ for text in (*arrived, arrived["name"], *arrived["list"])} == {str}


def test_vault_values_arrive_opened(vaulted: Vaulted) -> None:
    arrived = transmitted({"client_secret": vaulted(SECRET), "inside": [{"deep": vaulted(SECRET)}]})
    assert arrived == {"client_secret": SECRET, "inside": [{"deep": SECRET}]}
    assert arrived["client_secret"].__class__ is str


def test_a_vault_value_that_cannot_be_opened_is_an_error_of_ansible(vaulted: Vaulted) -> None:
    with pytest.raises(AnsibleError):
        transmitted({"client_secret": vaulted(SECRET, "another-password")})


def test_a_vault_value_stays_encrypted_until_it_is_used(vaulted: Vaulted) -> None:
    written = json.dumps([vaulted(SECRET), vaulted(SECRET, "another-password"), "plain"], default=closed)
    assert SECRET not in written
    assert written.count("$ANSIBLE_VAULT;") == 2
    loader = DataLoader()
    loader.set_vault_secrets([("default", vault.VaultSecret(b"the-vault-password"))])
    mine, foreign, plain = (reopenable(value, loader) for value in json.loads(written))
    assert (str(mine), plain) == (SECRET, "plain")
    with pytest.raises(AnsibleError):
        str(foreign)


def test_other_scalars_are_closed_as_text() -> None:
    assert json.loads(json.dumps([date(2030, 1, 31), 7, None], default=closed)) == ["2030-01-31", 7, None]


def test_dates_arrive_as_a_module_would_see_them() -> None:
    assert transmitted({"day": date(2030, 1, 31)}) == {"day": "2030-01-31"}


def test_what_arrives_belongs_to_nobody_else() -> None:
    arguments: dict[str, t.Any] = {"list": ["a"]}
    transmitted(arguments)["list"].append("b")
    assert arguments == {"list": ["a"]}
    assert json.loads(json.dumps(transmitted(arguments))) == arguments


@pytest.mark.parametrize("wanted", [True, False])
def test_arguments_are_shown_when_the_setting_says_so_and_always_before_there_was_one(
    wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSIBLE_INJECT_INVOCATION", str(wanted))
    assert shows_invocation({}) is (wanted or not IS_A_SETTING)


@pytest.mark.parametrize("wanted", [True, False])
def test_a_variable_is_a_setting_too(wanted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANSIBLE_INJECT_INVOCATION", raising=False)
    assert shows_invocation({"ansible_inject_invocation": wanted}) is (wanted or not IS_A_SETTING)


def test_without_any_setting_it_is_as_ansible_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANSIBLE_INJECT_INVOCATION", raising=False)
    assert shows_invocation({}) is not IS_A_SETTING
