# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import threading
import typing as t
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import pytest
from responses import RequestsMock

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    IncompleteListError,
    NotFoundError,
    PermissionDeniedError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import OrganizationApi, TenantList
from ansible_collections.qlikops.cloud.plugins.module_utils._side_by_side import AT_ONCE
from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import MemoryStore
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource

CONSOLE = "https://console.qlikcloud.com"
TENANTS = f"{CONSOLE}/api/core/tenants"
FIRST = [("limit", "100"), ("totalResults", "true")]
FILTER = 'subscriptionId eq "1" and name eq "a & b+c"'


@pytest.fixture
def organization(reach: t.Callable[..., Transport], service: RequestsMock) -> OrganizationApi:
    service.post(f"{CONSOLE}/oauth/token", json={"access_token": "t0ken", "expires_in": 21600})
    transport = reach(CONSOLE)
    credential = Credential.from_mapping({"client_id": "c-1", "client_secret": "s3cret"}, "the test")
    return OrganizationApi(ApiClient(TokenSource(credential, transport, MemoryStore())))


def rows(*ids: str) -> list[dict[str, t.Any]]:
    return [{"id": tenant, "hostnames": [f"{tenant}.us.qlikcloud.com"], "status": "active"} for tenant in ids]


def page(*ids: str, link: str | None = None, total: t.Any = None) -> dict[str, t.Any]:
    document: dict[str, t.Any] = {"data": rows(*ids), "links": {"self": {"href": "http://foo.example/"}}}
    if link:
        document["links"]["next"] = {"href": link}
    return document if total is None else {**document, "totalResults": total}


def asked(service: RequestsMock) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Method, address and query of all calls but the token's."""
    found = []
    for call in list(service.calls)[1:]:
        parts = urlsplit(t.cast(str, call.request.url))
        address = f"{parts.scheme}://{parts.netloc}{parts.path}"
        found.append((call.request.method or "", address, parse_qsl(parts.query, keep_blank_values=True)))
    return found


def ids(found: TenantList) -> list[str]:
    return [tenant.id for tenant in found.tenants]


@pytest.mark.parametrize(
    ("links", "queries"),
    [
        pytest.param(
            [f"{TENANTS}?limit=20&offset=64f0", f"{TENANTS}?limit=20&offset=64f1"],
            [[("limit", "20"), ("offset", "64f0")], [("limit", "20"), ("offset", "64f1")]],
            id="C3: offset",
        ),
        pytest.param(
            [f"{TENANTS}?limit=1&next=64f0&totalResults=true", f"{TENANTS}?next=64f1"],
            [[("limit", "1"), ("next", "64f0"), ("totalResults", "true")], [("next", "64f1")]],
            id="C3: next",
        ),
        pytest.param(
            ["https://api.qlikcloud.com/core/tenants?next=64f0", "http://foo.example/?next=64f1"],
            [[("next", "64f0")], [("next", "64f1")]],
            id="C4: links to other hosts",
        ),
    ],
)
def test_a_list_is_read_to_its_end_from_the_console_alone(
    organization: OrganizationApi, service: RequestsMock, links: list[str], queries: list[list[tuple[str, str]]]
) -> None:
    service.get(TENANTS, json=page("a", "b", link=links[0]))
    service.get(TENANTS, json=page("c", link=links[1]))
    service.get(TENANTS, json=page("d"))
    found = organization.tenants()
    assert ids(found) == ["a", "b", "c", "d"]
    assert found.total is None
    assert asked(service) == [("GET", TENANTS, query) for query in [FIRST, *queries]]


def test_nothing_is_filtered_unless_asked_for_c13(organization: OrganizationApi, service: RequestsMock) -> None:
    service.get(TENANTS, json=page())
    assert organization.tenants() == TenantList((), None)
    assert asked(service) == [("GET", TENANTS, FIRST)]


def test_the_total_is_asked_for_as_text_c9(organization: OrganizationApi, service: RequestsMock) -> None:
    service.get(TENANTS, json=page())
    organization.tenants()
    assert ("totalResults", "true") in asked(service)[0][2]


