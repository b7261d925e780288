# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth clients of the organization."""

from __future__ import annotations

import pytest

CLIENTS = "/api/core/oauth-clients"
BODY = {
    "clientName": "Reports",
    "appType": "web",
    "allowedGrantTypes": ["client_credentials"],
    "allowedAuthMethods": ["client_secret"],
}


@pytest.fixture
def made(call):
    answer = call("POST", CLIENTS, json=BODY)
    assert answer.status_code == 201
    return answer.json()


def one(made):
    return f"{CLIENTS}/{made['clientId']}"


def refusal(answer):
    """Status of an answer whose body is of family B."""
    body = answer.json()
    assert set(body) == {"errors"}
    assert set(body["errors"][0]) <= {"code", "title", "detail"}
    return answer.status_code


def test_a_new_client_holds_one_secret_that_works(call, made):
    assert len(made["clientSecrets"]) == 1
    assert call.grant(client_id=made["clientId"], client_secret=made["clientSecret"]).status_code == 200


def test_a_secret_is_shown_once(call, made):
    assert made["clientSecret"] not in call("GET", one(made)).text
    assert made["clientSecret"] not in call("GET", CLIENTS).text


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
    assert refusal(call("POST", CLIENTS, json=body)) == 400
    assert len(call("GET", CLIENTS).json()["data"]) == 1


@pytest.mark.parametrize("body", ["{", "[]", ""])
def test_a_malformed_create(call, body):
    assert refusal(call("POST", CLIENTS, data=body)) == 400


def test_an_spa_client_holds_no_secret(call):
    made = call("POST", CLIENTS, json={"clientName": "Page", "appType": "spa", "allowedOrigins": ["https://a.example"]})
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
    assert call.grant(client_id=made["clientId"], client_secret=made["clientSecret"]).status_code == 401


def test_a_deleted_client_keeps_its_tokens(call, made):
    call.headers["Authorization"] = "Bearer " + call.grant(client_id=made["clientId"]).json()["access_token"]
    call("DELETE", one(made), headers={"qlik-confirm-delete": made["clientId"]})
    assert call("GET", "/api/core/tenants").status_code == 200


def test_five_secrets_and_no_more(call, made):
    for _unused in range(4):
        answer = call("POST", f"{one(made)}/client-secrets")
        assert answer.status_code == 201
        assert {"hint", "clientId", "clientSecret", "createdAt", "createdBy"} == set(answer.json())
        assert call.grant(client_id=made["clientId"], client_secret=answer.json()["clientSecret"]).status_code == 200
    assert refusal(call("POST", f"{one(made)}/client-secrets")) == 409
    assert len(call("GET", one(made)).json()["clientSecrets"]) == 5


def test_deleting_a_secret(call, made):
    second = call("POST", f"{one(made)}/client-secrets").json()
    old = made["clientSecrets"][0]["hint"]
    assert call("DELETE", f"{one(made)}/client-secrets/{old}").status_code == 204
    assert refusal(call("DELETE", f"{one(made)}/client-secrets/{old}")) == 404
    assert call.grant(client_id=made["clientId"], client_secret=made["clientSecret"]).status_code == 401
    assert call.grant(client_id=made["clientId"], client_secret=second["clientSecret"]).status_code == 200


def test_hostile_hints_must_be_encoded(open_simulator):
    call = open_simulator(names="hostile").log_in()
    secret = call.sim.add_secret(call.sim.client_id)
    assert "/" in secret.hint
    path = f"{CLIENTS}/{call.sim.client_id}/client-secrets/"
    assert call("DELETE", path + secret.hint).status_code == 404
    encoded = "".join(f"%{byte:02X}" for byte in secret.hint.encode())
    assert call("DELETE", path + encoded).status_code == 204


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/client-secrets"), ("DELETE", "/client-secrets/x")],
)
def test_an_unknown_client(call, method, path):
    assert refusal(call(method, f"{CLIENTS}/nobody{path}", json=[])) == 404


def test_region_clients_are_not_listed(call):
    region = call.sim.region_client("us")
    assert call("GET", f"{CLIENTS}/{region.client_id}").status_code == 404
    assert region.client_id not in call("GET", CLIENTS).text


def test_listing(call):
    for number in range(24):
        call.sim.add_client(f"Client {number:02}")
    page = call("GET", CLIENTS, params={"limit": 10, "sort": "-clientName", "totalResults": "true"}).json()
    assert page["totalResults"] == 25
    names = []
    while True:
        names += [row["clientName"] for row in page["data"]]
        if "next" not in page["links"]:
            break
        page = call("GET", CLIENTS + "?" + page["links"]["next"]["href"].split("?")[1]).json()
    assert names == ["Organization automation", *(f"Client {number:02}" for number in reversed(range(24)))]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"filter": 'clientName eq "Reports"'}, 200),
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
    answer = call("GET", CLIENTS, params=query)
    assert answer.status_code == status
    if status == 200:
        assert [row["clientId"] for row in answer.json()["data"]] == [made["clientId"]]


def test_no_token(call):
    assert refusal(call("GET", CLIENTS, headers={"Authorization": None})) == 401
