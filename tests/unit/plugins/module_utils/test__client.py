# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import json
import time
import typing as t

import pytest
from responses import RequestsMock

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    TenantDisabledError,
    TransportError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Request
from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import MemoryStore
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource

HOST = "https://h1.us.qlikcloud.com"
URL = f"{HOST}/api/v1/users/me"
SECRET = "cl1ent-s3cret-0123456789"
TOKENS = ("acc3ss-t0ken-1", "acc3ss-t0ken-2")
GET = Request("GET", "/api/v1/users/me", repeatable=True)
POST = Request("POST", "/api/v1/users/me", body={"secret": SECRET})
Discreet = t.Callable[..., t.Any]


@pytest.fixture
def client(reach: t.Callable[..., Transport]) -> ApiClient:
    transport = reach(HOST, max_wait=0)
    credential = Credential.from_mapping({"client_id": "c-1", "client_secret": SECRET}, "the test")
    return ApiClient(TokenSource(credential, transport, MemoryStore()))


@pytest.fixture
def successor(client: ApiClient) -> ApiClient:
    """The client of a process two minutes later, which finds the token of the first."""
    theirs = client._tokens
    return ApiClient(TokenSource(theirs.credential, theirs.transport, theirs._store, lambda: time.time() + 120))


def issue(service: RequestsMock, value: str, scope: str = "") -> None:
    answer = {"access_token": value, "token_type": "bearer", "expires_in": 21600, "scope": scope}
    service.post(f"{HOST}/oauth/token", json=answer)


def shown_tokens(service: RequestsMock) -> list[str]:
    headers = [call.request.headers for call in service.calls if call.request.url == URL]
    return [header["Authorization"].removeprefix("Bearer ") for header in headers]


def problem(code: str, detail: str = "") -> dict[str, t.Any]:
    return {"errors": [{"code": code, "title": "Refused", "detail": detail}], "traceId": "f00"}


def test_a_token_that_another_thread_has_renewed_is_masked_too(client: ApiClient, service: RequestsMock) -> None:
    def renewed_meanwhile(request: t.Any) -> tuple[int, dict[str, str], str]:
        client._tokens.renew(client._tokens.token())
        return 400, {}, json.dumps(problem("X", f"the header was {request.headers['Authorization']}"))

    issue(service, TOKENS[0])
    service.add_callback("GET", URL, callback=renewed_meanwhile)
    issue(service, TOKENS[1])
    with pytest.raises(ApiError) as caught:
        client.call("Reading", GET)
    assert "the header was" in str(caught.value)
    assert TOKENS[0] not in str(caught.value)


def test_what_is_stopped_sends_nothing(client: ApiClient) -> None:
    client.stop()
    with pytest.raises(TransportError, match="is not asked any more"):
        client.call("Reading", GET)


def test_a_token_can_be_had_before_a_call(client: ApiClient, service: RequestsMock) -> None:
    issue(service, TOKENS[0])
    client.prepare()
    assert len(service.calls) == 1
    service.get(URL, json={})
    client.call("Asking", GET)
    assert shown_tokens(service) == [TOKENS[0]]


def test_call_carries_the_token_as_bearer_c1(client: ApiClient, service: RequestsMock) -> None:
    issue(service, TOKENS[0])
    service.get(URL, json={"id": "u-1"})
    assert client.call("Reading", GET).json() == {"id": "u-1"}
    assert service.calls[1].request.headers["Authorization"] == f"Bearer {TOKENS[0]}"
    assert client.host == "h1.us.qlikcloud.com"


def test_one_token_serves_many_calls(client: ApiClient, service: RequestsMock) -> None:
    issue(service, TOKENS[0])
    for _call in range(3):
        service.get(URL, json={})
        client.call("Reading", GET)
    assert shown_tokens(service) == [TOKENS[0]] * 3


@pytest.mark.parametrize("status", [200, 201, 202, 204, 207])
def test_every_success_is_one(client: ApiClient, service: RequestsMock, status: int) -> None:
    issue(service, TOKENS[0])
    service.get(URL, status=status)
    assert client.call("Reading", GET).status == status


@pytest.mark.parametrize("request_", [GET, POST], ids=["GET", "POST"])
def test_an_expired_token_is_renewed_once(client: ApiClient, service: RequestsMock, request_: Request) -> None:
    issue(service, TOKENS[0])
    service.add(request_.method, URL, status=401)
    issue(service, TOKENS[1])
    service.add(request_.method, URL, json={"id": "u-1"})
    assert client.call("Reading", request_).json() == {"id": "u-1"}
    assert shown_tokens(service) == list(TOKENS)