def test_a_filter_is_sent_encoded_in_the_query(organization: OrganizationApi, service: RequestsMock) -> None:
    service.get(TENANTS, json=page("a"))
    assert ids(organization.tenants(FILTER)) == ["a"]
    assert asked(service) == [("GET", TENANTS, [("filter", FILTER), *FIRST])]


@pytest.mark.parametrize(
    ("scim_filter", "body"), [(FILTER, {"filter": FILTER}), (None, {})], ids=["filter", "no filter"]
)
def test_a_filter_in_the_body_goes_with_every_page(
    organization: OrganizationApi, service: RequestsMock, scim_filter: str | None, body: dict[str, str]
) -> None:
    url = f"{TENANTS}/actions/filter"
    service.post(url, json=page("a", link="https://api.qlikcloud.com/core/tenants/actions/filter?next=64f0", total=2))
    service.post(url, json=page("b", total=2))
    assert ids(organization.filtered(scim_filter)) == ["a", "b"]
    assert asked(service) == [("POST", url, FIRST), ("POST", url, [("next", "64f0")])]
    assert [json.loads(call.request.body or b"") for call in list(service.calls)[1:]] == [body, body]


@pytest.mark.parametrize(
    ("method", "path", "call"),
    [
        pytest.param("GET", "", lambda api: api.tenants(), id="tenants"),
        pytest.param("POST", "/actions/filter", lambda api: api.filtered(FILTER), id="filtered"),
        pytest.param("GET", "/a", lambda api: api.tenant("a"), id="tenant"),
        pytest.param("GET", "/actions/count", lambda api: api.count(FILTER), id="count"),
    ],
)
def test_all_that_reads_is_repeated_after_a_trouble(
    organization: OrganizationApi,
    service: RequestsMock,
    naps: list[float],
    method: str,
    path: str,
    call: t.Callable[[OrganizationApi], object],
) -> None:
    organization._client._tokens.transport._patience.retries = 1
    service.add(method, f"{TENANTS}{path}", status=503)
    service.add(method, f"{TENANTS}{path}", json={"id": "a", "total": 1, "totalResults": 0})
    call(organization)
    assert naps == [1]


def test_a_tenant_listed_twice_is_one_with_the_later_fields(
    organization: OrganizationApi, service: RequestsMock
) -> None:
    late = page("b", "c", total=3)
    late["data"][0]["status"] = "deactivated"
    service.get(TENANTS, json=page("a", "b", link="?next=1", total=3))
    service.get(TENANTS, json=late)
    found = organization.tenants()
    assert [(tenant.id, tenant.status) for tenant in found.tenants] == [
        ("a", "active"),
        ("b", "deactivated"),
        ("c", "active"),
    ]


@pytest.mark.parametrize(
    "total",
    [pytest.param(2, id="C9: an integer"), pytest.param(None, id="none"), pytest.param("2", id="C9: text")],
)
def test_a_complete_list_is_walked_once(organization: OrganizationApi, service: RequestsMock, total: t.Any) -> None:
    service.get(TENANTS, json=page("a", "b", total=total))
    assert organization.tenants().total == (None if total is None else 2)


def test_a_total_on_the_first_page_alone_counts(organization: OrganizationApi, service: RequestsMock) -> None:
    for _walk in range(2):
        service.get(TENANTS, json=page("a", link="?next=1", total=3))
        service.get(TENANTS, json=page("b"))
    with pytest.raises(IncompleteListError, match="announced 3 tenants but listed 2"):
        organization.tenants()


def test_a_total_that_changes_on_the_way_makes_a_second_walk(
    organization: OrganizationApi, service: RequestsMock
) -> None:
    service.get(TENANTS, json=page("gone", link="?next=1", total=3))
    service.get(TENANTS, json=page("b", total=2))
    service.get(TENANTS, json=page("a", link="?next=1", total=2))
    service.get(TENANTS, json=page("b", total=2))
    assert ids(organization.tenants()) == ["a", "b"]


