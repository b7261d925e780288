# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Register hosts, and the life of tenants."""

from __future__ import annotations

import pytest
import requests

from simulator.timestamps import read_timestamp

REGISTER = "register.us.qlikcloud.com"
TENANTS = f"https://{REGISTER}/api/v1/tenants"
LISTED = "/api/core/tenants"
DAY = 86_400


@pytest.fixture
def at_register(open_simulator, clock):
    """Opens a simulator, and logs the first subscription's client in at the register host."""

    def log_in(**options):
        call = open_simulator(clock=clock, **options)
        return call.log_in(REGISTER, call.sim.region_client("us").client_id)

    return log_in


@pytest.fixture
def call(at_register):
    return at_register()


@pytest.fixture
def tenant(call):
    return call.sim.state.tenants[0]


def create(call, **fields):
    body = {"licenseKey": call.sim.license_key(call.sim.state.subscriptions[0]), **fields}
    return call("POST", TENANTS, json={name: value for name, value in body.items() if value is not None})


def act(call, action, tenant, host="", base=TENANTS, **options):
    headers = {"qlik-confirm-hostname": host or tenant.hostnames[0]}
    return call("POST", f"{base}/{tenant.id}/actions/{action}", headers=headers, **options)


def code(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_a_region_client_logs_in(call):
    body = call.grant(REGISTER, client_id=call.sim.region_client("us").client_id).json()
    assert (body["token_type"], body["expires_in"], "scope" in body) == ("bearer", 21600, False)
    assert call.sim.state.bots == {}


def test_others_do_not_log_in(call, tenant):
    assert call.grant(REGISTER).status_code == 403
    assert call.grant(REGISTER, client_id=call.sim.add_client("Own", tenant).client_id).status_code == 403
    assert call.grant(REGISTER, client_id=call.sim.region_client("eu").client_id).status_code == 401


def test_a_token_is_good_for_the_register_host_only(call, tenant):
    for host in (tenant.hostnames[0], "register.eu.qlikcloud.com"):
        url = f"https://{host}/api/v1/tenants/{tenant.id}/actions/deactivate"
        assert call("POST", url, headers={"qlik-confirm-hostname": host}).status_code == 401
    call.log_in(tenant.hostnames[0], call.sim.region_client("us").client_id)
    assert act(call, "deactivate", tenant).status_code == 401
    assert tenant.status == "active"


@pytest.mark.parametrize(("scope", "status"), [("tenants:create", 201), ("tenants:deactivate", 403)])
def test_the_scope_to_create(call, scope, status):
    answer = call.grant(REGISTER, client_id=call.sim.region_client("us").client_id, scope=scope)
    call.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    assert create(call).status_code == status


def test_creating(call, clock):
    answer = create(call, datacenter="us-east-1")
    made = answer.json()
    assert (answer.status_code, made["status"], made["datacenter"], made["region"]) == (
        201,
        "active",
        "us-east-1",
        "us",
    )
    (host,) = made["hostnames"]
    assert host == f"{made['name']}.us.qlikcloud.com"
    call.log_in()
    row = call("GET", f"{LISTED}/{made['id']}").json()["data"][0]
    assert (row["subscriptionId"], row["name"]) == (call.sim.state.subscriptions[0], made["name"])
    assert read_timestamp(row["createdAt"]) == clock.now
    assert made["id"] in [row["id"] for row in call.walk()]


def test_a_created_tenant_answers(call):
    (host,) = create(call).json()["hostnames"]
    call.log_in(host, call.sim.region_client("us").client_id)
    assert call("GET", f"https://{host}/api/v1/users/me").status_code == 301


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"licenseKey": None}, 400),
        ({"licenseKey": ""}, 400),
        ({"licenseKey": 12}, 400),
        ({"licenseKey": "12"}, 403),
        ({"datacenter": "eu-west-1"}, 400),
        ({"datacenter": "us"}, 400),
        ({"name": "North"}, 400),
        ({"hostnames": ["north.us.qlikcloud.com"]}, 400),
    ],
)
def test_a_bad_order(call, fields, status):
    assert create(call, **fields).status_code == status
    assert len(call.sim.state.tenants) == 25


def test_the_key_of_another_subscription(call):
    assert create(call, licenseKey=call.sim.license_key(call.sim.state.subscriptions[1])).status_code == 403


def test_keys_differ_at_every_start(open_simulator):
    first, second = open_simulator(seed=3).sim, open_simulator(seed=3).sim
    subscription = first.state.subscriptions[0]
    assert len(first.license_key(subscription)) > 100
    assert first.license_key(subscription) == first.license_key(subscription) != second.license_key(subscription)


