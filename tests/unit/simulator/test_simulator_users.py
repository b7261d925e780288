# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, licences and the configuration of a tenant."""

from __future__ import annotations

import pytest

from simulator.people import PEOPLE_LIMIT

USERS = "/api/v1/users"
LICENSES = "/api/v1/licenses"


@pytest.fixture
def tenant(home):
    return home.sim.state.tenants[0]


@pytest.fixture
def one(tenant):
    return f"/api/v1/tenants/{tenant.id}"


def rows(pages):
    return [row for page in pages for row in page["data"]]


def change(path, value):
    return [{"op": "replace", "path": path, "value": value}]


def test_users_are_the_bots_and_the_people(home, tenant):
    tenant.people = 130
    pages = home.pages(USERS, totalResults="true", limit=100)
    assert [len(page["data"]) for page in pages] == [100, 31]
    users = rows(pages)
    assert pages[0]["totalResults"] == len({user["id"] for user in users}) == 131
    assert [user["clientId"] for user in users if "clientId" in user] == [home.sim.region_client("us").client_id]
    assert [user["name"] for user in users] == sorted(user["name"] for user in users)
    human = next(user for user in users if "clientId" not in user)
    assert home("GET", f"{USERS}/{human['id']}").json() == human


def test_a_page_of_users_has_20(home, tenant):
    assert len(home("GET", USERS).json()["data"]) == 20
    for limit in (0, 101, "x"):
        assert home("GET", USERS, params={"limit": limit}).status_code == 400


def test_people_are_capped_and_follow_from_the_tenant(open_home):
    lists = []
    for _unused in range(2):
        home = open_home()
        home.sim.state.tenants[0].people = 10_000
        lists.append([user for user in rows(home.pages(USERS, limit=100)) if "clientId" not in user])
    assert lists[0] == lists[1]
    assert len(lists[0]) == PEOPLE_LIMIT


def test_filtering_users(home):
    someone = home("GET", USERS).json()["data"][7]
    for name in ("id", "subject", "email"):
        found = rows(home.pages(USERS, filter=f'{name} eq "{someone[name]}"'))
        assert [user["id"] for user in found] == [someone["id"]]
    bots = f'clientId eq "{home.sim.region_client("us").client_id}"'
    assert len(rows(home.pages(USERS, filter=bots))) == 1
    assert {user["status"] for user in rows(home.pages(USERS, filter='status eq "disabled"'))} == {"disabled"}
    for wrong in ("name", 'roles eq "x"', 'id co "x"'):
        assert home("GET", USERS, params={"filter": wrong}).status_code == 400


def test_a_filter_in_the_body_goes_with_each_page(home, tenant):
    tenant.people = 60
    pages = home.pages(f"{USERS}/actions/filter", "POST", {"filter": 'status eq "active"'}, limit=25)
    assert [len(page["data"]) for page in pages] == [25, 25, 8]
    assert {user["status"] for user in rows(pages)} == {"active"}
    assert home("GET", f"{USERS}/actions/count", params={"filter": 'status eq "disabled"'}).json() == {"total": 3}


def test_sorting_users(home):
    subjects = [user["subject"] for user in rows(home.pages(USERS, sort="-subject"))]
    assert subjects == sorted(subjects, reverse=True)
    assert home("GET", USERS, params={"sort": "shoeSize"}).status_code == 400


def test_creating_a_user(home, tenant):
    before = home.sim.state.users_of(tenant)
    answer = home("POST", USERS, json={"subject": "idp|1", "name": "New", "email": "new@example.com"})
    assert answer.status_code == 201
    user = answer.json()
    assert home("GET", f"{USERS}/{user['id']}").json() == user
    assert (user["tenantId"], user["status"]) == (tenant.id, "active")
    assert home.sim.state.users_of(tenant) == before + 1
    for body in ({"subject": "idp|1"}, {"subject": "idp|2", "email": "NEW@example.com"}):
        assert home("POST", USERS, json=body).status_code == 409
    assert home("POST", USERS, json={"subject": "idp|2"}).status_code == 201
    assert home("POST", USERS, json={"subject": "idp|3"}).status_code == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ([], 400),
        ({"subject": ""}, 400),
        ({"subject": 1}, 400),
        ({"subject": "x", "status": "odd"}, 400),
        ({"subject": "x", "name": "y" * 500_000}, 413),
    ],
)
def test_a_bad_user(home, body, status):
    assert home("POST", USERS, json=body).status_code == status


def test_the_licence_overview(home, tenant):
    body = home("GET", f"{LICENSES}/overview").json()
    assert body["licenseKey"] == home.sim.license_key(tenant.subscription_id)
    assert (body["licenseNumber"], body["parentLicenseNumber"]) == (tenant.license_number, tenant.subscription_id)
    assert body["valid"] == f"{tenant.license_starts_at[:10]}/{tenant.license_ends_at[:10]}"
    assert {"status", "trial", "product", "origin", "allotments", "parameters", "secondaryNumber", "updated"} < set(
        body
    )
    tenant.license_starts_at = tenant.license_ends_at = None
    assert home("GET", f"{LICENSES}/status").json()["valid"] == "./."


def test_a_tenant_can_be_created_from_the_overview_of_another(home):
    key = home("GET", f"{LICENSES}/overview").json()["licenseKey"]
    register = "register.us.qlikcloud.com"
    home.log_in(register, home.sim.region_client("us").client_id)
    assert home("POST", f"https://{register}/api/v1/tenants", json={"licenseKey": key}).status_code == 201