def test_totals_that_never_agree_end_in_an_error(organization: OrganizationApi, service: RequestsMock) -> None:
    for _walk in range(2):
        service.get(TENANTS, json=page("a", link="?next=1", total=3))
        service.get(TENANTS, json=page("b", total=2))
    with pytest.raises(IncompleteListError, match="announced 2 and then 3 tenants but listed 2"):
        organization.tenants()


@pytest.mark.parametrize("total", [3, 1], ids=["missing", "too many"])
def test_an_incomplete_list_is_walked_again(organization: OrganizationApi, service: RequestsMock, total: int) -> None:
    service.get(TENANTS, json=page("a", "b", total=total))
    service.get(TENANTS, json=page("a", "b", "c", total=3))
    assert ids(organization.tenants()) == ["a", "b", "c"]
    assert asked(service) == [("GET", TENANTS, FIRST)] * 2


def test_a_second_walk_forgets_the_first(organization: OrganizationApi, service: RequestsMock) -> None:
    service.get(TENANTS, json=page("a", "gone", total=3))
    service.get(TENANTS, json=page("a", total=1))
    assert ids(organization.tenants()) == ["a"]


def test_a_list_that_stays_incomplete_is_not_used(organization: OrganizationApi, service: RequestsMock) -> None:
    for _walk in range(2):
        service.get(TENANTS, json=page("a", "b", total=3))
    with pytest.raises(IncompleteListError) as caught:
        organization.tenants()
    assert str(caught.value).startswith("console.qlikcloud.com announced 3 tenants but listed 2, 2 times over; ")


def test_a_page_that_fails_fails_the_list(organization: OrganizationApi, service: RequestsMock) -> None:
    service.get(TENANTS, json=page("a", link="?next=1"))
    service.get(TENANTS, status=500, json={"errors": [{"code": "E-1", "title": "Broken"}]})
    with pytest.raises(ApiError, match="failed with 500 E-1 Broken"):
        organization.tenants()


@pytest.mark.parametrize(
    ("document", "kind", "message"),
    [
        pytest.param({"data": {}}, AnswerError, "list of tenants", id="data that is no list"),
        pytest.param({"data": [{"name": "x"}]}, AnswerError, "without an id", id="a tenant without an id"),
        pytest.param({"data": [{"id": ["x"]}]}, AnswerError, "without an id", id="an id that is a list"),
        pytest.param(
            page("a", link="?limit=100&totalResults=true"), IncompleteListError, "does not end", id="a circle"
        ),
    ],
)
def test_a_list_of_another_shape_is_refused(
    organization: OrganizationApi, service: RequestsMock, document: t.Any, kind: type[Exception], message: str
) -> None:
    service.get(TENANTS, json=document)
    with pytest.raises(kind, match=message):
        organization.tenants()


def test_an_expired_token_in_mid_list_is_renewed_c28(organization: OrganizationApi, service: RequestsMock) -> None:
    service.get(TENANTS, json=page("a", link="?next=1"))
    service.get(TENANTS, status=401)
    service.post(f"{CONSOLE}/oauth/token", json={"access_token": "t0ken-2", "expires_in": 21600})
    service.get(TENANTS, json=page("b", link="?next=2"))
    service.get(TENANTS, json=page("c"))
    assert ids(organization.tenants()) == ["a", "b", "c"]
    assert service.calls[-1].request.headers["Authorization"] == "Bearer t0ken-2"


def test_a_rate_limit_in_mid_list_is_waited_for_c28(
    organization: OrganizationApi, service: RequestsMock, naps: list[float]
) -> None:
    service.get(TENANTS, json=page("a", link="?next=1"))
    service.get(TENANTS, status=429, headers={"Retry-After": "3"})
    service.get(TENANTS, json=page("b"))
    assert ids(organization.tenants()) == ["a", "b"]
    assert naps == [3]


