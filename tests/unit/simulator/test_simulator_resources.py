# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paged resources of a tenant, one for each style of cursors."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from simulator import Fault
from simulator.page_faults import PAGE_FAULTS

SPACES, ITEMS, TOKENS = "/api/v1/spaces", "/api/v1/items", "/api/v1/oauth-tokens"
API_KEYS, AUTOMATIONS = "/api/v1/api-keys", "/api/v1/automations"
LISTS = [
    (SPACES, "next", 10, 23),
    (ITEMS, "next", 10, 34),
    (TOKENS, "page", 20, 24),
    (API_KEYS, "startingAfter", 20, 24),
    (AUTOMATIONS, "cursor", 20, 23),
]
every_list = pytest.mark.parametrize(("path", "parameter", "default", "total"), LISTS)


@pytest.fixture
def furnished(home):
    """The home caller, of a tenant with 24 tokens."""
    state = home.sim.state
    (own,) = state.tokens.values()
    for number in range(23):
        token = replace(own, value=f"t-{number}", id=state.ids.id(24), cursor=state.ids.cursor())
        state.tokens[token.value] = token
    return home


def ids(pages):
    return [row["id"] for page in pages for row in page["data"]]


@every_list
def test_walking(furnished, path, parameter, default, total):
    pages = furnished.pages(path, totalResults="true")
    assert len(pages[0]["data"]) == default
    assert f"{parameter}=" in pages[0]["links"]["next"]["href"]
    assert "next" not in pages[-1]["links"]
    assert pages[0]["totalResults"] == len(set(ids(pages))) == total
    assert ids(furnished.pages(path, limit=7)) == ids(pages)


@every_list
def test_limits_and_cursors_that_are_none(furnished, path, parameter, default, total):
    for query in ({"limit": 0}, {"limit": 101}, {parameter: "x"}, {parameter: "0" * 24}):
        assert furnished("GET", path, params=query).status_code == 400


@every_list
@pytest.mark.parametrize("kind", sorted(PAGE_FAULTS))
def test_every_page_fault_is_played(furnished, kind, path, parameter, default, total):
    fault = Fault(f"GET {path}", kind)
    furnished.sim.faults.append(fault)
    page = furnished("GET", path, params={"limit": 10, "totalResults": "true"}).json()
    for _unused in range(3):
        link = (page.get("links") or {}).get("next") or {}
        page = furnished("GET", f"{path}?{urlsplit(link.get('href') or '').query}").json()
    assert fault.played


@every_list
def test_an_endless_list(furnished, path, parameter, default, total):
    wanted = ids(furnished.pages(path))
    furnished.sim.faults.append(Fault(f"GET {path}", "endless", times=9))
    pages = furnished.pages(path, limit=5)
    assert len(set(ids(pages[:9]))) == 45
    del furnished.sim.faults[:]
    assert ids(furnished.pages(path)) == wanted


@every_list
def test_an_empty_page_withholds_nothing(furnished, path, parameter, default, total):
    wanted = ids(furnished.pages(path))
    furnished.sim.faults.append(Fault(f"GET {path}", "empty_page", every=2))
    pages = furnished.pages(path, limit=5)
    assert ids(pages) == wanted
    assert [] in [page["data"] for page in pages]


@every_list
def test_a_repeated_cursor(furnished, path, parameter, default, total):
    furnished.sim.faults.append(Fault(f"GET {path}", "repeat_cursor"))
    first = furnished("GET", path, params={"limit": 5}).json()
    second = furnished("GET", f"{path}?{urlsplit(first['links']['next']['href']).query}").json()
    assert (
        parse_qs(urlsplit(second["links"]["next"]["href"]).query)[parameter]
        == parse_qs(urlsplit(first["links"]["next"]["href"]).query)[parameter]
    )


def test_rows_follow_from_the_tenant(open_home):
    first, second = open_home(), open_home()
    second.sim.state.ids.random.seed(9)
    assert first.pages(SPACES) == second.pages(SPACES)
    other = first.sim.state.tenants[2]
    first.log_in(other.hostnames[0], first.sim.region_client(other.region, other.subscription_id).client_id)
    first.base = f"https://{other.hostnames[0]}"
    assert not set(ids(first.pages(SPACES))) & set(ids(second.pages(SPACES)))


def test_a_created_tenant_is_bare(home):
    register, client = "register.us.qlikcloud.com", home.sim.region_client("us").client_id
    home.log_in(register, client)
    body = {"licenseKey": home.sim.license_key(home.sim.state.subscriptions[0])}
    (host,) = home("POST", f"https://{register}/api/v1/tenants", json=body).json()["hostnames"]
    home.log_in(host, client)
    assert home("GET", f"https://{host}{SPACES}").json()["data"] == []
    assert len(home("GET", f"https://{host}/api/v1/users").json()["data"]) == 1


@pytest.mark.parametrize(
    ("statement", "base"), [("A", "https://{host}/api/v1/items?"), ("B", "http://internal.example/api/v1/items?")]
)
def test_c4_links_of_items(open_home, statement, base):
    home = open_home(readings={"C4": statement})
    href = home("GET", ITEMS).json()["links"]["next"]["href"]
    assert href.startswith(base.format(host=home.sim.state.tenants[0].hostnames[0]))


