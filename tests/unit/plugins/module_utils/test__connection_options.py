# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult

from ansible_collections.qlikops.cloud.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import (
    CONNECTION_ARGUMENTS,
    SETTINGS,
    from_environment,
    variable_of,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL

DOCUMENTED = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
OF_PLUGINS = yaml.safe_load(ModuleDocFragment.PLUGINS)["options"]
READ_ON_THE_CONTROLLER = ["client_id", "client_secret", "private_key", "key_id", "credentials_file"]
DEFAULTS = {
    **dict.fromkeys(READ_ON_THE_CONTROLLER),
    "console_url": CONSOLE_URL,
    "ca_path": None,
    "timeout": 30,
    "retries": 4,
    "max_wait": 300,
    "token_cache": "user",
    "cache_dir": None,
}
GIVEN = {
    "console_url": ("https://console.example", "https://console.example"),
    "ca_path": ("/etc/ca.pem", "/etc/ca.pem"),
    "timeout": ("31", 31),
    "retries": (" 5 ", 5),
    "max_wait": ("0", 0),
    "token_cache": ("none", "none"),
    "cache_dir": ("/var/cache/mine", "/var/cache/mine"),
}


@pytest.fixture(autouse=True)
def silent_environment(own_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for option in CONNECTION_ARGUMENTS:
        monkeypatch.delenv(variable_of(option), raising=False)


def validated(**arguments: t.Any) -> ValidationResult:
    return ArgumentSpecValidator(CONNECTION_ARGUMENTS).validate(arguments)


def options(**arguments: t.Any) -> dict[str, t.Any]:
    result = validated(**arguments)
    assert not result.error_messages
    return dict(result.validated_parameters)


def test_options_that_are_left_out_have_their_defaults() -> None:
    assert options() == DEFAULTS


def test_defaults_are_those_of_a_connection() -> None:
    connection = Connection.from_options(options(), None)
    assert connection.http == HttpSettings()
    assert connection.console_url == CONSOLE_URL


def test_modules_and_documentation_name_the_same_options() -> None:
    assert list(CONNECTION_ARGUMENTS) == list(DOCUMENTED) == list(OF_PLUGINS)


@pytest.mark.parametrize("option", CONNECTION_ARGUMENTS)
@pytest.mark.parametrize("part", ["type", "default", "choices", "required", "aliases", "elements"])
def test_the_documentation_tells_what_the_module_does(option: str, part: str) -> None:
    assert DOCUMENTED[option].get(part) == CONNECTION_ARGUMENTS[option].get(part)


@pytest.mark.parametrize("option", CONNECTION_ARGUMENTS)
def test_plugins_read_every_option_from_its_variable(option: str) -> None:
    assert OF_PLUGINS[option] == {"env": [{"name": "QLIK_" + option.upper()}]}


def test_modules_read_all_but_credentials_from_variables() -> None:
    read = {name for name, argument in CONNECTION_ARGUMENTS.items() if "fallback" in argument}
    assert read == set(GIVEN) == set(CONNECTION_ARGUMENTS) - set(READ_ON_THE_CONTROLLER)


@pytest.mark.parametrize("option", GIVEN)
def test_a_variable_stands_in_for_an_option(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, value = GIVEN[option]
    monkeypatch.setenv("QLIK_" + option.upper(), text)
    assert options() == {**DEFAULTS, option: value}


@pytest.mark.parametrize("option", GIVEN)
def test_an_option_beats_its_variable(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, value = GIVEN[option]
    monkeypatch.setenv("QLIK_" + option.upper(), "user" if option == "token_cache" else "77")
    assert options(**{option: text})[option] == value


@pytest.mark.parametrize("option", CONNECTION_ARGUMENTS)
@pytest.mark.parametrize("blank", ["", " ", "\t\n"], ids=repr)
def test_a_blank_variable_counts_as_unset(option: str, blank: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLIK_" + option.upper(), blank)
    assert options() == DEFAULTS
    assert from_environment(option) is None


@pytest.mark.parametrize("option", READ_ON_THE_CONTROLLER)
def test_a_module_takes_no_credential_from_a_variable(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLIK_" + option.upper(), "s0mething")
    assert options() == DEFAULTS
    assert from_environment(option) == "s0mething"


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        pytest.param("timeout", "soon", "argument 'timeout' is of type ", id="no number"),
        pytest.param("retries", "1.5", "argument 'retries' is of type ", id="no whole number"),
        pytest.param(
            "token_cache", "disk", "value of token_cache must be one of: user, run, none, got: disk", id="no choice"
        ),
    ],
)
def test_a_variable_is_checked_like_an_option(
    option: str, text: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_option = validated(**{option: text}).error_messages
    monkeypatch.setenv("QLIK_" + option.upper(), text)
    assert validated().error_messages == by_option
    (found,) = by_option
    assert found.startswith(message)


def test_secrets_alone_are_masked() -> None:
    result = validated(**{name: f"v4lue-of-{name}" for name in READ_ON_THE_CONTROLLER})
    assert result._no_log_values == {"v4lue-of-client_secret", "v4lue-of-private_key"}


def test_every_option_says_whether_it_is_secret_where_its_name_may_mislead() -> None:
    """ansible warns of an option that sounds like a secret and does not say."""
    assert {name: argument["no_log"] for name, argument in CONNECTION_ARGUMENTS.items() if "no_log" in argument} == {
        "client_id": False,
        "client_secret": True,
        "private_key": True,
        "key_id": False,
        "credentials_file": False,
        "token_cache": False,
    }


def test_settings_are_what_is_sent_along_to_another_machine() -> None:
    """Paths of this machine mean nothing there."""
    paths = {name for name, argument in CONNECTION_ARGUMENTS.items() if argument["type"] == "path"}
    assert set(SETTINGS) == set(GIVEN) - paths
