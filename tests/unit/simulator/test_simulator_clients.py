# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth clients, as the console and the hosts of tenants hold them alike."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

BODY = {
    "clientName": "Reports",
    "appType": "web",
    "allowedGrantTypes": ["client_credentials"],
    "allowedAuthMethods": ["client_secret"],
    "connectionConfig": {"consentMethod": "trusted"},
}


@pytest.fixture(params=["console", "tenant"])
def open_level(request, open_simulator):
    """Opens a simulator, and logs in where the clients of one level are; their path is part of the base."""

    def log_in(**options):
        call = open_simulator(**options)
        if request.param == "console":
            call.base += "/api/core/oauth-clients"
            return call.log_in()
        host = call.sim.state.tenants[0].hostnames[0]
        call.base = f"https://{host}/api/v1/oauth-clients"
        return call.log_in(host, call.sim.region_client("us").client_id)

    return log_in


@pytest.fixture
def call(open_level):
    return open_level()


@pytest.fixture
def made(call):
    return create(call)


def create(call):
    answer = call("POST", "", json=BODY)
    assert answer.status_code == 201
    return answer.json()


def one(made):
    return f"/{made['clientId']}"


def host_of(call):
    return urlsplit(call.base).netloc


def tenant_of(call):
    return call.sim.state.tenant_of_host(host_of(call))


def grant(call, made, secret):
    return call.grant(host_of(call), client_id=made["clientId"], client_secret=secret["clientSecret"])


def refusal(answer):
    """Status of an answer whose body is of family B."""
    body = answer.json()
    assert set(body) == {"errors"}
    assert set(body["errors"][0]) <= {"code", "title", "detail"}
    return answer.status_code


def test_a_new_client_holds_one_secret_that_works(call, made):
    assert len(made["clientSecrets"]) == 1
    assert grant(call, made, made).status_code == 200


def test_a_secret_is_shown_once(call, made):
    assert made["clientSecret"] not in call("GET", one(made)).text
    assert made["clientSecret"] not in call("GET", "").text


@pytest.mark.parametrize(
    "change",
    [
        {"clientName": None},
        {"appType": None},
        {"appType": "desktop"},
        {"appType": ["web"]},
        {"clientName": 5},
        {"allowedScopes": "text"},
        {"allowedGrantTypes": ["password"]},
        {"allowedAuthMethods": ["none"]},
        {"appType": "spa"},
        {"allowedOrigins": ["https://a.example"]},
        {"allowedAuthMethods": ["private_key_jwt"]},
        {"publicKeys": [{"kid": "k"}], "allowedAuthMethods": ["private_key_jwt"]},
        {"publicKeys": "x"},
        {"connectionConfig": {"consentMethod": "required"}},
    ],
)
def test_a_bad_create(call, change):
    body = {name: value for name, value in {**BODY, **change}.items() if value is not None}
    before = list(call.sim.state.clients)
    assert refusal(call("POST", "", json=body)) == 400
    assert list(call.sim.state.clients) == before


@pytest.mark.parametrize("body", ["{", "[]", ""])
def test_a_malformed_create(call, body):
    assert refusal(call("POST", "", data=body)) == 400


def test_an_spa_client_holds_no_secret(call):
    made = call("POST", "", json={"clientName": "Page", "appType": "spa", "allowedOrigins": ["https://a.example"]})
    assert made.status_code == 201
    assert "clientSecret" not in made.json()
    assert made.json()["allowedOrigins"] == ["https://a.example"]
    assert refusal(call("POST", f"{one(made.json())}/client-secrets")) == 400


def test_patching(call, made):
    patch = [
        {"op": "replace", "path": "/clientName", "value": "Renamed"},
        {"op": "add", "path": "/description", "value": "Text"},
        {"op": "replace", "path": "/allowedScopes", "value": ["a", "b"]},
    ]
    answer = call("PATCH", one(made), json=patch)
    assert (answer.status_code, answer.content) == (204, b"")
    row = call("GET", one(made)).json()
    assert (row["clientName"], row["description"], row["allowedScopes"]) == ("Renamed", "Text", ["a", "b"])
    assert call("PATCH", one(made), json=[{"op": "remove", "path": "/description"}]).status_code == 204
    assert "description" not in call("GET", one(made)).json()