def test_a_second_refusal_is_an_error(client: ApiClient, service: RequestsMock, discreet: Discreet) -> None:
    issue(service, TOKENS[0])
    service.get(URL, status=401, json=problem("E-1", TOKENS[0]))
    issue(service, TOKENS[1])
    service.get(URL, status=401, json=problem("E-2", TOKENS[1]))
    with discreet(AuthenticationError, SECRET, *TOKENS) as caught:
        client.call("Reading", GET)
    assert "Reading on h1.us.qlikcloud.com failed with 401 E-2 Refused: ***" in str(caught.value)


def test_a_renewal_that_is_refused_is_the_error(client: ApiClient, service: RequestsMock, discreet: Discreet) -> None:
    issue(service, TOKENS[0])
    service.get(URL, status=401)
    service.post(f"{HOST}/oauth/token", status=401, json=problem("E-3", f"{SECRET} {TOKENS[0]}"))
    with discreet(AuthenticationError, SECRET, *TOKENS) as caught:
        client.call("Reading", GET)
    assert str(caught.value).startswith("Getting a token on h1.us.qlikcloud.com failed with 401 E-3")


def test_a_deactivated_tenant_asks_for_no_other_token(client: ApiClient, service: RequestsMock) -> None:
    issue(service, TOKENS[0])
    service.get(URL, status=401, json=problem("TENANT_DISABLED"))
    with pytest.raises(TenantDisabledError, match="the tenant is deactivated"):
        client.call("Pinging", GET)


def test_a_tenant_deactivated_while_the_token_is_renewed(client: ApiClient, service: RequestsMock) -> None:
    issue(service, TOKENS[0])
    service.get(URL, status=401)
    issue(service, TOKENS[1])
    service.get(URL, status=401, json=problem("TENANT_DISABLED"))
    with pytest.raises(TenantDisabledError):
        client.call("Pinging", GET)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(300, ApiError, id="300"),
        pytest.param(400, ApiError, id="400"),
        pytest.param(403, PermissionDeniedError, id="403"),
        pytest.param(404, NotFoundError, id="404"),
        pytest.param(429, RateLimitError, id="C28: 429"),
        pytest.param(500, ApiError, id="500"),
    ],
)
def test_a_refusal_names_the_operation_and_no_secret(
    client: ApiClient, service: RequestsMock, discreet: Discreet, status: int, kind: type[ApiError]
) -> None:
    issue(service, TOKENS[0])
    service.get(URL, status=status, json=problem("E-1", f"{TOKENS[0]} of {SECRET}"))
    with discreet(kind, SECRET, *TOKENS) as caught:
        client.call("Reading the user", GET)
    assert f"Reading the user on h1.us.qlikcloud.com failed with {status} E-1 Refused: *** of ***" in str(caught.value)
    assert not {SECRET, TOKENS[0]} & set(map(str, vars(caught.value).values()))


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        pytest.param("cloud-console.tenants:read", "granted the scope cloud-console.tenants:read.", id="C18: narrow"),
        pytest.param("", "or an IP policy shuts this machine out.", id="C18: not told"),
    ],
)
def test_missing_permission_tells_the_scope(
    client: ApiClient, service: RequestsMock, scope: str, expected: str
) -> None:
    issue(service, TOKENS[0], scope)
    service.get(URL, status=403)
    with pytest.raises(PermissionDeniedError) as caught:
        client.call("Listing clients", GET)
    assert str(caught.value).endswith(expected)


def test_a_kept_token_without_permission_is_renewed_once(
    client: ApiClient, successor: ApiClient, service: RequestsMock
) -> None:
    """The client may have been given the permission after its token was issued."""
    issue(service, TOKENS[0])
    service.get(URL, json={})
    client.call("Reading", GET)
    service.get(URL, status=403)
    issue(service, TOKENS[1])
    service.get(URL, json={"id": "u-1"})
    assert successor.call("Reading", GET).json() == {"id": "u-1"}
    assert shown_tokens(service) == [TOKENS[0], *TOKENS]


@pytest.mark.parametrize("status", [200, 400, 404, 500])
def test_a_kept_token_serves_whatever_else_goes_wrong(
    client: ApiClient, successor: ApiClient, service: RequestsMock, status: int
) -> None:
    issue(service, TOKENS[0])
    for code in (200, status):
        service.get(URL, status=code)
    client.call("Reading", GET)
    with contextlib.nullcontext() if status == 200 else pytest.raises(ApiError):
        successor.call("Reading", GET)
    assert shown_tokens(service) == [TOKENS[0]] * 2


def test_a_kept_token_that_cannot_be_bettered(client: ApiClient, successor: ApiClient, service: RequestsMock) -> None:
    issue(service, TOKENS[0])
    service.get(URL, json={})
    client.call("Reading", GET)
    service.get(URL, status=403)
    issue(service, TOKENS[1])
    service.get(URL, status=403)
    with pytest.raises(PermissionDeniedError):
        successor.call("Reading", GET)


