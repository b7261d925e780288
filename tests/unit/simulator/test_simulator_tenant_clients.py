# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What OAuth clients of a tenant have beyond those of the organization."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

CLIENTS = "/api/v1/oauth-clients"
PLACES = [
    ("POST", "/actions/publish"),
    ("GET", "/connection-configs/me"),
    ("PATCH", "/connection-configs/me"),
    ("DELETE", "/connection-configs/me"),
]
TRUSTED = [{"op": "replace", "path": "/consentMethod", "value": "trusted"}]
KEY = {
    "kid": "k",
    "use": "sig",
    "alg": "ES384",
    "kty": "EC",
    "crv": "P-384",
    "x": "sAXRnvqXPEwlzhQYSDIpMLDZsyjVMONI7tjon9xKr07PT_qyDykrcqCOSf86Mbjm",
    "y": "NPMEkq1_SR4HqzGPtRWtIv3zhligcuqTfjWW2xUz-mRwup0V1cE0voCk0ZseelNP",
}


@pytest.fixture
def made(home):
    return create(home)


def create(call, **fields):
    body = {
        "clientName": "Reports",
        "appType": "web",
        "allowedGrantTypes": ["client_credentials"],
        "allowedAuthMethods": ["client_secret"],
        **fields,
    }
    answer = call("POST", CLIENTS, json=body)
    assert answer.status_code == 201
    return answer.json()


def one(made):
    return f"{CLIENTS}/{made['clientId']}"


def connection(made):
    return f"{one(made)}/connection-configs/me"


def host_of(call):
    return urlsplit(call.base).netloc


def grant(call, made):
    """Status and code of what a client is answered that asks for a token."""
    answer = call.grant(host_of(call), client_id=made["clientId"], client_secret=made["clientSecret"])
    return answer.status_code, answer.json().get("errors", [{}])[0].get("code")


def patch(path, value=None, op="replace"):
    return {"op": op, "path": path} | ({} if value is None else {"value": value})


def refusal(answer):
    """Status of an answer whose body is of family B."""
    assert set(answer.json()) == {"errors"}
    return answer.status_code


def test_a_new_client_is_of_its_tenant(home, made):
    client = home.sim.state.clients[made["clientId"]]
    assert client.tenant_id == home.sim.state.tenants[0].id
    assert (made["allowedScopes"], made["createdByType"]) == (["user_default"], "service")
    assert "connectionConfig" not in made


def test_a_tenant_client_opens_the_clients_too(home, made):
    home("PATCH", connection(made), json=TRUSTED)
    home.log_in(host_of(home), made["clientId"])
    assert [row["clientId"] for row in home("GET", CLIENTS).json()["data"]] == [made["clientId"]]


@pytest.mark.parametrize("level", ["organization", "region", "other tenant"])
def test_clients_of_other_levels_and_tenants(home, made, level):
    other = home.sim.add_client("Other", home.sim.add_tenant("us") if level == "other tenant" else None)
    foreign = home.sim.region_client("us") if level == "region" else other
    assert refusal(home("GET", f"{CLIENTS}/{foreign.client_id}")) == 404
    page = home("GET", CLIENTS, params={"totalResults": "true"}).json()
    assert (page["totalResults"], [row["clientId"] for row in page["data"]]) == (1, [made["clientId"]])


def test_the_console_does_not_show_them(home, made):
    home.log_in()
    home.base = "https://console.qlikcloud.com"
    assert home("GET", f"/api/core/oauth-clients/{made['clientId']}").status_code == 404
    assert made["clientId"] not in home("GET", "/api/core/oauth-clients").text


def test_the_tenant_in_filter_and_sort(home, made):
    tenant = home.sim.state.tenants[0].id
    for wanted, count in ((tenant, 1), ("other", 0)):
        page = home("GET", CLIENTS, params={"filter": f'tenantId eq "{wanted}"', "sort": "-tenantId"}).json()
        assert len(page["data"]) == count


