# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants of the organization."""

from __future__ import annotations

import re

import pytest

TENANTS = "/api/core/tenants"


def listed(call, **query):
    answer = call("GET", TENANTS, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(page):
    return [row["name"] for row in page["data"]]


def own(call, rest=""):
    return f'subscriptionId eq "{call.sim.state.subscriptions[0]}"{rest}'


def test_a_page_has_20_rows_and_links(call):
    page = listed(call)
    assert len(page["data"]) == 20
    assert set(page["links"]) == {"self", "next"}
    assert "totalResults" not in page


def test_a_row_has_the_required_fields(call):
    for row in listed(call, limit=100)["data"]:
        assert {"id", "hostnames", "status", "regionCode", "countryCode", "createdAt", "updatedAt"} <= set(row)
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{31}", row["id"])


@pytest.mark.parametrize("limit", [1, 7, 25, 100])
def test_a_walk_meets_every_tenant_once(call, limit):
    assert [row["id"] for row in call.walk(limit=limit)] == [tenant.id for tenant in call.sim.state.tenants]


def test_prev_leads_back(call):
    first = listed(call, limit=10)
    second = call("GET", TENANTS + "?" + first["links"]["next"]["href"].split("?")[1]).json()
    back = call("GET", TENANTS + "?" + second["links"]["prev"]["href"].split("?")[1]).json()
    assert back["data"] == first["data"]
    assert "prev" not in back["links"]


@pytest.mark.parametrize("limit", ["-1", "101", "x", "1.5", ""])
def test_limit_out_of_bounds(call, limit):
    answer = call("GET", TENANTS, params={"limit": limit})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"] == {"parameter": "limit"}


def test_limit_zero_gives_only_the_total(call):
    page = listed(call, limit=0, totalResults="true")
    assert (page["data"], page["totalResults"]) == ([], 25)


@pytest.mark.parametrize("cursor", ["x", "0" * 24, "", "a" * 23])
def test_an_invented_cursor(call, cursor):
    assert call("GET", TENANTS, params={"next": cursor}).status_code == 400


def test_next_and_prev_together(call):
    cursor = call.sim.state.tenants[3].cursor
    assert call("GET", TENANTS, params={"next": cursor, "prev": cursor}).status_code == 400


def test_a_tenant_added_in_mid_walk_appears(call):
    first = listed(call, limit=20)
    added = call.sim.add_tenant(name="Late")
    rest = call("GET", TENANTS + "?" + first["links"]["next"]["href"].split("?")[1]).json()
    assert rest["data"][-1]["id"] == added.id


def test_sorting(call):
    ascending = names(listed(call, sort="name", limit=100))
    assert ascending == sorted(ascending)
    assert names(listed(call, sort="-name", limit=100)) == sorted(ascending, reverse=True)
    assert names(listed(call, sort="+name", limit=100)) == ascending


def test_sorting_by_two_fields(call):
    rows = listed(call, sort="regionCode,-name", limit=100)["data"]
    by_name = sorted(rows, key=lambda row: row["name"], reverse=True)
    assert rows == sorted(by_name, key=lambda row: row["regionCode"])


def test_a_sorted_walk_keeps_its_order(call):
    walked = [row["name"] for row in call.walk(sort="-name", limit=4)]
    assert walked == sorted(walked, reverse=True)
    assert len(walked) == 25


@pytest.mark.parametrize("sort", ["size", "name,", "-", " name", "licenseNumber"])
def test_a_bad_sort(call, sort):
    assert call("GET", TENANTS, params={"sort": sort}).status_code == 400


def test_an_unescaped_plus_is_a_blank(call):
    assert call("GET", f"{TENANTS}?sort=+name").status_code == 400
    assert call("GET", f"{TENANTS}?sort=%2Bname").status_code == 200


def test_filtering_by_subscription(call):
    ids = {row["id"] for row in listed(call, filter=own(call), limit=100)["data"]}
    first = call.sim.state.subscriptions[0]
    assert ids == {tenant.id for tenant in call.sim.state.tenants if tenant.subscription_id == first}
    assert 0 < len(ids) < 25


def test_a_filtered_walk_keeps_its_filter(call):
    expression = own(call, ' and regionCode eq "us-east-1"')
    rows = call.walk(filter=expression, limit=2)
    assert {row["regionCode"] for row in rows} == {"us-east-1"}
    assert len(rows) == call("GET", f"{TENANTS}/actions/count", params={"filter": expression}).json()["total"] > 2


@pytest.mark.parametrize(
    ("rest", "matches"),
    [
        (' and status eq "active"', lambda tenant: tenant.status == "active"),
        (' and status ne "active"', lambda tenant: tenant.status != "active"),
        (' AND not (status eq "active")', lambda tenant: tenant.status != "active"),
        (' and (countryCode eq "IE" or status ne "active")', lambda t: t.country_code == "IE" or t.status != "active"),
        (' and countryCode co "I"', lambda tenant: "I" in tenant.country_code),
        (' and createdAt ge "2023-11-14T22:20:00Z"', lambda tenant: tenant.created_at >= "2023-11-14T22:20"),
        (' and createdAt lt "2023-11-14T22:20:00Z"', lambda tenant: tenant.created_at < "2023-11-14T22:20"),
    ],
)
def test_filter_expressions(call, rest, matches):
    first = call.sim.state.subscriptions[0]
    wanted = [t.id for t in call.sim.state.tenants if t.subscription_id == first and matches(t)]
    assert wanted
    assert [row["id"] for row in listed(call, filter=own(call, rest), limit=100)["data"]] == wanted


def test_filtering_by_host_ignores_case(call):
    tenant = call.sim.state.tenants[0]
    expression = own(call, f' and hostnames eq "{tenant.hostnames[1].upper()}"')
    assert [row["id"] for row in listed(call, filter=expression)["data"]] == [tenant.id]


def test_filter_values_may_be_escaped(call):
    tenant = call.sim.add_tenant(name='a "quoted" \\ name', subscription_id=call.sim.state.subscriptions[0])
    expression = own(call, ' and name eq "a \\"quoted\\" \\\\ name"')
    assert [row["id"] for row in listed(call, filter=expression)["data"]] == [tenant.id]


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "subscriptionId",
        "subscriptionId eq",
        "subscriptionId eq 1000",
        'subscriptionId is "1000"',
        'subscriptionId co "1000"',
        'licenseNumber eq "1000"',
        'name gt "a"',
        'status eq "active',
        '(status eq "active"',
        'status eq "active")',
        'status eq "active" status eq "active"',
        'not status eq "active"',
        'createdAt gt "yesterday"',
        'name eq "\\x"',
        "(" * 60 + 'status eq "active"' + ")" * 60,
    ],
)
def test_a_malformed_filter(call, expression):
    call.sim.readings["C13"] = "B"
    assert call("GET", TENANTS, params={"filter": expression}).status_code == 400