def test_the_entitlement(call):
    subscription = call.sim.state.subscriptions[0]
    call.sim.state.entitled = len(call.sim.state.tenants_of(subscription)) + 1
    assert [create(call).status_code for _unused in range(2)] == [201, 403]
    call.sim.state.tenants[0].status = "deleted"
    assert create(call).status_code == 201


def test_no_key_is_recorded(call):
    create(call)
    assert call.sim.record[-1].body == {"licenseKey": "***"}


@pytest.mark.parametrize(("statement", "status"), [("A", 400), ("B", 201)])
def test_c22_a_number_a_name_and_an_alias(at_register, statement, status):
    call = at_register(readings={"C22": statement})
    key = int(call.sim.license_key(call.sim.state.subscriptions[0]))
    assert create(call, licenseKey=key).status_code == status
    answer = create(call, name="North", hostnames=["north.us.qlikcloud.com"])
    assert answer.status_code == status
    if status == 201:
        assert (answer.json()["name"], answer.json()["hostnames"][1]) == ("North", "north.us.qlikcloud.com")
        assert create(call, licenseKey=True).status_code == 400
        assert create(call, hostnames=["NORTH.us.qlikcloud.com"]).status_code == 400


def test_c11_the_code_of_a_register_host(open_simulator):
    call = open_simulator(regions=("ap",), readings={"C11": "A"})
    host = "register.ap.qlikcloud.com"
    call.log_in(host, call.sim.region_client("ap").client_id)
    key = call.sim.license_key(call.sim.state.subscriptions[0])
    for datacenter, status in (("ap-southeast-2", 400), ("ap-southeast-1", 201)):
        body = {"licenseKey": key, "datacenter": datacenter}
        assert call("POST", f"https://{host}/api/v1/tenants", json=body).status_code == status


def test_deactivating_and_reactivating(call, tenant, clock):
    answer = act(call, "deactivate", tenant)
    body = answer.json()
    assert (answer.status_code, body["id"], body["status"]) == (200, tenant.id, "disabled")
    assert read_timestamp(body["estimatedPurgeDate"]) == clock.now + 30 * DAY
    refused = call("GET", f"https://{tenant.hostnames[0]}/nowhere")
    assert code(refused) == (401, "TENANT_DISABLED")
    client = call.sim.region_client("us").client_id
    assert code(call.grant(tenant.hostnames[0], client_id=client)) == (401, "TENANT_DISABLED")
    assert tenant.deletion_starts_at == body["estimatedPurgeDate"]
    assert act(call, "reactivate", tenant, json={}).json() == {"id": tenant.id, "status": "active"}
    assert call.grant(tenant.hostnames[0], client_id=client).status_code == 200
    clock.now += 31 * DAY
    call.log_in(REGISTER, client)
    assert (tenant.status, tenant.deletion_starts_at) == ("active", None)


def test_a_tenant_is_purged(call, tenant, clock):
    act(call, "deactivate", tenant, json={"purgeAfterDays": 10})
    clock.now += 10 * DAY - 1
    client = call.sim.region_client("us").client_id
    call.log_in(REGISTER, client)
    assert tenant.status == "deactivated"
    clock.now += 1
    for action in ("reactivate", "deactivate"):
        assert code(act(call, action, tenant)) == (404, "TENANTS-8")
    assert tenant.status == "deleted"
    assert call.grant(tenant.hostnames[0], client_id=client).status_code == 404
    call.log_in()
    assert call("GET", f"{LISTED}/{tenant.id}").json()["data"][0]["status"] == "deleted"


def test_an_edited_tenant_is_not_purged(call, tenant, clock):
    act(call, "deactivate", tenant)
    tenant.status = "active"
    clock.now += 31 * DAY
    call.log_in()
    assert tenant.status == "active"


def test_deactivating_again_resets_the_countdown(call, tenant, clock):
    act(call, "deactivate", tenant)
    clock.now += 1000
    body = act(call, "deactivate", tenant, json={"purgeAfterDays": 90}).json()
    assert read_timestamp(body["estimatedPurgeDate"]) == clock.now + 90 * DAY
    clock.now += 31 * DAY
    call.log_in(REGISTER, call.sim.region_client("us").client_id)
    assert tenant.status == "deactivated"


@pytest.mark.parametrize("days", [9, 91, "30", 30.0, True, None])
def test_a_wrong_delay(call, tenant, days):
    assert act(call, "deactivate", tenant, json={"purgeAfterDays": days}).status_code == 400
    assert tenant.status == "active"


@pytest.mark.parametrize("body", ["[]", "{", '{"days": 20}'])
def test_a_wrong_body(call, tenant, body):
    assert act(call, "deactivate", tenant, data=body).status_code == 400
    assert act(call, "reactivate", tenant, data=body).status_code == 400


