# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import typing as t
from pathlib import Path

import pytest
from responses import RequestsMock

from ansible_collections.qlikops.cloud.plugins.module_utils import _token_store
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ApiError, ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings

SECRET = "cl1ent-s3cret-0123456789"
OPTIONS: dict[str, t.Any] = {"timeout": 30, "retries": 4, "max_wait": 300, "token_cache": "user"}

MOST = {"timeout": 3600, "retries": 100, "max_wait": 86400}


def connection(run_dir: t.Any = None, **options: t.Any) -> Connection:
    return Connection.from_options({**OPTIONS, **options}, run_dir)


def test_options_that_are_left_out_have_their_usual_meaning() -> None:
    assert connection() == Connection(
        "https://console.qlikcloud.com", HttpSettings(30, 4, 300, None), "user", None, None
    )


def test_empty_options_count_as_left_out() -> None:
    assert connection(console_url="", ca_path="", cache_dir="") == connection()


def test_every_option_has_its_effect() -> None:
    options = {
        "timeout": 5,
        "retries": 0,
        "max_wait": 0,
        "ca_path": "/ca.pem",
        "console_url": "https://Console.example:8443/",
        "token_cache": "none",
        "cache_dir": "/cache",
    }
    expected = HttpSettings(5, 0, 0, "/ca.pem")
    assert connection("/run", **options) == Connection(
        "https://console.example:8443", expected, "none", "/cache", "/run"
    )


@pytest.mark.parametrize(
    ("option", "value", "least"),
    [
        ("timeout", 0, 1),
        ("timeout", 0.5, 1),
        ("timeout", 3601, 1),
        ("retries", -1, 0),
        ("retries", 101, 0),
        ("max_wait", -1, 0),
        ("max_wait", 86_401, 0),
        ("max_wait", float("nan"), 0),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(option: str, value: float, least: int) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connection(**{option: value})
    assert str(caught.value) == f"The option {option} must be from {least} to {MOST[option]}, not {value}."


@pytest.mark.parametrize("option", ["timeout", "retries", "max_wait"])
def test_the_least_and_the_highest_number_are_accepted(option: str) -> None:
    assert connection(**{option: 1 if option == "timeout" else 0})
    assert connection(**{option: MOST[option]})


@pytest.mark.parametrize(
    "url", ["http://console.qlikcloud.com", "https://console.qlikcloud.com/api", "https://u:pw@console.qlikcloud.com"]
)
def test_a_console_that_must_not_get_a_secret_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        connection(console_url=url)


def test_what_outlives_a_run_is_kept_in_the_cache_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache")
    assert connection().kept_in == "/var/cache/qlikops.cloud"
    assert connection(cache_dir="/mine").kept_in == "/mine"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param("user", "cache", id="user"),
        pytest.param("run", "run", id="run"),
        pytest.param("none", None, id="none"),
    ],
)
def test_organization_is_opened_with_its_credential(
    service: RequestsMock, tmp_path: Path, kind: str, expected: str | None
) -> None:
    service.post("https://console.example/oauth/token", json={"access_token": "t0ken", "expires_in": 21600})
    service.get("https://console.example/api/core/tenants", json={"data": [{"id": "t-1"}]})
    opened = connection(
        str(tmp_path / "run"),
        console_url="https://console.example",
        token_cache=kind,
        cache_dir=str(tmp_path / "cache"),
    )
    credential = Credential.from_mapping({"client_id": "c-1", "client_secret": SECRET}, "the test")
    assert [tenant.id for tenant in opened.organization(credential).tenants().tenants] == ["t-1"]
    assert service.calls[1].request.headers["Authorization"] == "Bearer t0ken"
    assert sorted(file.parent.name for file in tmp_path.rglob("*.token")) == ([expected] if expected else [])


def test_a_second_run_needs_no_token_request(service: RequestsMock, tmp_path: Path) -> None:
    service.post("https://console.qlikcloud.com/oauth/token", json={"access_token": "t0ken", "expires_in": 21600})
    credential = Credential.from_mapping({"client_id": "c-1", "client_secret": SECRET}, "the test")
    for _run in range(2):
        service.get("https://console.qlikcloud.com/api/core/tenants", json={"data": []})
        connection(cache_dir=str(tmp_path / "cache")).organization(credential).tenants()


def test_a_long_wait_is_told(service: RequestsMock, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, quick in {"sleep": lambda _seconds: None, "jitter": lambda: 0.0}.items():
        monkeypatch.setitem(t.cast(dict[str, t.Any], Transport.__init__.__kwdefaults__), name, quick)
    told: list[str] = []
    credential = Credential.from_mapping({"client_id": "c-1", "client_secret": SECRET}, "the test")
    service.post("https://console.qlikcloud.com/oauth/token", status=429, headers={"Retry-After": "30"})
    service.post("https://console.qlikcloud.com/oauth/token", json={"access_token": "t0ken", "expires_in": 21600})
    service.get("https://console.qlikcloud.com/api/core/tenants", json={"data": []})
    connection(token_cache="none").organization(credential, told.append).tenants()
    assert told == ["console.qlikcloud.com limits the rate of requests. Trying again in 30 seconds."]


def test_one_process_waits_for_another_as_long_as_a_token_request_may_take(
    service: RequestsMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    @contextlib.contextmanager
    def locked(_path: Path, wait: float) -> t.Iterator[bool]:
        waits.append(wait)
        yield True

    monkeypatch.setattr(_token_store, "locked", locked)
    credential = Credential.from_mapping({"client_id": "c-1", "client_secret": SECRET}, "the test")
    opened = connection(cache_dir=str(tmp_path / "cache"), timeout=7, retries=1, max_wait=20)
    service.post("https://console.qlikcloud.com/oauth/token", status=400)
    with pytest.raises(ApiError):
        opened.organization(credential).tenants()
    assert waits == [34]


def test_a_connection_shows_no_secret() -> None:
    assert SECRET not in repr(connection(client_secret=SECRET, private_key=SECRET))