def test_assignments(home, tenant):
    tenant.people = 60
    path = f"{LICENSES}/assignments"
    pages = home.pages(path, limit=20, totalResults="true")
    assert [len(page["data"]) for page in pages] == [20, 20, 10]
    assert "page=" in pages[0]["links"]["next"]["href"]
    assert not any("id" in row for row in rows(pages))
    bot = f"qlikbot\\{home.sim.region_client('us').client_id}"
    asked = [{"subject": bot, "type": "analyzer"}, {"subject": "nobody", "type": "analyzer"}]
    answer = home("POST", f"{path}/actions/add", json={"add": asked})
    assert answer.status_code == 207
    assert [(row["status"], row["code"]) for row in answer.json()["data"]] == [(201, ""), (400, "LICENSES-011")]
    assert bot in [row["subject"] for row in rows(home.pages(path))]
    assert sum(row["unitsUsed"] for row in home("GET", f"{LICENSES}/overview").json()["allotments"]) == 51


def test_consumption_is_listed_from_a_point_in_time_on(home, tenant):
    tenant.people = 50
    path = f"{LICENSES}/consumption"
    every = rows(home.pages(path))
    pages = home.pages(path, filter=f'endTime ge "{every[9]["endTime"]}"', limit=7)
    assert [len(page["data"]) for page in pages] == [7, 3]
    assert home("GET", path, params={"limit": 200}).status_code == 200
    assert home("GET", path, params={"limit": 201}).status_code == 400
    assert home("GET", path, params={"filter": 'minutesUsed eq "1"'}).status_code == 400
    assert len(every) == 50


@pytest.mark.parametrize("body", [[], {}, {"add": ["x"]}, {"add": [{"subject": "x", "type": "gold"}]}])
def test_bad_assignments(home, body):
    answer = home("POST", f"{LICENSES}/assignments/actions/add", json=body)
    assert answer.status_code == 400
    assert {"errors", "error", "message"} == set(answer.json())


def test_configuring(home, tenant, one):
    patch = [*change("/name", "Renamed"), *change("/enableAnalyticCreation", True)]
    before = tenant.updated_at
    answer = home("PATCH", one, json=patch)
    assert (answer.status_code, answer.content) == (204, b"")
    row = home("GET", one).json()
    assert (row["name"], row["enableAnalyticCreation"]) == ("Renamed", True)
    assert row["lastUpdated"] > before


def test_a_new_alias_answers_and_the_old_one_is_free(home, tenant, one):
    old = tenant.hostnames[1]
    assert home("PATCH", one, json=change("/hostnames/1", "Fresh.us.qlikcloud.com")).status_code == 204
    assert tenant.hostnames[1:] == ["fresh.us.qlikcloud.com"]
    client = home.sim.region_client("us").client_id
    assert home.grant("fresh.us.qlikcloud.com", client_id=client).status_code == 200
    assert home.grant(old, client_id=client).status_code == 404
    other = home.sim.add_tenant(subscription_id=tenant.subscription_id)
    home.log_in(other.hostnames[0], client)
    home.base = f"https://{other.hostnames[0]}"
    assert home("PATCH", f"/api/v1/tenants/{other.id}", json=change("/hostnames/1", old)).status_code == 204


def test_an_alias_may_stay(home, tenant, one):
    assert home("PATCH", one, json=change("/hostnames/1", tenant.hostnames[1].upper())).status_code == 204


@pytest.mark.parametrize(
    "value",
    [
        "fresh",
        "fresh.eu.qlikcloud.com",
        "a.b.us.qlikcloud.com",
        "-a.us.qlikcloud.com",
        "",
        5,
        "register.us.qlikcloud.com",
    ],
)
def test_a_bad_alias(home, one, value):
    answer = home("PATCH", one, json=change("/hostnames/1", value))
    assert answer.status_code == 400
    assert {"code", "title"} == set(answer.json()["errors"][0]["meta"][0])


def test_a_taken_alias(home, tenant, one):
    for host in (home.sim.state.tenants[2].hostnames[0].upper(), tenant.hostnames[0]):
        answer = home("PATCH", one, json=change("/hostnames/1", host))
        assert "is taken" in answer.json()["errors"][0]["meta"][0]["title"]


@pytest.mark.parametrize(
    "patch",
    [
        {},
        [],
        ["x"],
        [{"op": "add", "path": "/name", "value": "x"}],
        change("/hostnames/0", "x.us.qlikcloud.com"),
        change("/status", "deleted"),
        change(["/name"], "x"),
        change("/name", 5),
        change("/enableAnalyticCreation", "yes"),
    ],
)
def test_a_bad_patch_changes_nothing(home, tenant, one, patch):
    body = [*change("/name", "Renamed"), *patch] if isinstance(patch, list) and patch else patch
    assert home("PATCH", one, json=body).status_code == 400
    assert tenant.name != "Renamed"


def test_another_tenant_is_not_here(home):
    other = home.sim.add_tenant()
    assert home("PATCH", f"/api/v1/tenants/{other.id}", json=change("/name", "x")).status_code == 404


@pytest.mark.parametrize("path", ["/", "/oauth/token", USERS, "/api/v1/tenants/me"])
def test_an_ip_policy(home, tenant, path):
    tenant.blocked = True
    answer = home("POST", path)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "IP-POLICY")
    tenant.blocked = False
    assert home("POST", path).status_code != 403


def test_limits_by_tier(open_home, clock):
    home = open_home(clock=clock, readings={"C24": "A", "C25": "A"})
    home.sim.state.tenants[0].people = 900
    statuses = [home("POST", f"{USERS}/actions/filter").status_code for _unused in range(60)]
    assert statuses == [200] * 59 + [429]
    assert home("PATCH", "/api/v1/tenants/x", json=[]).status_code == 429
    assert home("GET", USERS).status_code == 200