def test_a_foreign_subscription(call):
    answer = call("GET", TENANTS, params={"filter": 'subscriptionId eq "1000000000000001"'})
    assert answer.status_code == 403


def test_count(call):
    path = f"{TENANTS}/actions/count"
    assert call("GET", path, params={"filter": own(call)}).json() == {
        "total": sum(t.subscription_id == call.sim.state.subscriptions[0] for t in call.sim.state.tenants)
    }
    assert call("GET", path).status_code == 400


def test_the_filter_action_pages_like_the_list(call):
    path = f"{TENANTS}/actions/filter"
    body = {"filter": own(call)}
    first = call("POST", path, params={"limit": 5, "totalResults": "true"}, json=body).json()
    rest = call("POST", f"{path}?{first['links']['next']['href'].split('?')[1]}", json=body).json()
    everything = listed(call, filter=own(call), limit=100)["data"]
    assert first["data"] + rest["data"] == everything[:10]
    assert first["totalResults"] == len(everything)


def test_the_filter_action_without_a_filter(call):
    path = f"{TENANTS}/actions/filter"
    assert len(call("POST", path).json()["data"]) == 20
    assert len(call("POST", path, json={}).json()["data"]) == 20


@pytest.mark.parametrize("body", ["{", "[]", '{"filter": 1}', '{"filter": "x"}'])
def test_the_filter_action_with_a_bad_body(call, body):
    assert call("POST", f"{TENANTS}/actions/filter", data=body).status_code == 400