@pytest.mark.parametrize(
    "patch",
    [
        {},
        [],
        ["x"],
        [{"op": "move", "path": "/clientName", "value": "x"}],
        [{"op": "replace", "path": "/appType", "value": "spa"}],
        [{"op": "replace", "path": ["/clientName"], "value": "x"}],
        [{"op": "replace", "path": "/clientName"}],
        [{"op": "replace", "path": "/clientName", "value": ""}],
        [{"op": "replace", "path": "/clientName", "value": ["x"]}],
        [{"op": "replace", "path": "/allowedScopes", "value": "x"}],
        [{"op": "remove", "path": "/clientName"}],
    ],
)
def test_a_bad_patch(call, made, patch):
    assert refusal(call("PATCH", one(made), json=patch)) == 400


def test_a_bad_patch_changes_nothing(call, made):
    patch = [{"op": "replace", "path": "/clientName", "value": "x"}, {"op": "replace", "path": "/nope", "value": "x"}]
    call("PATCH", one(made), json=patch)
    assert call("GET", one(made)).json()["clientName"] == "Reports"


def test_the_content_type_of_a_patch(call, made):
    headers = {"Content-Type": "application/json-patch+json"}
    patch = '[{"op": "replace", "path": "/clientName", "value": "x"}]'
    assert refusal(call("PATCH", one(made), data=patch, headers=headers)) == 400


@pytest.mark.parametrize("header", [None, "other"])
def test_a_delete_must_be_confirmed(call, made, header):
    assert refusal(call("DELETE", one(made), headers={"qlik-confirm-delete": header})) == 400
    assert call("GET", one(made)).status_code == 200


def test_deleting(call, made):
    answer = call("DELETE", one(made), headers={"qlik-confirm-delete": made["clientId"]})
    assert answer.status_code == 204
    assert refusal(call("GET", one(made))) == 404
    assert grant(call, made, made).status_code == 401


def test_a_deleted_client_keeps_its_tokens(call, made):
    call.log_in(host_of(call), made["clientId"])
    call("DELETE", one(made), headers={"qlik-confirm-delete": made["clientId"]})
    assert call("GET", "").status_code == 200


def test_five_secrets_and_no_more(call, made):
    for _unused in range(4):
        answer = call("POST", f"{one(made)}/client-secrets")
        assert answer.status_code == 201
        assert {"hint", "clientId", "clientSecret", "createdAt", "createdBy"} == set(answer.json())
        assert grant(call, made, answer.json()).status_code == 200
    assert refusal(call("POST", f"{one(made)}/client-secrets")) == 409
    assert len(call("GET", one(made)).json()["clientSecrets"]) == 5


def test_deleting_a_secret(call, made):
    second = call("POST", f"{one(made)}/client-secrets").json()
    old = made["clientSecrets"][0]["hint"]
    assert call("DELETE", f"{one(made)}/client-secrets/{old}").status_code == 204
    assert refusal(call("DELETE", f"{one(made)}/client-secrets/{old}")) == 404
    assert grant(call, made, made).status_code == 401
    assert grant(call, made, second).status_code == 200


def test_hostile_hints_must_be_encoded(open_level):
    call = open_level(names="hostile")
    made = create(call)
    hint = made["clientSecrets"][0]["hint"]
    assert "/" in hint
    path = f"{one(made)}/client-secrets/"
    assert call("DELETE", path + hint).status_code == 404
    encoded = "".join(f"%{byte:02X}" for byte in hint.encode())
    assert call("DELETE", path + encoded).status_code == 204


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/client-secrets"), ("DELETE", "/client-secrets/x")],
)
def test_an_unknown_client(call, method, path):
    assert refusal(call(method, f"/nobody{path}", json=[])) == 404


def test_region_clients_are_not_listed(call):
    region = call.sim.region_client("us")
    assert call("GET", f"/{region.client_id}").status_code == 404
    assert region.client_id not in call("GET", "").text