def test_spaces_of_one_name(home):
    made = [home("POST", SPACES, json={"name": "Twin", "type": "managed"}) for _unused in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    twins = [answer.json()["id"] for answer in made]
    assert ids(home.pages(SPACES, name="Twin")) == ids(home.pages(SPACES, filter='name eq "Twin"')) == twins
    assert len(set(twins)) == 2


def test_the_life_of_a_space(home):
    made = home("POST", SPACES, json={"name": "New"}).json()
    one = f"{SPACES}/{made['id']}"
    assert (made["type"], made["ownerId"]) == ("shared", home.sim.state.bots_of(home.sim.state.tenants[0])[0].id)
    patch = [{"op": "replace", "path": "/description", "value": "Text"}]
    assert home("PATCH", one, json=patch).status_code == 204
    assert home("GET", one).json()["description"] == "Text"
    replaced = home("PUT", one, json={"name": "Newer"})
    assert (replaced.status_code, replaced.json()["name"], replaced.json()["description"]) == (200, "Newer", "")
    assert [home("DELETE", one).status_code for _unused in range(2)] == [204, 404]
    for method in ("GET", "PATCH", "PUT"):
        assert home(method, one, json=patch).status_code == 404


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("POST", {}),
        ("POST", []),
        ("POST", {"name": 1}),
        ("POST", {"name": "x", "type": "odd"}),
        ("POST", {"name": "x", "colour": "red"}),
        ("PUT", {"description": "x"}),
        ("PATCH", {}),
        ("PATCH", [{"op": "add", "path": "/name", "value": "x"}]),
        ("PATCH", [{"op": "replace", "path": "/type", "value": "data"}]),
        ("PATCH", [{"op": "replace", "path": "/name", "value": ""}]),
    ],
)
def test_a_bad_space(home, method, body):
    (first, *_rest) = home("GET", SPACES).json()["data"]
    path = SPACES if method == "POST" else f"{SPACES}/{first['id']}"
    assert home(method, path, json=body).status_code == 400
    assert home("GET", SPACES).json()["data"][0] == first


def test_selecting_and_sorting(home):
    assert {row["type"] for page in home.pages(SPACES, type="data") for row in page["data"]} == {"data"}
    names = [row["name"] for page in home.pages(SPACES, sort="-name") for row in page["data"]]
    assert names == sorted(names, reverse=True)
    for query in ({"filter": 'colour eq "red"'}, {"sort": "colour"}):
        assert home("GET", SPACES, params=query).status_code == 400


def test_items_are_read_only(home):
    first = home("GET", ITEMS, params={"resourceType": "note"}).json()["data"][0]
    assert first["resourceType"] == "note"
    assert home("GET", f"{ITEMS}/{first['id']}").json() == first
    assert home("POST", ITEMS, json={}).status_code == 405


def test_page_overrides_all_other_parameters(furnished):
    first = furnished("GET", TOKENS, params={"limit": 5, "sort": "-lastUsed"}).json()
    link = urlsplit(first["links"]["next"]["href"]).query
    assert set(parse_qs(link)) == {"page"}
    second = furnished("GET", f"{TOKENS}?{link}&limit=1000&sort=odd&userId=nobody").json()
    assert len(second["data"]) == 5
    assert not set(ids([first])) & set(ids([second]))


def test_tokens_are_those_that_live(open_home, clock):
    home = open_home(clock=clock)
    tenant, client = home.sim.state.tenants[0], home.sim.region_client("us")
    clock.now += 21_000
    home.grant(tenant.hostnames[1], client_id=client.client_id)
    rows = home("GET", TOKENS).json()["data"]
    bot = home.sim.state.bots_of(tenant)[0]
    assert len(rows) == 2
    assert {(row["tenantId"], row["userId"], row["clientId"]) for row in rows} == {
        (tenant.id, bot.id, client.client_id)
    }
    assert rows[0]["lastUsed"]
    assert home.headers["Authorization"].split()[1] not in str(rows)
    clock.now += 601
    home.log_in(tenant.hostnames[0], client.client_id)
    assert {row["id"] for row in home("GET", TOKENS).json()["data"]} > {rows[1]["id"]}
    assert rows[0]["id"] not in ids([home("GET", TOKENS).json()])


def test_deleting_the_own_token(home):
    (row,) = home("GET", TOKENS, params={"userId": home.sim.state.bots_of(home.sim.state.tenants[0])[0].id}).json()[
        "data"
    ]
    assert home("DELETE", f"{TOKENS}/nobody").status_code == 404
    assert home("DELETE", f"{TOKENS}/{row['id']}").status_code == 204
    assert home("GET", TOKENS).status_code == 401


def test_a_key_is_shown_once(home):
    answer = home("POST", API_KEYS, json={"description": "Mine", "expiry": "P1D"})
    token, made = answer.json()["token"], answer.json()["id"]
    assert answer.status_code == 201
    assert token not in str(home.pages(API_KEYS, limit=100))
    assert token not in home("GET", f"{API_KEYS}/{made}").text
    assert home("POST", API_KEYS, json={}).status_code == 400
    assert [home("DELETE", f"{API_KEYS}/{made}").status_code for _unused in range(2)] == [204, 404]


def test_the_way_back(home):
    first = home("GET", API_KEYS, params={"limit": 5}).json()
    second = home("GET", f"{API_KEYS}?{urlsplit(first['links']['next']['href']).query}").json()
    back = second["links"]["prev"]["href"]
    assert "endingBefore=" in back
    assert home("GET", f"{API_KEYS}?{urlsplit(back).query}").json()["data"] == first["data"]


def test_creating_an_automation(home):
    answer = home("POST", AUTOMATIONS, json={"name": "Nightly", "workspace": {"blocks": []}})
    assert answer.status_code == 201
    assert home("GET", f"{AUTOMATIONS}/{answer.json()['id']}").json() == answer.json()
    assert len(ids(home.pages(AUTOMATIONS))) == 24
    assert home("POST", AUTOMATIONS, json={"name": "x", "workspace": []}).status_code == 400
