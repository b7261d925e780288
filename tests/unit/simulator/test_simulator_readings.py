# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both statements of each contradiction (those about tokens stand with the tokens)."""

from __future__ import annotations

import json

import pytest

from simulator.readings import READINGS, Readings

TENANTS = "/api/core/tenants"
CLIENTS = "/api/core/oauth-clients"


@pytest.fixture
def reading(open_simulator):
    """Opens a simulator that plays one statement, and logs in."""
    return lambda row, statement, **options: open_simulator(readings={row: statement}, **options).log_in()


def first_row(call):
    return call("GET", TENANTS, params={"limit": 1}).json()["data"][0]


@pytest.mark.parametrize(("statement", "used", "ignored"), [("A", "offset", "next"), ("B", "next", "offset")])
def test_c3_cursor_parameter(reading, statement, used, ignored):
    call = reading("C3", statement)
    page = call("GET", TENANTS, params={"limit": 10}).json()
    assert f"limit=10&{used}=" in page["links"]["next"]["href"]
    cursor = page["links"]["next"]["href"].rpartition("=")[2]
    second = call("GET", TENANTS, params={"limit": 10, used: cursor}).json()
    assert second["data"][0]["id"] == call.sim.state.tenants[10].id
    assert call("GET", TENANTS, params={"limit": 10, ignored: cursor}).json()["data"] == page["data"]
    assert len(call.walk(limit=10)) == 25


@pytest.mark.parametrize(
    ("statement", "base"),
    [("A", "https://console.qlikcloud.com/api/core/tenants?"), ("B", "https://api.qlikcloud.com/core/tenants?")],
)
def test_c4_host_of_links(reading, statement, base):
    assert reading("C4", statement)("GET", TENANTS).json()["links"]["next"]["href"].startswith(base)


@pytest.mark.parametrize(
    ("statement", "base"),
    [("A", "https://console.qlikcloud.com/api/core/tenants/"), ("B", "http://foo.example/api/v1/tenants/")],
)
def test_c5_link_of_a_tenant(reading, statement, base):
    row = first_row(reading("C5", statement))
    assert row["links"]["self"]["href"] == base + row["id"]


@pytest.mark.parametrize("statement", ["A", "B"])
def test_c6_one_tenant(reading, statement):
    call = reading("C6", statement)
    tenant = call.sim.state.tenants[3]
    body = call("GET", f"{TENANTS}/{tenant.id}").json()
    assert ("data" in body) == (statement == "B")
    assert (body["data"][0] if statement == "B" else body)["id"] == tenant.id


@pytest.mark.parametrize(("statement", "word"), [("A", "deactivated"), ("B", "disabled")])
def test_c7_word_for_deactivated(reading, statement, word):
    call = reading("C7", statement)
    call.sim.state.tenants[0].status = "deactivated"
    assert first_row(call)["status"] == word
    expression = f'subscriptionId eq "{call.sim.state.subscriptions[0]}" and status eq "{word}"'
    assert call("GET", TENANTS, params={"filter": expression}).json()["data"]


@pytest.mark.parametrize(("statement", "lengths"), [("A", {10}), ("B", {24}), ("AB", {10, 24})])
def test_c8_licence_dates(reading, statement, lengths):
    rows = reading("C8", statement).walk(limit=100)
    assert {len(row["licenseEndsAt"]) for row in rows} == lengths


@pytest.mark.parametrize(("statement", "status"), [("A", 400), ("B", 200)])
def test_c9_total_results(reading, statement, status):
    call = reading("C9", statement)
    assert call("GET", TENANTS, params={"totalResults": "true"}).json()["totalResults"] == 25
    for text in ("True", "1"):
        assert call("GET", TENANTS, params={"totalResults": text}).status_code == status
    assert call("GET", TENANTS, params={"totalResults": "many"}).status_code == 400


@pytest.mark.parametrize(("statement", "created", "updated"), [("A", 24, 24), ("B", 30, 27)])
def test_c10_fractions(reading, statement, created, updated):
    call = reading("C10", statement)
    path = f"{CLIENTS}/{call.sim.client_id}"
    call("PATCH", path, json=[{"op": "add", "path": "/description", "value": "x"}])
    row = call("GET", path).json()
    assert (len(row["createdAt"]), len(row["updatedAt"])) == (created, updated)
    assert len(row["clientSecrets"][0]["createdAt"]) == created


@pytest.mark.parametrize(
    ("statement", "ap", "sg"), [("A", "ap-southeast-1", "ap-southeast-2"), ("B", "ap-southeast-2", "ap-southeast-1")]
)
def test_c11_codes(reading, statement, ap, sg):
    rows = reading("C11", statement, regions=("ap", "sg")).walk()
    codes = {(row["hostnames"][0].split(".")[1], row["regionCode"]) for row in rows}
    assert codes == {("ap", ap), ("sg", sg)}


