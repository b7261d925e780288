# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization API against the simulator, in both readings of what the documents contradict each other in."""

from __future__ import annotations

import time
import typing as t

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ApiError, AuthenticationError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL, OrganizationApi
from ansible_collections.qlikops.cloud.plugins.module_utils._scim import all_of, any_of, equal, negation
from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import MemoryStore
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource
from simulator import Simulator

Start = t.Callable[..., Simulator]
BOTH = pytest.mark.parametrize("statement", ["A", "B"])


def api_of(simulator: Simulator, naps: list[float] | None = None, **entry: str) -> OrganizationApi:
    entry = entry or {"client_id": simulator.client_id, "client_secret": simulator.client_secret}
    settings = HttpSettings(timeout=10, retries=2, max_wait=400, ca_path=str(simulator.ca_path))
    sleep = time.sleep if naps is None else naps.append
    transport = Transport(CONSOLE_URL, settings, sleep=sleep, jitter=lambda: 0.0)
    return OrganizationApi(ApiClient(TokenSource(Credential.from_mapping(entry, "the test"), transport, MemoryStore())))


def keyed(simulator: Simulator, key_pair: tuple[str, dict[str, str]]) -> dict[str, str]:
    private_key, jwk = key_pair
    client = simulator.add_client("keyed")
    simulator.add_public_key(client.client_id, jwk)
    return {"client_id": client.client_id, "private_key": private_key, "key_id": jwk["kid"]}


@BOTH
def test_c6_one_tenant_as_object_or_list(statement: str, organization: Start) -> None:
    simulator = organization(readings={"C6": statement})
    wanted = simulator.state.tenants[3]
    assert api_of(simulator).tenant(wanted.id).hostnames == tuple(wanted.hostnames)


@BOTH
def test_c9_the_total_is_asked_for_with_the_text_true(statement: str, organization: Start) -> None:
    simulator = organization(readings={"C9": statement})
    assert api_of(simulator).tenants().total == len(simulator.state.tenants)
    assert {entry.query["totalResults"] for entry in simulator.record.find("GET", "/api/core/tenants")} == {"true"}


@BOTH
def test_c13_a_filter_that_names_a_subscription_is_always_accepted(statement: str, organization: Start) -> None:
    simulator = organization(tenants=40, readings={"C13": statement})
    subscription = simulator.state.subscriptions[0]
    wanted = {
        x.id for x in simulator.state.tenants if x.subscription_id == subscription and x.region_code == "eu-west-1"
    }
    scim = all_of(equal("subscriptionId", subscription), equal("regionCode", "eu-west-1"))
    api = api_of(simulator)
    assert wanted
    assert {tenant.id for tenant in api.tenants(scim).tenants} == wanted
    assert {tenant.id for tenant in api.filtered(scim).tenants} == wanted
    assert api.count(scim) == len(wanted)


@pytest.mark.parametrize(("statement", "accepted"), [("A", False), ("B", True)])
def test_c13_a_filter_without_a_subscription(statement: str, accepted: bool, organization: Start) -> None:
    simulator = organization(readings={"C13": statement})
    scim = any_of(equal("status", "active"), negation(equal("status", "active")))
    if accepted:
        assert api_of(simulator).count(scim) == len(simulator.state.tenants)
    else:
        with pytest.raises(ApiError, match=r"Counting tenants on .* failed with 400"):
            api_of(simulator).count(scim)


@BOTH
def test_c14_c16_an_assertion_satisfies_the_strict_reading_too(
    statement: str, organization: Start, key_pair: tuple[str, dict[str, str]]
) -> None:
    simulator = organization(readings={"C14": statement, "C16": statement})
    assert len(api_of(simulator, **keyed(simulator, key_pair)).tenants().tenants) == len(simulator.state.tenants)


def test_c15_an_assertion_alone(organization: Start, key_pair: tuple[str, dict[str, str]]) -> None:
    simulator = organization(readings={"C15": "B"})
    assert api_of(simulator, **keyed(simulator, key_pair)).tenants().tenants


def test_c15_a_service_that_wants_a_secret_beside_it_is_told_in_one_sentence(
    organization: Start, key_pair: tuple[str, dict[str, str]]
) -> None:
    simulator = organization(readings={"C15": "A"})
    with pytest.raises(ApiError, match=r"Getting a token on .* failed with 400") as caught:
        api_of(simulator, **keyed(simulator, key_pair)).tenants()
    assert "client_secret" in str(caught.value)


@BOTH
def test_c21_errors_with_and_without_status_and_trace_id(statement: str, organization: Start) -> None:
    simulator = organization(readings={"C21": statement, "C28": "B"}, faults=["GET /api/core/tenants expire_tokens"])
    with pytest.raises(AuthenticationError) as caught:
        api_of(simulator).tenants()
    assert caught.value.trace_id
    assert caught.value.code
    assert caught.value.status == 401


@pytest.mark.parametrize(("statement", "limit"), [("A", 60), ("B", 100)])
def test_c24_limits_of_either_size_are_waited_for(statement: str, limit: int, organization: Start) -> None:
    simulator = organization(readings={"C24": statement, "C25": "A"})
    naps: list[float] = []
    api = api_of(simulator, naps)
    scim = equal("subscriptionId", simulator.state.subscriptions[0])
    for _turn in range(limit - 1):  # the token request counts too
        api.filtered(scim)
    with pytest.raises(ApiError, match="429"):
        api.filtered(scim)
    assert simulator.record.count("POST", "/api/core/tenants/actions/filter", status=200) == limit - 1
    assert all(1 <= nap <= 300 for nap in naps)
    assert naps


@pytest.mark.parametrize(("statement", "sentence"), [("A", "403"), ("B", "401")])
def test_c28_a_token_that_has_gone(statement: str, sentence: str, organization: Start) -> None:
    simulator = organization(readings={"C28": statement}, faults=["GET /api/core/tenants expire_tokens"])
    with pytest.raises(ApiError, match=sentence):
        api_of(simulator).tenants()