@pytest.mark.parametrize("query", [{"filter": 'tenantId eq "x"'}, {"sort": "tenantId"}])
def test_the_console_has_no_tenant_to_filter_and_sort_by(call, query):
    assert refusal(call("GET", "/api/core/oauth-clients", params=query)) == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("clientName", "Renamed"),
        ("description", "Text"),
        ("clientUri", "https://a.example"),
        ("logoUri", "https://a.example/logo.png"),
        ("redirectUris", ["https://a.example/back"]),
        ("allowedScopes", ["user_default", "admin_classic"]),
        ("allowedGrantTypes", ["urn:qlik:oauth:user-impersonation"]),
        ("publicKeys", [KEY]),
        ("allowedAuthMethods", ["client_secret"]),
    ],
)
def test_patching(home, made, name, value):
    answer = home("PATCH", one(made), json=[patch(f"/{name}", value)])
    assert (answer.status_code, answer.content) == (204, b"")
    row = home("GET", one(made)).json()
    assert row[name] == value
    assert row["updatedAt"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("description", "x"),
        ("clientUri", "x"),
        ("redirectUris", ["x"]),
        ("allowedScopes", ["x"]),
        ("allowedGrantTypes", ["client_credentials"]),
    ],
)
def test_removing_what_need_not_be(home, name, value):
    made = create(home, **{name: value})
    assert made[name] == value
    for _unused in range(2):
        assert home("PATCH", one(made), json=[patch(f"/{name}", op="remove")]).status_code == 204
    assert name not in home("GET", one(made)).json()


def test_the_origins_of_a_page(home):
    made = create(home, appType="spa", allowedGrantTypes=[], allowedAuthMethods=[])
    assert home("PATCH", one(made), json=[patch("/allowedOrigins", ["https://a.example"])]).status_code == 204
    assert home("GET", one(made)).json()["allowedOrigins"] == ["https://a.example"]


@pytest.mark.parametrize(
    "operation",
    [
        patch("/connectionConfig/consentMethod", "trusted"),
        patch("/appType", "spa"),
        patch("/redirectUris/0", "x"),
        patch("/redirectUris", "x"),
        patch("/logoUri", ["x"]),
        patch("/publicKeys", "x"),
        patch("/publicKeys", [{"kid": "k"}]),
        patch("/allowedGrantTypes", ["password"]),
        patch("/allowedAuthMethods", ["none"]),
        patch("/allowedAuthMethods", ["private_key_jwt"]),
        patch("/allowedOrigins", ["https://a.example"]),
        patch("/clientName", op="remove"),
        patch("/clientName", ""),
        patch("/logoUri"),
    ],
)
def test_a_bad_patch_changes_nothing(home, made, operation):
    before = home("GET", one(made)).json()
    assert refusal(home("PATCH", one(made), json=[patch("/description", "x"), operation])) == 400
    assert home("GET", one(made)).json() == before


def test_a_patch_is_judged_whole(home, made):
    operations = [patch("/allowedAuthMethods", ["private_key_jwt"]), patch("/publicKeys", [KEY])]
    assert home("PATCH", one(made), json=operations).status_code == 204
    assert refusal(home("PATCH", one(made), json=[patch("/publicKeys", op="remove")])) == 400


def test_a_patch_makes_the_secret_that_is_lacking(home):
    made = create(home, publicKeys=[KEY], allowedAuthMethods=["private_key_jwt"])
    assert "clientSecret" not in made
    operation = patch("/allowedAuthMethods", ["client_secret", "private_key_jwt"])
    answer = home("PATCH", one(made), json=[operation])
    assert (answer.status_code, list(answer.json())) == (202, ["clientSecret"])
    home("PATCH", connection(made), json=TRUSTED)
    assert grant(home, {**made, **answer.json()}) == (200, None)
    (bot,) = home.sim.state.bots_of(home.sim.state.tenants[0])[:1]
    assert home("GET", one(made)).json()["clientSecrets"][0]["createdBy"] == bot.id
    assert home("PATCH", one(made), json=[operation]).status_code == 204