@pytest.mark.parametrize("action", ["deactivate", "reactivate"])
def test_the_host_must_be_confirmed(call, tenant, action):
    bare = call("POST", f"{TENANTS}/{tenant.id}/actions/{action}")
    assert (bare.status_code, bare.json()["errors"][0]["title"]) == (400, "Invalid request")
    assert act(call, action, tenant, "other.us.qlikcloud.com").status_code == 412
    assert act(call, action, tenant, tenant.hostnames[1].upper()).status_code == 200


def test_foreign_tenants_are_not_found(call):
    first, second = call.sim.state.subscriptions
    for fields in ({"region": "eu", "subscription_id": first}, {"region": "us", "subscription_id": second}):
        foreign = call.sim.add_tenant(**fields)
        assert code(act(call, "deactivate", foreign)) == (404, "TENANTS-8")
        assert foreign.status == "active"


@pytest.mark.parametrize(("statement", "status"), [("A", 404), ("B", 200)])
def test_c12_on_the_host_of_a_tenant(at_register, statement, status):
    call = at_register(readings={"C12": statement})
    tenant = call.sim.state.tenants[0]
    call.log_in(tenant.hostnames[0], call.sim.region_client("us").client_id)
    other = call.sim.add_tenant(subscription_id=tenant.subscription_id)
    base = f"https://{tenant.hostnames[0]}/api/v1/tenants"
    assert act(call, "deactivate", other, base=base).status_code == status
    assert act(call, "reactivate", other, base=base).status_code == status
    key = call.sim.license_key(tenant.subscription_id)
    assert call("POST", base, json={"licenseKey": key}).status_code == (201 if status == 200 else 404)


def test_a_tenant_client_does_not_rule(at_register):
    call = at_register(readings={"C12": "B"})
    tenant = call.sim.state.tenants[0]
    host = tenant.hostnames[0]
    call.log_in(host, call.sim.add_client("Own", tenant).client_id)
    assert act(call, "deactivate", tenant, base=f"https://{host}/api/v1/tenants").status_code == 403


def test_seeded_deactivated_tenants_stay(call):
    assert "deactivated" in [tenant.status for tenant in call.sim.state.tenants]
    assert "deleted" not in [tenant.status for tenant in call.sim.state.tenants]


def test_lifecycle_calls_are_tier_two(open_simulator, clock):
    call = open_simulator(clock=clock, readings={"C24": "A", "C25": "A"})
    call.log_in(REGISTER, call.sim.region_client("us").client_id)
    tenant = call.sim.state.tenants[0]
    assert [act(call, "reactivate", tenant).status_code for _unused in range(60)] == [200] * 59 + [429]


def test_the_listing_comes_late(at_register, clock):
    call = at_register(listing_delay=20)
    made = create(call).json()["id"]
    call.log_in()
    clock.now += 19
    assert call("GET", f"{LISTED}/{made}").status_code == 404
    assert made not in [row["id"] for row in call.walk()]
    clock.now += 1
    assert call("GET", f"{LISTED}/{made}").status_code == 200
    assert made in [row["id"] for row in call.walk()]


def test_a_created_tenant_is_ready_late(at_register, clock):
    call = at_register(readiness_delay=20)
    (host,) = create(call).json()["hostnames"]
    client = call.sim.region_client("us").client_id
    clock.now += 19
    assert call.grant(host, client_id=client).status_code == 404
    clock.now += 1
    assert call.grant(host, client_id=client).status_code == 200


def test_tokens_live_as_long_as_told(open_simulator, clock):
    call = open_simulator(clock=clock, token_life=60)
    host = call.sim.state.tenants[0].hostnames[0]
    for where, client in (("console.qlikcloud.com", None), (host, "us"), (REGISTER, "us")):
        client_id = call.sim.region_client(client).client_id if client else call.sim.client_id
        body = call.grant(where, client_id=client_id).json()
        assert (body["expires_in"], read_timestamp(body["expires_at"])) == (60, clock.now + 60)
    call.log_in()
    clock.now += 59
    assert call("GET", LISTED).status_code == 200
    clock.now += 1
    assert call("GET", LISTED).status_code == 401


def test_a_lost_answer_to_a_create(at_register):
    call = at_register(faults=["POST /api/v1/tenants lost times=1"])
    with pytest.raises(requests.ConnectionError, match=r"RemoteDisconnected|ConnectionReset"):
        create(call)
    assert len(call.sim.state.tenants) == 26
    assert call.sim.record.count("POST", "/api/v1/tenants", status=0) == 1
    assert create(call).status_code == 201
