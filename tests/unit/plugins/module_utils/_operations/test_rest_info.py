# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t
from pathlib import Path

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.rest import REST
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.rest_info import REST_INFO
from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import Patience
from simulator import Fault, Simulator

Read = t.Callable[..., Result]


@pytest.fixture
def read(run: Read) -> Read:
    """`read(path=..., ...)`: what rest_info returns of the first tenant."""
    return functools.partial(run, REST_INFO)


def kind(result: Result) -> tuple[bool, t.Any]:
    return bool(result["failed"]), result["error"]["kind"]


def test_an_object_is_read(read: Read, tenants: Simulator) -> None:
    tenant = tenants.state.tenants[0]
    result = read(path="/api/v1/tenants/me")
    assert set(result) == {"changed", "status", "host", "json", "truncated"}
    assert (result["changed"], result["status"], result["host"]) == (False, 200, tenant.hostnames[0])
    assert result["json"]["id"] == tenant.id


@pytest.mark.parametrize(
    ("path", "count", "parameter"),
    [
        pytest.param("/api/v1/spaces", 23, "next", id="next"),
        pytest.param("/api/v1/licenses/assignments", 50, "page", id="page"),
        pytest.param("/api/v1/api-keys", 24, "startingAfter", id="startingAfter"),
        pytest.param("/api/v1/automations", 23, "cursor", id="cursor"),
    ],
)
def test_all_pages_of_a_list_are_read(read: Read, tenants: Simulator, path: str, count: int, parameter: str) -> None:
    result = read(path=path, key="data")
    assert (result["count"], len(result["json"]), result["truncated"]) == (count, count, False)
    assert len({str(sorted(row.items())) for row in result["json"]}) == count
    queries = [entry.query for entry in tenants.record.find("GET", path)]
    assert len(queries) > 1
    assert all(parameter in query for query in queries[1:])


def test_a_list_is_returned_as_though_it_had_one_page(read: Read) -> None:
    result = read(path="/api/v1/spaces")
    assert list(result["json"]) == ["data"]
    assert len(result["json"]["data"]) == 23
    assert "count" not in result


@pytest.mark.parametrize(
    ("most", "count", "truncated", "pages"),
    [(1, 1, True, 1), (9, 9, True, 1), (10, 10, True, 2), (22, 22, True, 3), (23, 23, False, 3), (99, 23, False, 3)],
)
def test_no_more_pages_are_read_than_wanted(
    read: Read, tenants: Simulator, most: int, count: int, truncated: bool, pages: int
) -> None:
    result = read(path="/api/v1/spaces", key="data", max_items=most)
    assert (result["count"], result["truncated"]) == (count, truncated)
    assert tenants.record.count("GET", "/api/v1/spaces") == pages


def test_a_query_may_stand_in_the_path_and_beside_it(read: Read, tenants: Simulator) -> None:
    result = read(path="/api/v1/spaces?limit=100", query={"type": "shared"}, key="data")
    assert {row["type"] for row in result["json"]} == {"shared"}
    assert tenants.record[-1].query == {"limit": "100", "type": "shared"}


@pytest.mark.parametrize(
    ("path", "key", "expected"),
    [
        ("/api/v1/users/me", "roles", ["TenantAdmin"]),
        ("/api/v1/users/me", "links.self", None),
        ("/api/v1/licenses/overview", "product", "Qlik Cloud"),
    ],
)
def test_a_key_selects_a_part(read: Read, path: str, key: str, expected: t.Any) -> None:
    found = read(path=path, key=key)["json"]
    assert found == expected or (expected is None and set(found) == {"href"})


def test_a_key_that_names_another_list_reads_it(read: Read) -> None:
    result = read(path="/api/v1/licenses/overview", key="allotments")
    assert [row["name"] for row in result["json"]] == ["professional", "analyzer"]


def test_a_key_that_is_not_there_fails(read: Read) -> None:
    result = read(path="/api/v1/tenants/me", key="nmae")
    assert kind(result) == (True, "unexpected_answer")
    assert " has no nmae; its keys are id, name, " in result["msg"]


PAGE = Fault("GET /api/v1/spaces", "html")


@pytest.mark.parametrize(("expected", "taken"), [(None, False), ([], False), ([200], True)], ids=str)
def test_a_web_page_is_an_answer_only_where_its_status_is_named(
    read: Read, tenants: Simulator, expected: list[int] | None, taken: bool
) -> None:
    tenants.faults.append(PAGE)
    result = read(path="/api/v1/spaces", status_code=expected)
    if taken:
        assert "<html>" in result["content"]
    else:
        assert kind(result) == (True, "unexpected_answer")
        assert "with a web page; a proxy or gateway" in result["msg"]


