# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import variable_of
from ansible_collections.qlikops.cloud.plugins.module_utils._credential_sources import (
    CredentialSources,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import DIRECT, CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from tools.books import CONSOLE, NORTH, SECRET, Options, book, owned, refusal


@pytest.fixture(autouse=True)
def silent_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DIRECT:
        monkeypatch.delenv(variable_of(name), raising=False)


def set_variables(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"QLIK_{name.upper()}", value)


def must_not_read(path: str) -> t.Any:
    raise AssertionError(f"{path} was read")


def sources(
    written: Options | None = None,
    variable: t.Any = None,
    path: str | None = None,
    read_file: t.Callable[[str], t.Any] = must_not_read,
) -> CredentialSources:
    def read(name: str) -> CredentialBook:
        return CredentialBook.from_mapping(read_file(name), name)

    return CredentialSources("the task", written or {}, variable, path, read)


# the order


@pytest.mark.parametrize("target", [CONSOLE, NORTH], ids=["console", "tenant"])
@pytest.mark.parametrize(
    ("first", "expected"), [(0, "options"), (1, "variable"), (2, "file"), (3, "environment")], ids=str
)
def test_the_first_source_that_opens_a_target_wins(
    target: Target, first: int, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_variables(monkeypatch, **owned("environment"))
    written, variable, document = (owned("options"), book("variable"), book("file"))
    found = sources(
        written if first == 0 else {},
        variable if first <= 1 else {},
        "book.yml" if first <= 2 else None,
        {"book.yml": document}.__getitem__,
    )
    if expected == "environment" and target is NORTH:
        assert refusal(found, target).startswith(
            "No credential for north.us.qlikcloud.com of region us (subscription unknown) was found: "
        )
    else:
        assert found.find(target).as_options() == owned(expected)


@pytest.mark.parametrize(
    ("written", "variable"),
    [pytest.param(owned("options"), None, id="options"), pytest.param({}, book("variable"), id="variable")],
)
def test_a_source_behind_the_one_that_opens_is_not_read(written: Options, variable: t.Any) -> None:
    assert sources(written, variable, "book.yml").find(NORTH)


def test_a_book_that_does_not_open_a_target_leaves_it_to_the_next() -> None:
    elsewhere = {"organization": owned("variable"), "regions": [owned("variable", region="eu")]}
    found = sources({}, elsewhere, "book.yml", lambda path: book("file"))
    assert found.find(NORTH).client_id == "file"
    assert found.find(CONSOLE).client_id == "variable"


def test_a_book_that_does_not_open_the_console_leaves_it_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, **owned("environment"))
    regions = {"regions": [owned("variable", region="us")]}
    assert sources({}, regions).find(CONSOLE).as_options() == owned("environment")


@pytest.mark.parametrize("host", ["north.us.qlikcloud.com", "register.eu.qlikcloud.com"])
def test_options_open_whatever_is_addressed(host: str) -> None:
    target = Target.of(f"https://{host}", CONSOLE_URL)
    assert sources(owned("options"), book("variable")).find(target).as_options() == owned("options")


@pytest.mark.parametrize("host", ["north.us.qlikcloud.com", "us.qlikcloud.com", "console.qlikcloud.com.evil.example"])
def test_the_environment_opens_the_console_alone(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, **owned("environment"))
    message = refusal(sources(), Target.of(f"https://{host}", CONSOLE_URL))
    assert message.startswith(f"No credential for {host}")


# what the environment completes

KEY = {"client_id": "c-env", "private_key": "a key of the environment", "key_id": "k-env"}
SHARED_SECRET = {"client_id": "c-env", "client_secret": "a secret of the environment"}


@pytest.mark.parametrize(
    ("environment", "written", "expected"),
    [
        pytest.param(
            SHARED_SECRET,
            {"client_id": "c-1"},
            {"client_id": "c-1", "client_secret": "a secret of the environment"},
            id="an id gets the secret",
        ),
        pytest.param(
            SHARED_SECRET,
            {"client_secret": "s-1"},
            {"client_id": "c-env", "client_secret": "s-1"},
            id="a secret gets the id",
        ),
        pytest.param(
            KEY,
            {"client_id": "c-1"},
            {"client_id": "c-1", "private_key": "a key of the environment", "key_id": "k-env"},
            id="an id gets the key",
        ),
        pytest.param(
            KEY,
            {"key_id": "k-1"},
            {"client_id": "c-env", "private_key": "a key of the environment", "key_id": "k-1"},
            id="a key id gets the key",
        ),
        pytest.param(
            KEY,
            {"client_secret": "s-1"},
            {"client_id": "c-env", "client_secret": "s-1"},
            id="a secret in place of a key",
        ),
        pytest.param(
            SHARED_SECRET,
            {"private_key": "p-1", "key_id": "k-1"},
            {"client_id": "c-env", "private_key": "p-1", "key_id": "k-1"},
            id="a key in place of a secret",
        ),
        pytest.param(
            SHARED_SECRET,
            {"client_id": "c-1", "client_secret": "", "key_id": None},
            {"client_id": "c-1", "client_secret": "a secret of the environment"},
            id="empty options count as left out",
        ),
    ],
)
def test_the_environment_completes_what_is_written_for_the_console(
    environment: Options, written: Options, expected: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_variables(monkeypatch, **environment)
    assert sources(written).find(CONSOLE).as_options() == expected


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param({"client_id": "c-1"}, "Client c-1 in the task has no client_secret; ", id="an id"),
        pytest.param({"client_secret": SECRET}, "There is no client_id in the task.", id="a secret"),
        pytest.param({"key_id": "k-1"}, "There is no client_id in the task.", id="a key id"),
    ],
)
def test_the_environment_completes_nothing_for_a_tenant(
    written: Options, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_variables(monkeypatch, **owned("environment"))
    assert refusal(sources(written, book("variable")), NORTH).startswith(message)


@pytest.mark.parametrize("blank", ["", " ", "\n"], ids=repr)
def test_blank_variables_count_as_unset(blank: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, **dict.fromkeys(DIRECT, blank))
    assert refusal(sources(), CONSOLE).startswith("No credential of the organization was found: ")


def test_half_a_credential_in_the_environment_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, client_secret=SECRET)
    message = refusal(sources(), CONSOLE)
    assert message == "There is no client_id in the environment (QLIK_CLIENT_ID, QLIK_CLIENT_SECRET)."