@pytest.mark.parametrize("same_process", [True, False])
def test_a_new_token_without_permission_is_not_renewed(
    client: ApiClient, service: RequestsMock, same_process: bool
) -> None:
    """Of a hundred processes that share a token without permission, none may ask for another one in vain."""
    issue(service, TOKENS[0])
    service.get(URL, json={})
    client.call("Reading", GET)
    service.get(URL, status=403)
    theirs = client._tokens
    other = ApiClient(TokenSource(theirs.credential, theirs.transport, theirs._store))
    with pytest.raises(PermissionDeniedError):
        (client if same_process else other).call("Reading", GET)


def test_scope_is_that_of_the_renewed_token(client: ApiClient, service: RequestsMock) -> None:
    issue(service, TOKENS[0], "old")
    service.get(URL, status=401)
    issue(service, TOKENS[1], "new")
    service.get(URL, status=403)
    with pytest.raises(PermissionDeniedError, match="granted the scope new"):
        client.call("Reading", GET)


def test_without_an_answer_there_is_no_secret_either(
    client: ApiClient, service: RequestsMock, discreet: Discreet
) -> None:
    issue(service, TOKENS[0])
    service.get(URL, body=ConnectionResetError(104, f"Connection reset {TOKENS[0]}"[:16]))
    with discreet(TransportError, SECRET, *TOKENS):
        client.call("Reading", GET)


@pytest.mark.parametrize("status", [200, 404])
def test_a_status_that_is_expected_is_an_answer(client: ApiClient, service: RequestsMock, status: int) -> None:
    issue(service, TOKENS[0])
    service.get(URL, status=status, json={"status": status})
    assert client.call("Reading", GET, (200, 404)).json() == {"status": status}


def test_a_success_that_is_not_expected_is_an_error(client: ApiClient, service: RequestsMock) -> None:
    issue(service, TOKENS[0])
    service.get(URL, status=204)
    with pytest.raises(ApiError, match=r"^Reading on h1\.us\.qlikcloud\.com failed with 204\.$"):
        client.call("Reading", GET, (200,))


@pytest.mark.parametrize("renewed", [200, 401])
def test_an_expected_401_renews_the_token_all_the_same(client: ApiClient, service: RequestsMock, renewed: int) -> None:
    for token, status in zip(TOKENS, (401, renewed), strict=True):
        issue(service, token)
        service.get(URL, status=status)
    assert client.call("Reading", GET, (200, 401)).status == renewed


def test_secrets_are_the_proof_and_the_token(client: ApiClient, service: RequestsMock) -> None:
    assert client.secrets() == (SECRET,)
    issue(service, TOKENS[0])
    service.get(URL, json={})
    client.call("Reading", GET)
    assert client.secrets() == (SECRET, TOKENS[0])


def test_secrets_of_a_request_are_not_repeated(client: ApiClient, service: RequestsMock, discreet: Discreet) -> None:
    issue(service, TOKENS[0])
    service.post(URL, status=400, json=problem("E-1", "no licence l1cence-k3y for you"))
    request = Request("POST", "/api/v1/users/me", body={"key": "l1cence-k3y"}, secrets=("l1cence-k3y",))
    with discreet(ApiError, SECRET, "l1cence-k3y") as caught:
        client.call("Creating", request)
    assert "no licence *** for you" in str(caught.value)


def test_a_renewed_token_sends_the_content_again(client: ApiClient, service: RequestsMock) -> None:
    for token, status in zip(TOKENS, (401, 201), strict=True):
        issue(service, token)
        service.post(URL, status=status)
    contents = iter([b"first", b"second"])
    request = Request("POST", "/api/v1/users/me", content=lambda: contextlib.nullcontext(next(contents)))
    assert client.call("Sending", request).status == 201
    sent = [call.request.body for call in service.calls if call.request.url == URL]
    assert sent == [b"first", b"second"]


def test_document(client: ApiClient, service: RequestsMock) -> None:
    issue(service, TOKENS[0])
    service.get(URL, json={"id": "u-1"})
    assert client.document("Reading", GET) == {"id": "u-1"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param('["a"]', "Reading on h1.us.qlikcloud.com brought JSON that is no object", id="list"),
        pytest.param("null", "no object", id="null"),
        pytest.param(f"<html>{TOKENS[0]}</html>", "that are no JSON", id="HTML"),
        pytest.param("", "that are no JSON", id="nothing"),
        pytest.param('{"data": [} ', "that are no JSON", id="C30: not well-formed"),
    ],
)
def test_an_answer_that_is_no_object_is_refused(
    client: ApiClient, service: RequestsMock, discreet: Discreet, body: str, message: str
) -> None:
    issue(service, TOKENS[0])
    service.get(URL, body=body)
    with discreet(AnswerError, SECRET, *TOKENS) as caught:
        client.document("Reading", GET)
    assert message in str(caught.value)