@pytest.mark.parametrize(("statement", "status"), [("A", 400), ("B", 200)])
def test_c13_filter_without_subscription(reading, statement, status):
    call = reading("C13", statement)
    subscription = f'subscriptionId eq "{call.sim.state.subscriptions[0]}"'
    for expression in (
        'status eq "active"',
        f'{subscription} or status eq "active"',
        f"not ({subscription})",
    ):
        assert call("GET", TENANTS, params={"filter": expression}).status_code == status
    assert call("GET", TENANTS, params={"filter": f'status eq "active" and ({subscription})'}).status_code == 200
    assert call("GET", TENANTS).status_code == 200


@pytest.mark.parametrize(("statement", "read", "user"), [("A", 302, 404), ("B", 401, 401)])
def test_c17_org_token_on_a_tenant(reading, statement, read, user):
    call = reading("C17", statement)
    host = f"https://{call.sim.state.tenants[0].hostnames[0]}"
    assert call("GET", f"{host}/api/v1/tenants/me").status_code == read
    assert call("GET", f"{host}/api/v1/users/me").status_code == user


@pytest.mark.parametrize(("statement", "status"), [("A", 403), ("B", 200)])
def test_c18_scope_for_clients(reading, statement, status):
    call = reading("C18", statement)
    assert call("GET", CLIENTS).status_code == status
    assert call("GET", TENANTS).status_code == 200


def test_c19_a_wide_patch(reading):
    call = reading("C19", "A")
    client = call.sim.add_client("Secretless")
    client.secrets, client.auth_methods = [], []
    path = f"{CLIENTS}/{client.client_id}"
    patch = [{"op": "replace", "path": "/allowedAuthMethods", "value": ["client_secret"]}]
    answer = call("PATCH", path, json=patch)
    assert answer.status_code == 202
    assert call.grant(client_id=client.client_id, client_secret=answer.json()["clientSecret"]).status_code == 200
    assert call("PATCH", path, json=patch).status_code == 204


def test_c19_b_narrow_patch(reading):
    call = reading("C19", "B")
    patch = [{"op": "replace", "path": "/allowedAuthMethods", "value": ["client_secret"]}]
    assert call("PATCH", f"{CLIENTS}/{call.sim.client_id}", json=patch).status_code == 400


@pytest.mark.parametrize(("statement", "at_tenants", "at_clients"), [("A", 1, 1), ("B", 0, 0), ("AB", 1, 0)])
def test_c21_error_bodies(reading, statement, at_tenants, at_clients):
    call = reading("C21", statement)
    for path, full in ((TENANTS, at_tenants), (CLIENTS, at_clients)):
        body = call("GET", f"{path}/nobody").json()
        assert ("traceId" in body, "status" in body["errors"][0]) == (full, full)


@pytest.mark.parametrize("statement", ["A", "B"])
def test_c23_order_of_host_names(reading, statement):
    call = reading("C23", statement)
    generated, alias = call.sim.state.tenants[0].hostnames
    assert first_row(call)["hostnames"] == ([alias, generated] if statement == "A" else [generated, alias])


@pytest.mark.parametrize(("statement", "tenant", "user"), [("A", 302, 302), ("B", 301, 301), ("AB", 302, 301)])
def test_c26_redirects(open_simulator, statement, tenant, user):
    call = open_simulator(readings={"C26": statement})
    host = call.sim.state.tenants[0].hostnames[0]
    call.log_in(host, call.sim.region_client("us").client_id)
    assert call("GET", f"https://{host}/api/v1/tenants/me").status_code == tenant
    assert call("GET", f"https://{host}/api/v1/users/me").status_code == user


@pytest.mark.parametrize(("statement", "status"), [("A", 403), ("B", 401)])
def test_c28_bad_token(reading, statement, status):
    call = reading("C28", statement)
    assert call("GET", TENANTS, headers={"Authorization": "Bearer x"}).status_code == status
    assert call("GET", CLIENTS, headers={"Authorization": "Bearer x"}).status_code == 401


def test_c30_a_body_that_is_no_json(reading):
    answer = reading("C30", "A")("GET", TENANTS)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_readings_can_change_while_running(call):
    page = call("GET", TENANTS).json()
    call.sim.readings["C4"] = "A"
    assert call("GET", TENANTS).json()["links"] != page["links"]


@pytest.mark.parametrize("wrong", [{"C99": "A"}, {"C3": "C"}, {"C3": "AB"}, {"C3": ""}])
def test_a_reading_that_is_none(wrong):
    with pytest.raises(ValueError, match="reading C"):
        Readings(wrong)


def test_every_row_says_what_both_statements_mean():
    for row, reading in READINGS.items():
        assert reading.a, row
        assert reading.b, row
        assert bool(reading.both) == (reading.default == "AB"), row