def test_bytes_are_refused_with_advice(read: Read, run: Read, tenants: Simulator, tmp_path: Path) -> None:
    (tmp_path / "app.qvf").write_bytes(b"app")
    app = run(REST, method="POST", path="/api/v1/apps/import", src=str(tmp_path / "app.qvf"))["json"]["id"]
    place = run(REST, method="POST", path=f"/api/v1/apps/{app}/export")["location"]
    result = read(path=place)
    assert kind(result) == (True, "unexpected_answer")
    assert "answered with bytes that are neither JSON nor text; to keep them in a file, use the module" in result["msg"]


@pytest.mark.parametrize("most", [None, 999])
def test_a_list_of_fewer_rows_than_announced_fails(read: Read, tenants: Simulator, most: int | None) -> None:
    tenants.faults.append(Fault("GET /api/v1/users", "wrong_total"))
    result = read(path="/api/v1/users", query={"totalResults": True}, key="data", max_items=most)
    assert kind(result) == (True, "incomplete_list")
    assert "2 times over; run again when none are being made or removed" in result["msg"]


def test_a_list_of_as_many_rows_as_announced_is_read(read: Read, tenants: Simulator) -> None:
    result = read(path="/api/v1/users", query={"totalResults": True}, key="data")
    assert result["count"] == len(result["json"]) > 0
    asked = [str(entry.query) for entry in tenants.record.find("GET", "/api/v1/users")]
    assert len(set(asked)) == len(asked) > 1


def test_a_filter_goes_in_the_body_of_a_call_that_only_reads(read: Read, tenants: Simulator) -> None:
    tenants.state.tenants[0].people = 45
    path, body = "/api/v1/users/actions/filter", {"filter": 'email co "example.com"'}
    result = read(path=path, body=body, query={"limit": 20}, key="data")
    assert result["count"] == len({row["id"] for row in result["json"]}) == 45
    assert [entry.body for entry in tenants.record.find("POST", path)] == [body] * 3


def test_a_filter_is_repeated_after_an_outage_since_it_only_reads(
    read: Read, tenants: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Patience, "spend", lambda *_wait: True)
    tenants.faults.append(Fault("POST /api/v1/users/actions/filter", "cut", times=1))
    assert read(path="/api/v1/users/actions/filter", body={"filter": 'name co "a"'}, retries=1)["status"] == 200


@pytest.mark.parametrize("path", ["/api/v1/spaces", "/api/v1/users/actions/filter/x", "/api/v1/users/actions/invite"])
def test_a_body_is_for_calls_that_only_read(read: Read, tenants: Simulator, path: str) -> None:
    result = read(path=path, body={"name": "x"})
    assert kind(result) == (True, "configuration")
    assert "the path must end in /actions/filter or /actions/count" in result["msg"]
    assert len(tenants.record) == 0


@pytest.mark.parametrize("most", [0, -1])
def test_a_list_of_no_rows_is_refused(read: Read, tenants: Simulator, most: int) -> None:
    result = read(path="/api/v1/spaces", max_items=most)
    assert (kind(result), result["msg"]) == (
        (True, "configuration"),
        f"The option max_items must be at least 1, not {most}.",
    )
    assert len(tenants.record) == 0


@pytest.mark.parametrize("expected", [None, [], [200, 404]], ids=["left out", "empty", "allowed"])
def test_what_is_not_there_fails_unless_it_may_be_missing(read: Read, expected: list[int] | None) -> None:
    result = read(path="/api/v1/spaces/none", status_code=expected)
    if expected:
        assert (result["status"], result["changed"]) == (404, False)
    else:
        assert kind(result) == (True, "not_found")
        assert "GET /api/v1/spaces/none on " in result["msg"]


def test_a_status_may_be_demanded(read: Read) -> None:
    assert kind(read(path="/api/v1/tenants/me", status_code=[202])) == (True, "refused")


def test_headers_go_along(read: Read, tenants: Simulator) -> None:
    read(path="/api/v1/tenants/me", headers={"X-Reason": "why", "accept": "application/xml"})
    headers = tenants.record[-1].headers
    assert (headers["x-reason"], headers["accept"]) == ("why", "application/xml")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"path": "api"}, "The path must begin with /, such as /api/v1/users"),
        ({"path": "/oauth/token"}, "use the module qlikops.cloud.oauth_token"),
        ({"path": "/a", "headers": {"Authorization": "x"}}, "The header Authorization is set by this module"),
        ({"path": "/a", "query": {"a": {"b": 1}}}, "The parameter a of query must be"),
        ({"path": "/a", "timeout": 0}, "The option timeout must be from 1"),
    ],
    ids=["path", "token", "header", "query", "timeout"],
)
def test_a_faulty_wish_asks_for_nothing(
    read: Read, tenants: Simulator, arguments: dict[str, t.Any], message: str
) -> None:
    result = read(**arguments)
    assert kind(result) == (True, "configuration")
    assert message in result["msg"]
    assert len(tenants.record) == 0


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/licenses/overview?x=1", True),
        ("/api/v1/identity-providers/i-1", True),
        ("/api/v1/licenses/status", False),
    ],
)
def test_only_what_holds_a_secret_is_not_shown(path: str, expected: bool) -> None:
    assert REST_INFO.is_confidential({"path": path}) is expected
