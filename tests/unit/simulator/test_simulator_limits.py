# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rate limits."""

from __future__ import annotations

import pytest

from simulator.errors import ApiError
from simulator.limits import Limiter
from simulator.readings import Readings


def admitted(limiter, count, tier=1, users=None, client="c"):
    for done in range(count):
        try:
            limiter.admit("realm", client, tier, users)
        except ApiError as error:
            return done, error
    return count, None


@pytest.mark.parametrize(
    ("readings", "tier", "expected"),
    [
        ({}, 1, 5000),
        ({}, 2, 500),
        ({"C24": "A"}, 2, 300),
        ({"C25": "A"}, 1, 1000),
        ({"C25": "A"}, 2, 100),
        ({"C24": "A", "C25": "A"}, 1, 600),
        ({"C24": "A", "C25": "A"}, 2, 60),
    ],
)
def test_c24_c25_limits(clock, readings, tier, expected):
    count, error = admitted(Limiter(Readings(readings), clock), 6000, tier)
    assert count == expected
    assert (error.status, error.code) == (429, "HTTP-429")


@pytest.mark.parametrize(("readings", "window"), [({}, 300), ({"C25": "A"}, 60)])
def test_retry_after_is_true(clock, readings, window):
    limiter = Limiter(Readings(readings), clock)
    admitted(limiter, 250, tier=2)
    clock.now += 20
    _unused, error = admitted(limiter, 500, tier=2)
    assert error.headers == {"Retry-After": str(window - 20)}
    clock.now += window - 21
    assert admitted(limiter, 1, tier=2)[0] == 0
    clock.now += 1
    assert admitted(limiter, 1, tier=2)[0] == 1


def test_tiers_and_clients_count_apart(clock):
    limiter = Limiter(Readings(), clock)
    admitted(limiter, 501, tier=2)
    assert admitted(limiter, 10, tier=1)[0] == 10
    assert admitted(limiter, 10, tier=2, client="other")[0] == 10


@pytest.mark.parametrize(("users", "expected"), [(0, 250), (1, 250), (2, 500), (900, 500)])
def test_a_tenant_has_a_limit_of_its_own(clock, users, expected):
    assert admitted(Limiter(Readings(), clock), 600, tier=2, users=users)[0] == expected


def test_limits_can_be_off(clock):
    assert admitted(Limiter(Readings(), clock, enabled=False), 6000)[0] == 6000


@pytest.fixture
def busy(open_simulator, clock):
    return open_simulator(clock=clock, readings={"C24": "A", "C25": "A"}).log_in()


def test_the_service_refuses_and_recovers(busy, clock):
    path = f"/api/core/oauth-clients/{busy.sim.client_id}"
    patch = [{"op": "replace", "path": "/description", "value": "x"}]
    statuses = [busy("PATCH", path, json=patch).status_code for _unused in range(60)]
    assert statuses == [204] * 59 + [429]
    refused = busy.grant()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert refused.json()["errors"][0]["code"] == "HTTP-429"
    assert busy("GET", path).status_code == 200
    clock.now += 60
    assert busy("PATCH", path, json=patch).status_code == 204


@pytest.mark.parametrize(("statement", "status"), [("A", 200), ("B", 429)])
def test_c28_no_429_for_tenants(busy, statement, status):
    busy.sim.readings["C28"] = statement
    path = "/api/core/tenants/actions/filter"
    assert [busy("POST", path).status_code for _unused in range(60)][-1] == status


def test_a_new_tenant_gets_half(busy):
    tenant = busy.sim.add_tenant(people=0, subscription_id=busy.sim.state.subscriptions[0])
    client = busy.sim.region_client("us")
    statuses = [busy.grant(tenant.hostnames[0], client_id=client.client_id).status_code for _unused in range(31)]
    assert statuses == [200] * 30 + [429]
