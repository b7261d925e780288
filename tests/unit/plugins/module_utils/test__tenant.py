# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
from responses import RequestsMock
from responses.matchers import json_params_matcher, query_param_matcher

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    IncompleteListError,
    NotFoundError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant import TenantApi
from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import MemoryStore
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource

HOST = "https://h1.us.qlikcloud.com"
USERS = f"{HOST}/api/v1/users"
OVERVIEW = f"{HOST}/api/v1/licenses/overview"
KEY = "l1cence-k3y-0123456789"


@pytest.fixture
def tenant(reach: t.Callable[..., Transport], service: RequestsMock) -> TenantApi:
    """A tenant that has issued its token."""
    service.post(f"{HOST}/oauth/token", json={"access_token": "t", "expires_in": 21600})
    credential = Credential.from_mapping({"client_id": "c-1", "client_secret": "s"}, "the test")
    return TenantApi(ApiClient(TokenSource(credential, reach(HOST, retries=1), MemoryStore())))


def test_me_is_found_behind_a_redirect(tenant: TenantApi, service: RequestsMock) -> None:
    service.get(f"{USERS}/me", status=301, headers={"Location": f"{USERS}/u-1"})
    service.get(f"{USERS}/u-1", json={"id": "u-1", "tenantId": "t-1"})
    assert tenant.me() == {"id": "u-1", "tenantId": "t-1"}


def test_without_me_the_error_says_what_was_asked(tenant: TenantApi, service: RequestsMock) -> None:
    service.get(f"{USERS}/me", status=404)
    with pytest.raises(NotFoundError, match=r"Asking who we are on h1\.us\.qlikcloud\.com failed with 404"):
        tenant.me()


def test_bots_are_the_users_with_a_client_on_all_pages(tenant: TenantApi, service: RequestsMock) -> None:
    pages: list[tuple[dict[str, str], t.Any]] = [
        (
            {"limit": "100", "totalResults": "true"},
            [{"id": "1", "clientId": "c-1"}, {"id": "2"}, {"id": "3", "clientId": ""}],
        ),
        ({"limit": "100", "next": "x"}, [{"id": "4", "clientId": None}, {"id": "5", "clientId": "c-5"}]),
    ]
    for number, (query, rows) in enumerate(pages):
        links = {} if number else {"next": {"href": f"{USERS}?limit=100&next=x"}}
        service.get(USERS, json={"data": rows, "links": links}, match=[query_param_matcher(query)])
    assert [bot["id"] for bot in tenant.bots()] == ["1", "5"]


def test_bots_of_a_part_of_the_users_are_not_told(tenant: TenantApi, service: RequestsMock) -> None:
    for _walk in range(2):
        service.get(USERS, json={"data": [{"id": "1", "clientId": "c-1"}], "totalResults": 2})
    with pytest.raises(IncompleteListError, match="announced 2 rows of /api/v1/users but listed 1"):
        tenant.bots()


@pytest.mark.parametrize("document", [{}, [], None, {"data": None}, {"data": {}}, {"data": ["x"]}], ids=str)
def test_users_in_another_shape_are_refused(tenant: TenantApi, service: RequestsMock, document: t.Any) -> None:
    service.get(USERS, json=document)
    with pytest.raises(AnswerError, match=r"h1\.us\.qlikcloud\.com listed its users in an unexpected shape"):
        tenant.bots()


def test_licence_key(tenant: TenantApi, service: RequestsMock) -> None:
    service.get(OVERVIEW, json={"licenseKey": KEY})
    assert tenant.license_key() == KEY


@pytest.mark.parametrize("key", [None, "", 7, {"value": KEY}], ids=["null", "empty", "number", "object"])
def test_an_answer_without_a_licence_key_is_told_and_not_shown(
    tenant: TenantApi, service: RequestsMock, key: t.Any, discreet: t.Callable[..., t.Any]
) -> None:
    service.get(OVERVIEW, json={"licenseKey": key, "other": KEY})
    with discreet(AnswerError, KEY) as caught:
        tenant.license_key()
    assert str(caught.value) == "h1.us.qlikcloud.com answered without a licence key."


def test_values_are_set_in_one_request_that_may_be_repeated(
    tenant: TenantApi, service: RequestsMock, naps: list[float]
) -> None:
    changes = [
        {"op": "replace", "path": "/name", "value": "North"},
        {"op": "replace", "path": "/hostnames/1", "value": "north.us.qlikcloud.com"},
    ]
    url = f"{HOST}/api/v1/tenants/t%2F1"
    service.patch(url, status=503, match=[json_params_matcher(changes)])
    service.patch(url, status=204, match=[json_params_matcher(changes)])
    tenant.configure("t/1", {"/name": "North", "/hostnames/1": "north.us.qlikcloud.com"})
    assert json.loads(service.calls[-1].request.body or b"") == changes
    assert naps == [1]
