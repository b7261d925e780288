# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import time
import typing as t
from datetime import datetime, timezone

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils import _tokens
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.ping import PING
from simulator import Fault, Simulator

ME = "GET /api/v1/users/"
Ping = t.Callable[..., Result]


@pytest.fixture
def ping(run: Ping) -> Ping:
    """`ping(...)`: what the module ping returns of the first tenant."""
    return functools.partial(run, PING)


def kind(result: Result) -> tuple[bool, t.Any]:
    return bool(result.get("failed")), result["error"]["kind"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_who_we_are_is_told(ping: Ping, tenants: Simulator, check_mode: bool) -> None:
    tenant = tenants.state.tenants[0]
    client = tenants.region_client("us", tenant.subscription_id)
    result = ping(check_mode=check_mode)
    (bot,) = tenants.state.bots_of(tenant)
    assert result == {
        "changed": False,
        "host": tenant.hostnames[0],
        "tenant_id": tenant.id,
        "user": {
            "id": bot.id,
            "name": bot.name,
            "subject": bot.subject,
            "client_id": client.client_id,
            "status": "active",
            "roles": ["TenantAdmin"],
        },
        **{name: result[name] for name in ("round_trip_ms", "token_expires_at", "token_expires_in")},
    }


def test_the_time_that_is_left_is_told(ping: Ping) -> None:
    result = ping()
    moment = datetime.strptime(result["token_expires_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert abs(moment.timestamp() - time.time() - 21600) < 60
    assert 21500 < result["token_expires_in"] <= 21600


def test_the_round_trip_is_measured_without_the_token(ping: Ping, tenants: Simulator) -> None:
    tenants.faults.append(Fault("POST /oauth/token", "latency", seconds=0.5))
    assert 0 <= ping()["round_trip_ms"] < 500
    tenants.faults.append(Fault("GET /api/v1/users/me", "latency", seconds=0.2))
    assert ping()["round_trip_ms"] >= 200


def test_the_tenant_that_is_meant_is_the_right_one(ping: Ping, tenants: Simulator) -> None:
    assert ping(tenant_id=tenants.state.tenants[0].id)["tenant_id"] == tenants.state.tenants[0].id


def test_a_host_name_that_has_moved_fails(ping: Ping, tenants: Simulator) -> None:
    tenant = tenants.state.tenants[0]
    result = ping(tenant_id="another")
    assert kind(result) == (True, "wrong_tenant")
    assert result["msg"] == (
        f"{tenant.hostnames[0]} is the tenant {tenant.id}, not another: the host name has moved, or the inventory, or "
        "the option tenant_id, is out of date; --flush-cache refreshes the inventory."
    )


def test_each_way_to_be_out_of_reach_has_its_kind(ping: Ping, tenants: Simulator) -> None:
    tenant = tenants.state.tenants[0]
    assert kind(ping(client_secret="wr0ng")) == (True, "authentication")
    assert kind(ping(host="nobody.us.qlikcloud.com")) == (True, "not_found")
    tenant.blocked = True
    assert kind(ping()) == (True, "permission")
    tenant.blocked, tenant.status = False, "deactivated"
    assert kind(ping()) == (True, "tenant_disabled")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param({"kind": "cut"}, "unreachable", id="cut"),
        pytest.param({"kind": "status", "status": 429, "retry_after": 60}, "rate_limit", id="429"),
        pytest.param({"kind": "status", "status": 503}, "refused", id="503"),
        pytest.param({"kind": "status", "status": 403}, "permission", id="403"),
        pytest.param({"kind": "html"}, "unexpected_answer", id="HTML"),
        pytest.param({"kind": "shape", "shape": "list"}, "unexpected_answer", id="a list"),
        pytest.param({"kind": "shape", "shape": "empty"}, "unexpected_answer", id="nothing"),
        pytest.param({"kind": "redirect", "to": "other"}, "unexpected_answer", id="another host"),
    ],
)
def test_each_fault_of_the_service_has_its_kind(
    ping: Ping, tenants: Simulator, fault: dict[str, t.Any], expected: str
) -> None:
    tenants.faults.append(Fault(ME, **fault))
    assert kind(ping(max_wait=1)) == (True, expected)


def test_a_machine_without_network_has_its_kind(ping: Ping, closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    assert kind(ping()) == (True, "unreachable")


def used_tokens(tenants: Simulator) -> list[str | None]:
    """The tokens with which it was asked who we are, by their fingerprints."""
    return [entry.token for entry in tenants.record.find("GET", "/api/v1/users/me")]


@pytest.mark.parametrize(
    ("recent", "new_token", "tokens"), [(60, True, 1), (-1, True, 2), (-1, False, 1)], ids=["recent", "old", "unasked"]
)
def test_another_token_is_asked_for_when_the_kept_one_is_old(
    ping: Ping, tenants: Simulator, monkeypatch: pytest.MonkeyPatch, recent: int, new_token: bool, tokens: int
) -> None:
    ping(token_cache="user")
    monkeypatch.setattr(_tokens, "RECENT", recent)
    assert not ping(token_cache="user", new_token=new_token).get("failed")
    assert tenants.record.count("POST", "/oauth/token") == tokens
    assert len(used_tokens(tenants)) == 2
    assert len(set(used_tokens(tenants))) == tokens


def test_a_kept_token_whose_client_is_gone_reaches_nothing_when_another_is_asked_for(
    ping: Ping, tenants: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    ping(token_cache="user")
    monkeypatch.setattr(_tokens, "RECENT", -1)
    tenants.faults.append(Fault("POST /oauth/token", "status", status=401))
    assert not ping(token_cache="user").get("failed")
    assert kind(ping(token_cache="user", new_token=True)) == (True, "authentication")


def test_bots_without_an_owner_are_listed(ping: Ping, tenants: Simulator) -> None:
    tenant = tenants.state.tenants[0]
    others = [tenants.add_client(name, tenant) for name in ("one", "two")]
    for client in others:
        tenants.state.bot(client, tenant)
    own = tenants.region_client("us", tenant.subscription_id)
    result = ping(bots=True, known_clients=[own.client_id, others[0].client_id])
    assert [bot["client_id"] for bot in result["unowned_bots"]] == [others[1].client_id]
    assert set(result["unowned_bots"][0]) == {"id", "name", "subject", "client_id", "status", "roles"}


def test_all_pages_of_users_are_searched_for_bots(ping: Ping, tenants: Simulator) -> None:
    tenant = tenants.state.tenants[0]
    tenant.people = 205
    assert len(ping(bots=True)["unowned_bots"]) == 1
    assert tenants.record.count("GET", "/api/v1/users") == 3


@pytest.mark.parametrize("shape", ["list", "data", "rows"])
def test_users_in_another_shape_fail(ping: Ping, tenants: Simulator, shape: str) -> None:
    tenants.faults.append(Fault("GET /api/v1/users", "shape", shape=shape, after=2))  # me, and where that leads
    assert kind(ping(bots=True)) == (True, "unexpected_answer")


def test_bots_of_a_part_of_the_users_are_not_told(ping: Ping, tenants: Simulator) -> None:
    tenants.faults.append(Fault("GET /api/v1/users", "wrong_total"))
    assert kind(ping(bots=True)) == (True, "incomplete_list")
    assert "totalResults" in tenants.record[-1].query


def test_bots_are_looked_for_on_demand_alone(ping: Ping, tenants: Simulator) -> None:
    assert "unowned_bots" not in ping()
    assert tenants.record.count("GET", "/api/v1/users") == 0


def test_what_the_controller_fills_in() -> None:
    assert PING.known_of_tenant == {"tenant_id": "qlik_id"}
    assert [PING.wants_client_ids({"bots": bots}) for bots in (True, False)] == [True, False]