@pytest.mark.parametrize("total", [3, None], ids=["known", "unknown"])
def test_progress_is_told_after_each_page(
    organization: OrganizationApi, service: RequestsMock, total: int | None
) -> None:
    told: list[tuple[int, int | None]] = []
    service.get(TENANTS, json=page("a", "b", link="?next=1", total=total))
    service.get(TENANTS, json=page("b", "c", total=total))
    organization.tenants(progress=lambda so_far, of: told.append((so_far, of)))
    assert told == [(2, total), (3, total)]


def test_progress_goes_by_the_latest_total(organization: OrganizationApi, service: RequestsMock) -> None:
    told: list[tuple[int, int | None]] = []
    for first, second in ((5, 3), (3, None)):
        service.get(TENANTS, json=page("a", "b", link="?next=1", total=first))
        service.get(TENANTS, json=page("c", total=second))
    organization.tenants(progress=lambda so_far, of: told.append((so_far, of)))
    assert told == [(2, 5), (3, 3), (2, 3), (3, 3)]


def test_progress_of_a_filter_in_the_body(organization: OrganizationApi, service: RequestsMock) -> None:
    told: list[int] = []
    service.post(f"{TENANTS}/actions/filter", json=page("a"))
    organization.filtered(FILTER, lambda so_far, _of: told.append(so_far))
    assert told == [1]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(rows("a")[0], id="C6: an object"),
        pytest.param({"data": rows("a")}, id="C6: a list of one"),
        pytest.param({**rows("a")[0], "data": "other"}, id="C6: an object with a field data"),
    ],
)
def test_one_tenant(organization: OrganizationApi, service: RequestsMock, document: t.Any) -> None:
    service.get(f"{TENANTS}/a", json=document)
    assert organization.tenant("a").hostname == "a.us.qlikcloud.com"


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(rows("b")[0], id="C6: another object"),
        pytest.param({"data": rows("b", "a")}, id="C6: another first"),
        pytest.param({"data": ["a"]}, id="C6: a list of text"),
        pytest.param({"data": None}, id="C6: no data"),
        pytest.param({}, id="C6: nothing"),
    ],
)
def test_another_tenant_than_asked_for_is_refused(
    organization: OrganizationApi, service: RequestsMock, document: t.Any
) -> None:
    service.get(f"{TENANTS}/a", json=document)
    with pytest.raises(AnswerError, match="another tenant than a"):
        organization.tenant("a")


@pytest.mark.parametrize(
    ("status", "document"),
    [pytest.param(200, {"data": []}, id="C6: an empty list"), pytest.param(404, {"errors": []}, id="404")],
)
def test_a_tenant_that_is_not_there(
    organization: OrganizationApi, service: RequestsMock, status: int, document: t.Any
) -> None:
    service.get(f"{TENANTS}/a", status=status, json=document)
    with pytest.raises(NotFoundError) as caught:
        organization.tenant("a")
    assert (caught.value.status, caught.value.host) == (404, "console.qlikcloud.com")


def test_an_id_is_one_segment_of_the_path(organization: OrganizationApi, service: RequestsMock) -> None:
    service.get(f"{TENANTS}/a%2F..%3Fx%23", json={"id": "a/..?x#", "hostnames": []})
    assert organization.tenant("a/..?x#").id == "a/..?x#"


def test_an_id_that_is_no_text_is_asked_for_as_far_as_it_goes(
    organization: OrganizationApi, service: RequestsMock
) -> None:
    service.get(f"{TENANTS}/a%3F", status=404)
    with pytest.raises(NotFoundError):
        organization.tenant("a\udcff")


def test_count(organization: OrganizationApi, service: RequestsMock) -> None:
    service.get(f"{TENANTS}/actions/count", json={"total": 0})
    assert organization.count(FILTER) == 0
    assert asked(service) == [("GET", f"{TENANTS}/actions/count", [("filter", FILTER)])]


