# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.tenant_info import TENANT_INFO
from simulator import Fault, Simulator

TENANTS = "/api/core/tenants"
Start = t.Callable[..., Simulator]


@pytest.fixture
def simulator(organization: Start, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    monkeypatch.setenv("QLIK_RETRIES", "0")
    return organization()


def faults_of(**arguments: t.Any) -> list[str]:
    found = ArgumentSpecValidator(TENANT_INFO.arguments, **TENANT_INFO.rules).validate(arguments).error_messages
    return t.cast("list[str]", found)


def outcome(simulator: Simulator, check_mode: bool = False, **arguments: t.Any) -> Result:
    given = {"client_id": simulator.client_id, "client_secret": simulator.client_secret, **arguments}
    assert not faults_of(**given)
    checked = ArgumentSpecValidator(TENANT_INFO.arguments, **TENANT_INFO.rules).validate(given)
    return TENANT_INFO.outcome(Invocation(checked.validated_parameters, check_mode, False, None, print))


def ids(result: Result) -> list[str]:
    return [row["id"] for row in result["tenants"]]


def subscription(simulator: Simulator) -> str:
    return f'subscriptionId eq "{simulator.state.subscriptions[0]}"'


def of_subscription(simulator: Simulator) -> list[str]:
    wanted = simulator.state.subscriptions[0]
    return sorted(tenant.id for tenant in simulator.state.tenants if tenant.subscription_id == wanted)


@pytest.mark.parametrize("check_mode", [True, False])
def test_all_tenants_come_in_the_order_of_their_ids(simulator: Simulator, check_mode: bool) -> None:
    result = outcome(simulator, check_mode)
    assert set(result) == {"changed", "count", "tenants"}
    assert (result["changed"], result["count"]) == (False, 12)
    assert ids(result) == sorted(tenant.id for tenant in simulator.state.tenants)


def test_a_list_of_many_pages_is_complete(organization: Start) -> None:
    simulator = organization(tenants=250)
    assert outcome(simulator)["count"] == 250
    assert simulator.record.count("GET", TENANTS) == 3


def test_an_organization_without_tenants_is_an_empty_list(organization: Start) -> None:
    assert outcome(organization(tenants=0)) == {"changed": False, "count": 0, "tenants": []}


def test_a_tenant_is_told_with_all_there_is_to_know(simulator: Simulator) -> None:
    tenant = simulator.state.tenants[0]
    (row,) = outcome(simulator, id=tenant.id)["tenants"]
    assert row == {
        "id": tenant.id,
        "name": tenant.name,
        "hostname": tenant.hostnames[0],
        "alias": tenant.hostnames[1],
        "hostnames": tenant.hostnames,
        "url": f"https://{tenant.hostnames[0]}",
        "region": "us",
        "region_code": tenant.region_code,
        "country_code": tenant.country_code,
        "status": "active",
        "enabled": True,
        "subscription_id": tenant.subscription_id,
        "license_number": tenant.license_number,
        "license_starts_at": tenant.license_starts_at,
        "license_ends_at": tenant.license_ends_at,
        "deletion_starts_at": None,
        "created_at": tenant.created_at,
        "created_by": tenant.created_by,
        "updated_at": tenant.updated_at,
    }


def test_a_result_is_plain_json(simulator: Simulator) -> None:
    result = outcome(simulator)
    assert json.loads(json.dumps(result)) == result


def test_one_tenant_is_read_without_listing_the_others(simulator: Simulator) -> None:
    tenant = simulator.state.tenants[7]
    result = outcome(simulator, id=tenant.id)
    assert (result["count"], ids(result)) == (1, [tenant.id])
    assert simulator.record.count("GET", TENANTS) == 0


def test_a_tenant_that_does_not_exist_fails_with_its_kind(simulator: Simulator) -> None:
    result = outcome(simulator, id="none")
    assert (result["failed"], result["error"]["kind"], result["error"]["status"]) == (True, "not_found", 404)
    assert "Reading tenant none on console.qlikcloud.com failed with 404" in result["msg"]


def test_a_filter_selects(simulator: Simulator) -> None:
    result = outcome(simulator, filter=subscription(simulator))
    assert ids(result) == of_subscription(simulator)
    assert 0 < result["count"] == len(ids(result)) < 12
    assert {entry.query["filter"] for entry in simulator.record.find("GET", TENANTS)} == {subscription(simulator)}


def test_the_service_counts_what_a_filter_selects(simulator: Simulator) -> None:
    result = outcome(simulator, filter=subscription(simulator), count_only=True)
    assert result == {"changed": False, "count": len(of_subscription(simulator))}
    assert simulator.record.count("GET", TENANTS) == 0


def test_one_tenant_is_counted_as_one(simulator: Simulator) -> None:
    identity = simulator.state.tenants[0].id
    assert outcome(simulator, id=identity, count_only=True) == {"changed": False, "count": 1}


def test_all_tenants_are_listed_to_be_counted(simulator: Simulator) -> None:
    assert outcome(simulator, count_only=True) == {"changed": False, "count": 12}
    assert simulator.record.count("GET", TENANTS) == 1


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_filter_or_id_counts_as_left_out(simulator: Simulator, empty: str | None) -> None:
    assert outcome(simulator, filter=empty)["count"] == 12
    assert outcome(simulator, id=empty)["count"] == 12


@pytest.mark.parametrize(
    ("wanted", "kind", "status"),
    [
        pytest.param("name is nice", "refused", 400, id="no filter"),
        pytest.param('subscriptionId eq "1"', "permission", 403, id="a subscription of another organization"),
    ],
)
@pytest.mark.parametrize("count_only", [True, False])
def test_a_filter_that_the_service_refuses_fails(
    simulator: Simulator, wanted: str, kind: str, status: int, count_only: bool
) -> None:
    result = outcome(simulator, filter=wanted, count_only=count_only)
    assert (result["failed"], result["error"]["kind"], result["error"]["status"]) == (True, kind, status)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        pytest.param(Fault("GET /api/core/tenants", "status", status=503), "refused", id="an outage"),
        pytest.param(Fault("GET /api/core/tenants", "malformed"), "unexpected_answer", id="no JSON"),
        pytest.param(Fault("GET /api/core/tenants", "wrong_total"), "incomplete_list", id="a tenant too few"),
        pytest.param(Fault("GET /api/core/tenants", "cut"), "unreachable", id="no answer"),
    ],
)
def test_a_list_that_is_not_complete_fails_with_its_kind(simulator: Simulator, fault: Fault, kind: str) -> None:
    simulator.faults.append(fault)
    result = outcome(simulator)
    assert (result["failed"], result["error"]["kind"]) == (True, kind)
    assert "tenants" not in result


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"id": "t", "filter": "f"}, "parameters are mutually exclusive: id|filter", id="id and filter"),
    ],
)
def test_wishes_that_contradict_each_other_are_refused(arguments: dict[str, t.Any], message: str) -> None:
    assert faults_of(**arguments) == [message]


def test_tenants_are_no_secret() -> None:
    assert TENANT_INFO.is_confidential({"id": "t"}) is False