# where nothing is found


def test_a_tenant_without_credential_is_told_with_all_that_was_looked_at() -> None:
    known = {"qlik_hostnames": ["h1.jp.qlikcloud.com"], "qlik_subscription_id": "1000000000000001"}
    target = Target.of("https://h1.jp.qlikcloud.com", CONSOLE_URL, known)
    assert refusal(sources({}, book("c-1"), "book.yml", lambda path: book("c-2")), target) == (
        "No credential for h1.jp.qlikcloud.com of region jp and subscription 1000000000000001 was found "
        "(the variable qlik_credentials holds the organization's client c-1, region us; "
        "book.yml holds the organization's client c-2, region us): "
        "name a file with an entry for this tenant or its region by QLIK_CREDENTIALS_FILE or the task's "
        "credentials_file (that of an inventory source serves no tasks), set qlik_credentials, or give "
        "subscription_id where only that is unknown."
    )


def test_a_console_without_credential_is_told_what_to_do() -> None:
    advice = (
        "set QLIK_CLIENT_ID and QLIK_CLIENT_SECRET, or name a credentials_file with an organization entry. "
        "The client is made in the Cloud Console, console.qlikcloud.com/admin/oauth."
    )
    assert refusal(sources(), CONSOLE) == f"No credential of the organization was found: {advice}"
    assert refusal(sources({}, None, "book.yml", lambda path: {}), CONSOLE) == (
        f"No credential of the organization was found (book.yml holds nothing): {advice}"
    )


@pytest.mark.parametrize(
    ("variable", "path", "message"),
    [
        pytest.param(
            {"organization": {"client_id": "c-1", "secret": SECRET}},
            None,
            "organization in the variable qlik_credentials has the unknown key secret; ",
            id="variable",
        ),
        pytest.param(f"text {SECRET}", None, "the variable qlik_credentials must be a mapping.", id="no mapping"),
        pytest.param(None, "book.yml", "entry 1 of tenants in book.yml has no hostname.", id="file"),
    ],
)
def test_a_faulty_book_is_told_with_its_source(variable: t.Any, path: str | None, message: str) -> None:
    faulty = {"tenants": [owned("c-1")]}
    assert refusal(sources({}, variable, path, lambda name: faulty), NORTH).startswith(message)


@pytest.mark.parametrize(
    "url", ["https://console.qlikcloud.co", "http://localhost:8080", "https://north.us.qlikcloud.com"]
)
def test_the_organizations_secret_goes_to_no_console_of_a_chance_address(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target.of(url, url)
    set_variables(monkeypatch, **owned("environment"))
    for found in (sources({}, {"organization": owned("c-1")}), sources()):
        assert "is no console of Qlik Cloud; to send a secret there all the same, write" in refusal(found, target)
    assert sources(owned("task")).find(target).as_options() == owned("task")
    with pytest.raises(ConfigurationError, match="has no client_secret"):
        sources({"client_id": "c-1"}).find(target)
    monkeypatch.setenv("QLIK_CONSOLE_URL", "https://console.example")
    assert "is no console of Qlik Cloud" in refusal(sources(), target)
    monkeypatch.setenv("QLIK_CONSOLE_URL", url.upper())
    assert sources().find(target).as_options() == owned("environment")


@pytest.mark.parametrize(
    "url", ["https://example.com", "https://north.us.qlikclound.com", "https://north.us.qlikcloud.com:1"]
)
def test_a_secret_in_a_task_goes_to_hosts_of_the_service_alone(url: str) -> None:
    assert "is no host of Qlik Cloud; to send a secret there all" in refusal(
        sources(owned("task")), Target.of(url, CONSOLE_URL)
    )