@pytest.mark.parametrize(
    "document", [{}, {"total": "seven"}, {"total": True}, {"total": None}, {"total": 7.0}], ids=str
)
def test_a_count_that_is_none_is_refused(organization: OrganizationApi, service: RequestsMock, document: t.Any) -> None:
    service.get(f"{TENANTS}/actions/count", json=document)
    with pytest.raises(AnswerError, match="without a total"):
        organization.count(FILTER)


def test_a_subscription_of_somebody_else_is_an_error(organization: OrganizationApi, service: RequestsMock) -> None:
    service.get(TENANTS, status=403, json={"errors": [{"code": "E-403", "title": "Forbidden"}]})
    with pytest.raises(PermissionDeniedError, match="failed with 403 E-403"):
        organization.tenants('subscriptionId eq "2"')


# subscriptions side by side


@dataclass
class Service:
    """A client whose lists come all at once: a page is answered when as many are asked for as there are lists."""

    lists: dict[str, list[dict[str, t.Any]]]
    host: str = "console.qlikcloud.com"
    is_prepared: bool = False
    is_stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.all_here = threading.Barrier(min(len(self.lists), AT_ONCE), timeout=10)

    def prepare(self) -> None:
        self.is_prepared = True

    def stop(self) -> None:
        self.is_stopped.set()

    def document(self, operation: str, request: t.Any) -> dict[str, t.Any]:
        assert self.is_prepared
        self.all_here.wait()
        query = dict(request.query)
        found = self.lists[query["filter"].split('"')[1]][int(query.get("next", 0))]
        if "waits" in found and not self.is_stopped.wait(10):
            raise AssertionError("nobody stopped it")
        if "error" in found:
            raise found["error"]
        return found


def beside(**lists: list[dict[str, t.Any]]) -> tuple[OrganizationApi, Service]:
    service = Service(lists)
    return OrganizationApi(t.cast("ApiClient", service)), service


def first_of_two(name: str) -> dict[str, t.Any]:
    return page(f"{name}1", total=2, link=f"?filter=subscriptionId%20eq%20%22{name}%22&next=1")


def test_subscriptions_are_listed_side_by_side() -> None:
    organization, service = beside(**{name: [first_of_two(name), page(f"{name}2", total=2)] for name in "abc"})
    told: list[tuple[int, int | None]] = []
    before = threading.active_count()
    found = organization.tenants_of("abc", lambda *progress: told.append(progress))
    assert {tenant.id for tenant in found.tenants} == {"a1", "a2", "b1", "b2", "c1", "c2"}
    assert found.total == 6
    assert len(told) == 6
    assert max(told) == (6, 6)
    assert told[0][1] is None
    assert not service.is_stopped.is_set()
    assert threading.active_count() == before


def test_not_all_of_many_are_listed_at_once() -> None:
    names = [f"s{number}" for number in range(2 * AT_ONCE)]
    organization, _service = beside(**{name: [page(name, total=1)] for name in names})
    assert {tenant.id for tenant in organization.tenants_of(names).tenants} == set(names)


def test_a_tenant_that_two_lists_hold_is_one() -> None:
    organization, _service = beside(a=[page("x", "y")], b=[page("y", "z", total=2)])
    found = organization.tenants_of(["a", "b"])
    assert sorted(tenant.id for tenant in found.tenants) == ["x", "y", "z"]
    assert found.total is None


def test_the_first_failure_ends_all_lists() -> None:
    refused = PermissionDeniedError("no", host="h", status=403)
    organization, service = beside(a=[{"error": refused}], b=[{"waits": True, "error": AnswerError("late")}])
    before = threading.active_count()
    with pytest.raises(PermissionDeniedError, match="no"):
        organization.tenants_of(["a", "b"])
    assert service.is_stopped.is_set()
    assert threading.active_count() == before


def test_an_incomplete_list_of_a_subscription_names_it() -> None:
    organization, _service = beside(a=[page("x", total=2)])
    with pytest.raises(IncompleteListError, match="announced 2 tenants of subscription a but listed 1"):
        organization.tenants_of(["a"])