def test_a_patch_makes_no_secret_unless_the_method_is_added(home, made):
    hint = made["clientSecrets"][0]["hint"]
    assert home("DELETE", f"{one(made)}/client-secrets/{hint}").status_code == 204
    assert home("PATCH", one(made), json=[patch("/description", "x")]).status_code == 204
    assert "clientSecrets" not in home("GET", one(made)).json()


def test_a_patch_keeps_the_secret_there_is(home, made):
    for methods in (["private_key_jwt"], ["client_secret"]):
        operations = [patch("/publicKeys", [KEY]), patch("/allowedAuthMethods", methods)]
        assert home("PATCH", one(made), json=operations).status_code == 204
    assert home("GET", one(made)).json()["clientSecrets"] == made["clientSecrets"]


def test_consent(home, made):
    for method, status in (("trusted", 200), ("required", 401), ("trusted", 200)):
        answer = home("PATCH", connection(made), json=[patch("/consentMethod", method)])
        assert (answer.status_code, answer.content) == (204, b"")
        assert home("GET", connection(made)).json() == {"consentMethod": method}
        assert home("GET", one(made)).json()["connectionConfig"] == {"consentMethod": method}
        assert grant(home, made)[0] == status


def test_no_consent(home, made):
    assert home("GET", connection(made)).json() == {"consentMethod": "required"}
    assert grant(home, made) == (401, "unauthorized_client")


def test_taking_consent_back(home):
    made = create(home, connectionConfig={"consentMethod": "trusted"})
    assert grant(home, made) == (200, None)
    assert home("DELETE", connection(made)).status_code == 204
    assert home("GET", connection(made)).json() == {"consentMethod": "required"}
    assert grant(home, made) == (401, "unauthorized_client")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        [patch("/consentMethod", "maybe")],
        [patch("/consentMethod", ["trusted"])],
        [patch("/consentMethod")],
        [patch("/status", "trusted")],
        [patch("/consentMethod", "trusted", op="add")],
        [patch("/consentMethod", op="remove")],
        [*TRUSTED, patch("/consentMethod", "maybe")],
    ],
)
def test_a_bad_consent(home, made, body):
    assert refusal(home("PATCH", connection(made), json=body)) == 400
    assert "connectionConfig" not in home("GET", one(made)).json()


def test_the_content_type_of_a_consent(home, made):
    headers = {"Content-Type": "application/json-patch+json"}
    assert refusal(home("PATCH", connection(made), json=TRUSTED, headers=headers)) == 400


def test_publishing(home, made):
    assert "publishedAt" not in home("GET", one(made)).json()
    answer = home("POST", f"{one(made)}/actions/publish")
    assert (answer.status_code, list(answer.json())) == (201, ["publishedAt"])
    assert home("GET", one(made)).json()["publishedAt"] == answer.json()["publishedAt"]


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_an_unknown_client(home, method, path):
    assert refusal(home(method, f"{CLIENTS}/nobody{path}", json=TRUSTED)) == 404


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_no_token(home, made, method, path):
    assert refusal(home(method, one(made) + path, json=TRUSTED, headers={"Authorization": None})) == 401


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_the_console_has_none_of_these(call, method, path):
    assert call(method, f"/api/core/oauth-clients/{call.sim.client_id}{path}", json=TRUSTED).status_code == 404


def test_a_console_token_opens_nothing(home, made):
    home.log_in()
    assert refusal(home("GET", one(made))) == 401


def test_an_address_that_is_kept_out(home, made):
    home.sim.state.tenants[0].blocked = True
    assert home("GET", one(made)).status_code == 403


@pytest.mark.parametrize("status", [500, 503])
def test_a_service_in_trouble(open_home, status):
    home = open_home(faults=[f"GET {CLIENTS} status={status} times=1"])
    assert refusal(home("GET", CLIENTS)) == status
    assert home("GET", CLIENTS).status_code == 200


def test_c18_says_nothing_of_tenants(open_home):
    assert open_home(readings={"C18": "A"})("GET", CLIENTS).status_code == 200