def test_listing(call):
    for number in range(24):
        call.sim.add_client(f"Client {number:02}", tenant_of(call))
    query = {"limit": 10, "sort": "-clientName", "totalResults": "true", "filter": 'clientName co "Client "'}
    pages = call.pages("", **query)
    assert [len(page["data"]) for page in pages] == [10, 10, 4]
    assert {page["totalResults"] for page in pages} == {24}
    names = [row["clientName"] for page in pages for row in page["data"]]
    assert names == [f"Client {number:02}" for number in reversed(range(24))]
    assert pages[1]["links"]["next"]["href"].startswith(call.base + "?")
    back = call("GET", "?" + urlsplit(pages[1]["links"]["prev"]["href"]).query).json()
    assert back["data"] == pages[0]["data"]


def test_a_page_has_twenty_rows(call):
    for number in range(24):
        call.sim.add_client(f"Client {number:02}", tenant_of(call))
    page = call("GET", "").json()
    assert len(page["data"]) == 20
    assert "totalResults" not in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"filter": 'clientName eq "Reports"'}, 200),
        ({"filter": 'clientName eq "Reports" and appType eq "web" and createdByType eq "service"'}, 200),
        ({"filter": 'description eq "x"'}, 400),
        ({"filter": "clientName"}, 400),
        ({"sort": "clientName,appType"}, 400),
        ({"sort": "description"}, 400),
        ({"limit": "0"}, 400),
        ({"limit": "101"}, 400),
        ({"totalResults": "maybe"}, 400),
    ],
)
def test_list_parameters(call, made, query, status):
    answer = call("GET", "", params=query)
    assert answer.status_code == status
    if status == 200:
        assert [row["clientId"] for row in answer.json()["data"]] == [made["clientId"]]


def test_no_token(call):
    assert refusal(call("GET", "", headers={"Authorization": None})) == 401


def test_secrets_name_who_made_them(call, made):
    bots = call.sim.state.bots_of(tenant_of(call)) if tenant_of(call) else []
    author = bots[0].id if bots else call.sim.client_id
    assert made["clientSecrets"][0]["createdBy"] == author
    call.log_in(host_of(call), made["clientId"])
    second = call("POST", f"{one(made)}/client-secrets").json()
    bots = call.sim.state.bots_of(tenant_of(call)) if tenant_of(call) else []
    assert second["createdBy"] == (bots[1].id if bots else made["clientId"])
    listed = call("GET", one(made)).json()["clientSecrets"]
    assert [secret["createdBy"] for secret in listed] == [author, second["createdBy"]]


def test_an_added_secret_opens_late(open_level, clock):
    call = open_level(secret_delay=20, clock=clock)
    made = create(call)
    second = call("POST", f"{one(made)}/client-secrets").json()
    assert second["hint"] in [secret["hint"] for secret in call("GET", one(made)).json()["clientSecrets"]]
    clock.now += 19
    refused = grant(call, made, second)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (401, "invalid_client")
    assert grant(call, made, made).status_code == 200
    clock.now += 1
    assert grant(call, made, second).status_code == 200


def test_a_removed_secret_opens_for_a_while(open_level, clock):
    call = open_level(removal_delay=20, clock=clock)
    made = create(call)
    hint = made["clientSecrets"][0]["hint"]
    assert call("DELETE", f"{one(made)}/client-secrets/{hint}").status_code == 204
    assert "clientSecrets" not in call("GET", one(made)).json()
    assert refusal(call("DELETE", f"{one(made)}/client-secrets/{hint}")) == 404
    clock.now += 19
    assert grant(call, made, made).status_code == 200
    clock.now += 1
    refused = grant(call, made, made)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (401, "invalid_client")


def test_a_removed_secret_makes_room(open_level):
    call = open_level(removal_delay=20)
    made = create(call)
    for _unused in range(4):
        call("POST", f"{one(made)}/client-secrets")
    hint = made["clientSecrets"][0]["hint"]
    assert call("DELETE", f"{one(made)}/client-secrets/{hint}").status_code == 204
    assert call("POST", f"{one(made)}/client-secrets").status_code == 201
    assert refusal(call("POST", f"{one(made)}/client-secrets")) == 409