def test_an_unknown_tenant(call):
    answer = call("GET", f"{TENANTS}/nobody")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "TENANTS-8")
    assert answer.json()["errors"][0]["status"] == "404"
    assert answer.json()["traceId"]


@pytest.mark.parametrize("path", ["/api/core/spaces", "/", "/api/core/tenants/a/b"])
def test_an_unknown_path(call, path):
    assert call("GET", path).status_code == 404


def test_a_wrong_method(call):
    answer = call("DELETE", TENANTS)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize("value", [None, "Bearer ", "Bearer nonsense", "Basic YTpi"])
def test_no_valid_token(call, value):
    answer = call("GET", TENANTS, headers={"Authorization": value})
    assert answer.status_code == 401
    assert answer.json()["traceId"] == answer.headers["X-B3-Traceid"]


def test_the_feature_can_be_switched_off(call):
    call.sim.state.organization.enabled = False
    assert call("GET", TENANTS).status_code == 403


def test_edits_show_at_once(call):
    tenant = call.sim.state.tenants[0]
    tenant.name, tenant.status = "Renamed", "quarantined"
    row = listed(call)["data"][0]
    assert (row["name"], row["status"]) == ("Renamed", "quarantined")


def test_extra_fields_and_no_name(call):
    tenant = call.sim.add_tenant(name=None, hostnames=[], extra={"flavour": ["sweet"]})
    row = call("GET", f"{TENANTS}/{tenant.id}").json()["data"][0]
    assert "name" not in row
    assert (row["hostnames"], row["flavour"]) == ([], ["sweet"])


def test_a_field_that_tenants_lack(call):
    with pytest.raises(TypeError, match="no field colour"):
        call.sim.add_tenant(colour="red")


def test_the_same_seed_gives_the_same_tenants(open_simulator):
    rows = [open_simulator(seed=seed).log_in().walk(limit=100) for seed in (5, 5, 6)]
    assert rows[0] == rows[1] != rows[2]


def test_hostile_names(open_simulator):
    rows = open_simulator(tenants=40, names="hostile").log_in().walk(limit=100)
    shown = [row.get("name") for row in rows]
    assert {"localhost", "all", "", None, "{{ lookup('pipe', 'touch pwned') }}", "x" * 10_000} <= set(shown)
    assert shown.count("Twin") == 2
    assert any(name.isupper() for row in rows for name in row["hostnames"])
    assert {0, 1, 2, 5} == {len(row["hostnames"]) for row in rows}
    assert rows[0]["createdBy"].startswith("{{")


def test_hostile_dates_match_no_comparison(open_simulator):
    call = open_simulator(tenants=40, names="hostile").log_in()
    expression = own(call, ' and updatedAt gt "2000-01-01"')
    hostile = call.sim.state.tenants[0]
    assert hostile.subscription_id == call.sim.state.subscriptions[0]
    found = {row["id"] for row in listed(call, filter=expression, limit=100)["data"]}
    assert found
    assert hostile.id not in found


def test_a_replaced_tenant_is_gone(call):
    old = call.sim.state.tenants.pop()
    assert call("GET", f"{TENANTS}/{old.id}").status_code == 404
    call.sim.state.tenants.append(old)
    assert call("GET", f"{TENANTS}/{old.id}").status_code == 200
    call.sim.state.tenants.remove(old)
    call.sim.add_tenant()
    assert call("GET", f"{TENANTS}/{old.id}").status_code == 404


def test_a_large_organization_is_sorted_and_filtered_once(open_simulator):
    call = open_simulator(tenants=50_000).log_in()
    page = listed(call, limit=100, totalResults="true")
    assert page["totalResults"] == 50_000
    (view,) = call.sim._service.tenant_pager._views.values()
    for number in range(1, 20):
        page = call("GET", TENANTS + "?" + page["links"]["next"]["href"].split("?")[1]).json()
        assert page["data"][0]["id"] == call.sim.state.tenants[100 * number].id
    (after,) = call.sim._service.tenant_pager._views.values()
    assert after is view
