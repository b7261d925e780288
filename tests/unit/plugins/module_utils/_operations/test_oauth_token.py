# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t
from datetime import datetime, timezone
from pathlib import Path

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.qlikops.cloud.plugins.module_utils import _connection
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_token import OAUTH_TOKEN
from simulator import Fault, Simulator
from simulator.models import Client

TOKEN = "/oauth/token"
Start = t.Callable[..., Simulator]


@pytest.fixture
def simulator(organization: Start, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    monkeypatch.setenv("QLIK_RETRIES", "0")
    return organization()


def credential_of(client: Client) -> Result:
    return {"client_id": client.client_id, "client_secret": client.secret}


def outcome(run_dir: Path | None = None, warnings: list[str] | None = None, **arguments: t.Any) -> Result:
    checked = ArgumentSpecValidator(OAUTH_TOKEN.arguments, **OAUTH_TOKEN.rules).validate(arguments)
    assert not checked.error_messages
    told = [] if warnings is None else warnings
    directory = str(run_dir) if run_dir else None
    return OAUTH_TOKEN.outcome(Invocation(checked.validated_parameters, False, False, directory, told.append))


def organization_of(simulator: Simulator) -> Result:
    return {"client_id": simulator.client_id, "client_secret": simulator.client_secret}


def test_a_token_is_proved_and_kept_back(simulator: Simulator) -> None:
    result = outcome(**organization_of(simulator))
    (token,) = simulator.state.tokens.values()
    assert result == {
        "changed": False,
        "url": "https://console.qlikcloud.com",
        "client_id": simulator.client_id,
        "scope": "cloud-console.tenants:read",
        "expires_at": result["expires_at"],
    }
    expires_at = datetime.strptime(result["expires_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert abs(expires_at.timestamp() - token.expires_at) < 60


def test_a_token_is_given_away_on_request(simulator: Simulator) -> None:
    result = outcome(**organization_of(simulator), return_token=True)
    assert [result["access_token"]] == list(simulator.state.tokens)


@pytest.mark.parametrize("way", ["{}", "https://{}", "https://{}/", " {}"], ids=["host", "URL", "slash", "space"])
def test_a_token_for_a_tenant_comes_from_its_host(simulator: Simulator, way: str) -> None:
    tenant = simulator.state.tenants[0]
    client = simulator.region_client("us", tenant.subscription_id)
    result = outcome(host=way.format(tenant.hostnames[0]).strip(), **credential_of(client), return_token=True)
    token = simulator.state.tokens[result["access_token"]]
    assert (token.host, token.client_id) == (tenant.hostnames[0], client.client_id)
    assert (result["url"], result["client_id"]) == (f"https://{tenant.hostnames[0]}", client.client_id)
    assert result["scope"] == ""


def test_a_private_key_proves_a_client_too(simulator: Simulator, key_pair: tuple[str, dict[str, str]]) -> None:
    pem, jwk = key_pair
    simulator.add_public_key(simulator.client_id, jwk)
    result = outcome(client_id=simulator.client_id, private_key=pem, key_id="key-1", return_token=True)
    assert result["access_token"] in simulator.state.tokens


@pytest.mark.parametrize(
    ("kind", "requests"),
    [
        pytest.param("user", 1, id="kept for the user"),
        pytest.param("run", 1, id="kept for the run"),
        pytest.param("none", 2, id="not kept"),
    ],
)
def test_a_kept_token_is_used(simulator: Simulator, tmp_path: Path, kind: str, requests: int) -> None:
    options: Result = {**organization_of(simulator), "token_cache": kind, "return_token": True}
    first, second = (outcome(tmp_path / "run", **options) for _attempt in range(2))
    assert simulator.record.count("POST", TOKEN) == requests
    assert (first["access_token"] == second["access_token"]) is (requests == 1)


def test_a_wrong_secret_fails_with_its_kind_and_without_the_secret(simulator: Simulator) -> None:
    result = outcome(client_id=simulator.client_id, client_secret="wr0ng-s3cret-0123456789")
    assert result["failed"] is True
    assert result["msg"].startswith("Getting a token on console.qlikcloud.com failed with 401 invalid_client")
    assert {name: result["error"][name] for name in ("kind", "host", "status", "code")} == {
        "kind": "authentication",
        "host": "console.qlikcloud.com",
        "status": 401,
        "code": "invalid_client",
    }
    assert "wr0ng" not in str(result)


def test_a_client_of_a_region_opens_no_console(simulator: Simulator) -> None:
    result = outcome(**credential_of(simulator.region_client("us")))
    assert result["error"]["kind"] == "permission"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({}, "There is no client_id in the task.", id="no credential"),
        pytest.param(
            {"client_id": "c-1"},
            "Client c-1 in the task has no client_secret; give it one, or a private_key with its key_id.",
            id="an id alone",
        ),
        pytest.param(
            {"host": "http://north.us.qlikcloud.com", "client_id": "c-1", "client_secret": "s"},
            "The base URL of north.us.qlikcloud.com must begin with https://, since a secret is sent there.",
            id="plain http",
        ),
        pytest.param(
            {"host": "north.us.qlikcloud.com/api", "client_id": "c-1", "client_secret": "s"},
            "A base URL must look like https://console.qlikcloud.com, without more (north.us.qlikcloud.com given).",
            id="a path",
        ),
        pytest.param(
            {"timeout": 0, "client_id": "c-1", "client_secret": "s"},
            "The option timeout must be from 1 to 3600, not 0.",
            id="no time",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_sent(
    simulator: Simulator, arguments: dict[str, t.Any], message: str
) -> None:
    assert outcome(**arguments) == {"failed": True, "msg": message, "error": {"kind": "configuration"}}
    assert len(simulator.record) == 0


def test_a_long_wait_is_told(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    patient = functools.partial(Transport, sleep=waits.append, jitter=lambda: 0.0)
    monkeypatch.setattr(_connection, "Transport", patient)
    simulator.faults.append(Fault(f"POST {TOKEN}", "status", status=429, retry_after="7", times=1))
    told: list[str] = []
    result = outcome(warnings=told, **organization_of(simulator))
    assert not result.get("failed")
    assert waits == [7.0]
    assert told == ["console.qlikcloud.com limits the rate of requests. Trying again in 7 seconds."]


@pytest.mark.parametrize("wanted", [True, False])
def test_a_result_with_a_token_is_confidential(wanted: bool) -> None:
    assert OAUTH_TOKEN.is_confidential({"return_token": wanted}) is wanted
