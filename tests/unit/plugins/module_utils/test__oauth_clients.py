# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from responses import RequestsMock

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    ConfigurationError,
    IncompleteListError,
    NotFoundError,
    PermissionDeniedError,
    QlikError,
    TransportError,
    UnknownOutcomeError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._oauth_clients import (
    NewClient,
    NewSecret,
    OAuthClient,
    OAuthClients,
    SecretMark,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import MemoryStore
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource

CONSOLE, TENANT = "console.qlikcloud.com", "h.eu.qlikcloud.com"
HOSTS = {CONSOLE: f"https://{CONSOLE}/api/core/oauth-clients", TENANT: f"https://{TENANT}/api/v1/oauth-clients"}
CLIENTS = HOSTS[CONSOLE]
VALUE = "a-new-s3cret"
ROW: dict[str, t.Any] = {
    "clientId": "c-1",
    "clientName": "One",
    "appType": "web",
    "description": "The first",
    "allowedGrantTypes": ["client_credentials"],
    "allowedAuthMethods": ["client_secret"],
    "allowedScopes": ["a", "b"],
    "connectionConfig": {"consentMethod": "trusted"},
    "clientSecrets": [{"hint": "h1", "createdAt": "2030-01-01T00:00:00.123456789Z", "createdBy": "u-1"}],
    "createdAt": "2030-01-01T00:00:00.123456789Z",
    "updatedAt": "2030-01-02T00:00:00.123456Z",
    "createdByType": "user",
    "disableTag": "overdue",
}
ONE = OAuthClient.from_api(ROW)
WISH = NewClient("New")
SECRET_ROW = {"hint": "h2", "clientId": "c-1", "clientSecret": VALUE, "createdAt": "2030-01-03T00:00:00Z"}
Reach = t.Callable[..., Transport]


def clients_of(host: str, reach: Reach, service: RequestsMock, **settings: t.Any) -> OAuthClients:
    token = {"access_token": "t0ken", "expires_in": 21600, "scope": "cloud-console.tenants:read"}
    service.post(f"https://{host}/oauth/token", json=token)
    credential = Credential.from_mapping({"client_id": "own", "client_secret": "s3cret"}, "the test")
    tokens = TokenSource(credential, reach(f"https://{host}", **settings), MemoryStore())
    return OAuthClients(ApiClient(tokens), host == CONSOLE)


@pytest.fixture
def clients(reach: Reach, service: RequestsMock) -> OAuthClients:
    return clients_of(CONSOLE, reach, service)


def sent(service: RequestsMock) -> list[requests.PreparedRequest]:
    """All requests but the token's."""
    return [call.request for call in list(service.calls)[1:]]


def last_body(service: RequestsMock) -> t.Any:
    return json.loads(t.cast("bytes", sent(service)[-1].body))


def page(*ids: str, link: str | None = None, **more: t.Any) -> dict[str, t.Any]:
    links = {"next": {"href": link}} if link else {}
    return {"data": [{**ROW, "clientId": name} for name in ids], "links": links, **more}


def test_a_client_tells_all_there_is_to_know() -> None:
    assert ONE.facts() == {
        "id": "c-1",
        "name": "One",
        "app_type": "web",
        "description": "The first",
        "grant_types": ["client_credentials"],
        "auth_methods": ["client_secret"],
        "scopes": ["a", "b"],
        "consent_method": "trusted",
        "secrets": [{"hint": "h1", "created_at": "2030-01-01T00:00:00.123456789Z", "created_by": "u-1"}],
        "created_at": "2030-01-01T00:00:00.123456789Z",
        "updated_at": "2030-01-02T00:00:00.123456Z",
        "created_by_type": "user",
        "disable_tag": "overdue",
    }


@pytest.mark.parametrize(
    "rest", [{}, {name: 1 for name in ROW if name != "clientId"}, {"clientSecrets": None}], ids=["bare", "odd", "null"]
)
def test_what_the_service_does_not_give_is_none(rest: dict[str, t.Any]) -> None:
    facts = OAuthClient.from_api({**rest, "clientId": "c"}).facts()
    lists = {"grant_types", "auth_methods", "scopes", "secrets"}
    assert facts == {name: "c" if name == "id" else [] if name in lists else None for name in facts}


@pytest.mark.parametrize("row", [{}, {"clientId": ""}, {"clientId": 1}, {"id": "c"}])
def test_a_client_without_an_id_is_none(row: dict[str, t.Any]) -> None:
    with pytest.raises(AnswerError, match="without a clientId"):
        OAuthClient.from_api(row)


@pytest.mark.parametrize("mark", [{}, {"hint": ""}, {"hint": 1}, "h", None])
def test_a_secret_without_a_hint_is_none(mark: t.Any) -> None:
    with pytest.raises(AnswerError, match="without a hint"):
        OAuthClient.from_api({**ROW, "clientSecrets": [mark]})


def test_texts_are_safe_for_one_line() -> None:
    assert str(replace(ONE, name="a\nb\x1b")) == "c-1 (a b)"
    assert str(replace(ONE, name=None)) == "c-1 (without a name)"
    assert str(SecretMark("h\n1", None, None)) == "h 1 (created at an unknown time)"
    assert str(ONE.secrets[0]) == "h1 (created at 2030-01-01T00:00:00.123456789Z)"
    assert VALUE not in repr(NewSecret("h", VALUE, None))


NAMES, SCOPES = st.sampled_from([None, "", "a", "b"]), st.lists(st.sampled_from("abc")).map(tuple)


@given(
    st.builds(dict, name=NAMES, description=NAMES, scopes=SCOPES),
    st.fixed_dictionaries({}, optional={"name": st.just("b"), "description": st.sampled_from("ab"), "scopes": SCOPES}),
)
def test_changes_lead_to_what_is_wanted_and_then_there_are_none(
    was: dict[str, t.Any], wanted: dict[str, t.Any]
) -> None:
    client = replace(ONE, **was)
    values = client.differences(wanted)
    row = {"/clientName": was["name"], "/description": was["description"], "/allowedScopes": was["scopes"]}
    for change in client.changes(values):
        assert change["op"] == ("replace" if row[change["path"]] else "add")
        row[change["path"]] = change["value"]
    names = {"name": "/clientName", "description": "/description"}
    assert all(row[path] == wanted[name] for name, path in names.items() if name in wanted)
    assert set(row["/allowedScopes"]) == set(wanted.get("scopes", was["scopes"]))
    assert not replace(client, **values).differences(wanted)
    assert json.dumps(client.changes(values))


def test_the_order_of_scopes_is_no_difference() -> None:
    assert ONE.differences({"scopes": ("b", "a", "b")}) == {}
    assert ONE.differences({"scopes": ()}) == {"scopes": ()}
    assert replace(ONE, description=None).differences({"description": ""}) == {}


@pytest.mark.parametrize("host", HOSTS)
def test_all_pages_are_read_and_a_client_that_comes_twice_is_one(
    host: str, reach: Reach, service: RequestsMock
) -> None:
    clients = clients_of(host, reach, service)
    service.get(HOSTS[host], json=page("c-1", "c-2", link="http://foo.example/x?limit=2&next=2", totalResults=3))
    later = page("c-2", "c-3", totalResults=3)
    later["data"][0]["updatedAt"] = "later"
    service.get(HOSTS[host], json=later)
    assert [client.id for client in clients.all()] == ["c-1", "c-2", "c-3"]
    queries = [parse_qsl(urlsplit(request.url or "").query) for request in sent(service)]
    assert queries == [[("limit", "100"), ("totalResults", "true")], [("limit", "2"), ("next", "2")]]


def test_a_filter_selects(clients: OAuthClients, service: RequestsMock) -> None:
    service.get(CLIENTS, json=page())
    assert clients.all('clientName eq "a & b"') == ()
    assert dict(parse_qsl(urlsplit(sent(service)[0].url or "").query))["filter"] == 'clientName eq "a & b"'


def test_a_part_of_the_clients_is_no_list(clients: OAuthClients, service: RequestsMock) -> None:
    for _walk in range(2):
        service.get(CLIENTS, json=page("c-1", totalResults=2))
    with pytest.raises(IncompleteListError):
        clients.all()


@pytest.mark.parametrize("document", [[], {}, {"data": None}, {"data": ["c"]}, {"data": [{"clientName": "x"}]}, 1])
def test_a_list_of_another_shape_fails(clients: OAuthClients, service: RequestsMock, document: t.Any) -> None:
    service.get(CLIENTS, json=document)
    with pytest.raises(AnswerError):
        clients.all()


@pytest.mark.parametrize("host", HOSTS)
def test_one_client_is_read(host: str, reach: Reach, service: RequestsMock) -> None:
    clients = clients_of(host, reach, service)
    service.get(f"{HOSTS[host]}/c-1", json=ROW)
    assert clients.get("c-1") == ONE
    assert clients.host == host


@pytest.mark.parametrize(
    ("part", "path"),
    [("a/b", "a%2Fb"), ("a b+%41?#", "a%20b%2B%2541%3F%23"), ("...", "..."), ("ä", "%C3%A4"), ("\ud800", "%3F")],
)
def test_ids_and_hints_stay_one_part_of_the_path(
    clients: OAuthClients, service: RequestsMock, part: str, path: str
) -> None:
    service.delete(f"{CLIENTS}/{path}/client-secrets/{path}", status=204)
    clients.remove_secret(part, part)
    assert (sent(service)[0].url or "") == f"{CLIENTS}/{path}/client-secrets/{path}"


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_ids_and_hints_that_lead_elsewhere_are_refused(reach: Reach, part: str) -> None:
    with RequestsMock() as silent:
        clients = clients_of(CONSOLE, reach, silent)
        silent.reset()
        with pytest.raises(ConfigurationError):
            clients.delete(part, part)
        with pytest.raises(ConfigurationError):
            clients.remove_secret("c-1", part)
        assert len(silent.calls) == 0


def test_another_client_than_asked_for_is_none(clients: OAuthClients, service: RequestsMock) -> None:
    service.get(f"{CLIENTS}/c-2", json=ROW)
    with pytest.raises(AnswerError, match="another OAuth client than c-2"):
        clients.get("c-2")


@pytest.mark.parametrize(
    ("wish", "more"),
    [
        (WISH, {}),
        (replace(WISH, description="", scopes=()), {"description": "", "allowedScopes": []}),
        (
            NewClient("New", "d", ("x",), ("y",), ("z",), "trusted"),
            {
                "description": "d",
                "allowedGrantTypes": ["x"],
                "allowedAuthMethods": ["y"],
                "allowedScopes": ["z"],
                "connectionConfig": {"consentMethod": "trusted"},
            },
        ),
    ],
)
def test_a_client_is_made_as_wished(
    clients: OAuthClients, service: RequestsMock, wish: NewClient, more: dict[str, t.Any]
) -> None:
    service.post(CLIENTS, json={**ROW, "clientSecret": VALUE}, status=201)
    assert clients.create(wish) == (ONE, NewSecret("h1", VALUE, ROW["clientSecrets"][0]["createdAt"]))
    usual = {
        "clientName": "New",
        "appType": "web",
        "allowedGrantTypes": ["client_credentials"],
        "allowedAuthMethods": ["client_secret"],
    }
    assert last_body(service) == {**usual, **more}


def test_a_client_may_come_without_a_secret(clients: OAuthClients, service: RequestsMock) -> None:
    service.post(CLIENTS, json=ROW, status=201)
    assert clients.create(WISH) == (ONE, None)


BARE = {name: value for name, value in ROW.items() if name != "clientSecrets"}


def test_the_hint_of_a_first_secret_is_looked_for(clients: OAuthClients, service: RequestsMock) -> None:
    service.post(CLIENTS, json={**BARE, "clientSecret": VALUE}, status=201)
    service.get(f"{CLIENTS}/c-1", json=ROW)
    assert clients.create(WISH)[1] == NewSecret("h1", VALUE, ROW["clientSecrets"][0]["createdAt"])


@pytest.mark.parametrize(("more", "hint"), [({"clientSecretHint": "h9"}, "h9"), ({}, "")])
@pytest.mark.parametrize("answer", [{"status": 404}, {"json": BARE}, {"body": "no JSON"}])
def test_a_secret_is_not_lost_with_its_hint(
    clients: OAuthClients, service: RequestsMock, answer: dict[str, t.Any], more: dict[str, str], hint: str
) -> None:
    service.post(CLIENTS, json={**BARE, "clientSecret": VALUE, **more}, status=201)
    service.get(f"{CLIENTS}/c-1", **answer)
    assert clients.create(WISH)[1] == NewSecret(hint, VALUE, None)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"status": 204}, None),
        ({"status": 202, "json": {"clientSecret": VALUE}}, VALUE),
        ({"status": 202, "json": {}}, None),
    ],
)
def test_a_client_is_changed(
    clients: OAuthClients, service: RequestsMock, answer: dict[str, t.Any], value: str | None
) -> None:
    service.patch(f"{CLIENTS}/c-1", **answer)
    changes = ONE.changes({"description": "x"})
    assert clients.update("c-1", changes) == value
    assert last_body(service) == [{"op": "replace", "path": "/description", "value": "x"}]
    assert sent(service)[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("host", HOSTS)
def test_a_client_is_deleted_with_what_the_user_has_confirmed(host: str, reach: Reach, service: RequestsMock) -> None:
    clients = clients_of(host, reach, service)
    service.delete(f"{HOSTS[host]}/c-1", status=204)
    clients.delete("c-1", confirmed="what the user wrote")
    assert sent(service)[0].headers["qlik-confirm-delete"] == "what the user wrote"


@pytest.mark.parametrize("host", HOSTS)
def test_a_secret_is_added(host: str, reach: Reach, service: RequestsMock) -> None:
    clients = clients_of(host, reach, service)
    service.post(f"{HOSTS[host]}/c-1/client-secrets", json=SECRET_ROW, status=201)
    assert clients.add_secret("c-1") == NewSecret("h2", VALUE, "2030-01-03T00:00:00Z")
    assert sent(service)[0].body is None


OPERATIONS: dict[str, tuple[str, str, t.Callable[[OAuthClients], t.Any]]] = {
    "all": ("GET", "", lambda clients: clients.all()),
    "get": ("GET", "/c-1", lambda clients: clients.get("c-1")),
    "create": ("POST", "", lambda clients: clients.create(WISH)),
    "update": ("PATCH", "/c-1", lambda clients: clients.update("c-1", [])),
    "delete": ("DELETE", "/c-1", lambda clients: clients.delete("c-1", "c-1")),
    "add_secret": ("POST", "/c-1/client-secrets", lambda clients: clients.add_secret("c-1")),
    "remove_secret": ("DELETE", "/c-1/client-secrets/h", lambda clients: clients.remove_secret("c-1", "h")),
}
ONCE = {"create": "the next run finds it by its name", "add_secret": "compare the hints"}


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize(("status", "kind"), [(404, NotFoundError), (409, ApiError)])
def test_a_refusal_is_a_refusal(
    clients: OAuthClients, service: RequestsMock, name: str, status: int, kind: type[QlikError]
) -> None:
    method, path, act = OPERATIONS[name]
    service.add(method, CLIENTS + path, status=status, json={"errors": [{"code": "X-1", "title": "No", "detail": "y"}]})
    with pytest.raises(kind, match="X-1 No: y") as caught:
        act(clients)
    assert t.cast(ApiError, caught.value).status == status
    assert not isinstance(caught.value, UnknownOutcomeError)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_not_allowed_says_what_may_be_missing(
    host: str, name: str, reach: Reach, service: RequestsMock
) -> None:
    method, path, act = OPERATIONS[name]
    clients = clients_of(host, reach, service)
    refusal = {"errors": [{"code": "X-1", "title": "Forbidden"}], "traceId": "t"}
    service.add(method, HOSTS[host] + path, status=403, json=refusal)
    with pytest.raises(PermissionDeniedError) as caught:
        act(clients)
    needed = {CONSOLE: "more than the scope cloud-console.tenants:read", TENANT: "the role TenantAdmin"}
    assert "failed with 403 X-1 Forbidden (trace id t): the client may not do this" in str(caught.value)
    assert "The token was granted the scope cloud-console.tenants:read. Which permission" in str(caught.value)
    assert "is not documented" in str(caught.value)
    assert [other for other, text in needed.items() if text in str(caught.value)] == [host]
    expected = {"kind": "permission", "host": host, "status": 403, "code": "X-1", "trace_id": "t"}
    assert caught.value.facts() == expected


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_token_that_is_refused_is_another_matter(reach: Reach, service: RequestsMock, name: str) -> None:
    service.post(f"https://{CONSOLE}/oauth/token", status=403)
    credential = Credential.from_mapping({"client_id": "own", "client_secret": "s3cret"}, "the test")
    clients = OAuthClients(ApiClient(TokenSource(credential, reach(f"https://{CONSOLE}"), MemoryStore())), True)
    with pytest.raises(PermissionDeniedError, match="Getting a token") as caught:
        OPERATIONS[name][2](clients)
    assert "is not documented" not in str(caught.value)


@pytest.mark.parametrize("name", ONCE)
def test_a_token_that_cannot_be_had_leaves_no_outcome_open(reach: Reach, service: RequestsMock, name: str) -> None:
    service.post(f"https://{CONSOLE}/oauth/token", body=requests.exceptions.ConnectionError())
    credential = Credential.from_mapping({"client_id": "own", "client_secret": "s3cret"}, "the test")
    clients = OAuthClients(ApiClient(TokenSource(credential, reach(f"https://{CONSOLE}"), MemoryStore())), True)
    with pytest.raises(TransportError):
        OPERATIONS[name][2](clients)


LOST: dict[str, dict[str, t.Any]] = {
    "cut": {"body": requests.exceptions.ConnectionError()},
    "503": {"status": 503, "json": {"errors": [], "clientSecret": VALUE}},
    "408": {"status": 408, "body": VALUE},
    "HTML": {"status": 200, "body": f"<html>{VALUE}", "content_type": "text/html"},
    "cut JSON": {"status": 201, "body": f'{{"clientSecret": "{VALUE}", "hint"'},
    "a list": {"status": 201, "json": [{"clientSecret": VALUE, "hint": "h"}]},
    "no id, no hint": {"status": 201, "json": {"clientSecret": VALUE}},
}


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
@pytest.mark.parametrize("name", ONCE)
def test_what_may_have_been_made_is_not_made_again(
    reach: Reach,
    service: RequestsMock,
    discreet: t.Callable[..., t.Any],
    name: str,
    answer: dict[str, t.Any],
) -> None:
    method, path, act = OPERATIONS[name]
    clients = clients_of(CONSOLE, reach, service, retries=3)
    service.add(method, CLIENTS + path, **answer)
    with discreet(UnknownOutcomeError, VALUE) as caught:
        act(clients)
    assert ONCE[name] in str(caught.value)
    assert caught.value.facts()["kind"] == "unknown_outcome"
    assert len(sent(service)) == 1


def test_a_new_secret_without_a_value_may_have_been_made(clients: OAuthClients, service: RequestsMock) -> None:
    service.post(f"{CLIENTS}/c-1/client-secrets", json={"hint": "h"}, status=201)
    with pytest.raises(UnknownOutcomeError, match="has no value"):
        clients.add_secret("c-1")


@pytest.mark.parametrize("body", [f"{VALUE} {{", json.dumps([{"clientSecret": VALUE}])])
def test_a_change_does_not_show_the_secret_it_has_made(
    clients: OAuthClients, service: RequestsMock, discreet: t.Callable[..., t.Any], body: str
) -> None:
    service.patch(f"{CLIENTS}/c-1", status=202, body=body)
    with discreet(AnswerError, VALUE):
        clients.update("c-1", [])


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - set(ONCE)))
def test_what_does_no_harm_is_repeated(reach: Reach, service: RequestsMock, name: str) -> None:
    method, path, act = OPERATIONS[name]
    clients = clients_of(CONSOLE, reach, service, retries=1)
    service.add(method, CLIENTS + path, status=503)
    answers: dict[str, dict[str, t.Any]] = {"all": {"json": page("c-1")}, "get": {"json": ROW}}
    service.add(method, CLIENTS + path, **answers.get(name, {"status": 204}))
    act(clients)
    assert len(sent(service)) == 2
