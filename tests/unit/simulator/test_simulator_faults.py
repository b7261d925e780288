# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults by script."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from simulator import Fault
from simulator.faults import KINDS, FaultError
from simulator.page_faults import PAGE_FAULTS

TENANTS = "/api/core/tenants"


@pytest.fixture
def faulty(open_simulator, clock):
    """Opens a simulator with these faults, and logs in."""
    return lambda *faults, **options: open_simulator(faults=faults, clock=clock, **options).log_in()


def page(call, **query):
    answer = call("GET", TENANTS, params={"limit": 10, "totalResults": "true", **query})
    assert answer.status_code == 200
    return answer.json()


def follow(call, body):
    return call("GET", f"{TENANTS}?{urlsplit(body['links']['next']['href']).query}").json()


def ids(body):
    return [row["id"] for row in body["data"]]


def test_after_and_times(faulty):
    call = faulty(f"GET {TENANTS} status=503 after=1 times=2")
    assert [call("GET", TENANTS).status_code for _unused in range(5)] == [200, 503, 503, 200, 200]
    assert (call.sim.faults[0].seen, call.sim.faults[0].played) == (5, 2)


def test_every(faulty):
    call = faulty(f"GET {TENANTS} status=503 after=1 every=2 times=2")
    seen = [call("GET", TENANTS).status_code for _unused in range(8)]
    assert seen == [200, 200, 503, 200, 503, 200, 200, 200]


def test_for_ever(faulty):
    call = faulty(Fault(f"GET {TENANTS}", "status", status=500))
    assert [call("GET", TENANTS).status_code for _unused in range(4)] == [500] * 4
    call.sim.faults.clear()
    assert call("GET", TENANTS).status_code == 200


@pytest.mark.parametrize(
    ("match", "befallen"),
    [
        (TENANTS, (1, 1, 0)),
        (f"GET {TENANTS}", (1, 0, 0)),
        (f"* {TENANTS}", (1, 1, 0)),
        ("/api/core", (1, 1, 1)),
        ("GET", (1, 0, 1)),
        ("*", (1, 1, 1)),
        ("GET *", (1, 0, 1)),
        ("console.qlikcloud.com", (1, 1, 1)),
        ("*.us.qlikcloud.com", (0, 0, 0)),
        ("POST console.qlikcloud.com/api", (0, 1, 0)),
        ("/api/*/oauth", (0, 0, 1)),
    ],
)
def test_matching(call, match, befallen):
    call.sim.faults.append(Fault(match, "status", status=418))
    asked = (("GET", TENANTS), ("POST", f"{TENANTS}/actions/filter"), ("GET", "/api/core/oauth-clients"))
    assert tuple(int(call(*request).status_code == 418) for request in asked) == befallen


@pytest.mark.parametrize(
    ("body", "keys"),
    [("A", {"errors", "traceId"}), ("B", {"errors"}), ("E", {"errors"}), ("rfc", {"error", "error_description"})],
)
def test_bodies_of_a_status(faulty, body, keys):
    answer = faulty(f"GET {TENANTS} status=502 body={body} code=X-1")("GET", TENANTS)
    assert set(answer.json()) == keys
    assert "X-1" in answer.text


def test_html_and_empty_bodies(faulty):
    call = faulty(f"GET {TENANTS} status=502 body=html times=1", f"GET {TENANTS} status=502 body=empty")
    first, second = call("GET", TENANTS), call("GET", TENANTS)
    assert (first.status_code, first.headers["Content-Type"]) == (502, "text/html")
    assert (second.status_code, second.content) == (502, b"")


def test_the_family_follows_the_path(faulty):
    call = faulty("GET / status=500")
    assert "traceId" in call("GET", TENANTS).json()
    assert "traceId" not in call("GET", "/api/core/oauth-clients").json()


def test_retry_after(faulty, clock):
    call = faulty(
        f"GET {TENANTS} status=429 times=1",
        f"GET {TENANTS} status=429 times=1 retry_after=7",
        f"GET {TENANTS} status=429 times=1 retry_after=date:30",
        f"GET {TENANTS} status=429 times=1 retry_after=soon",
    )
    seen = [call("GET", TENANTS).headers.get("Retry-After") for _unused in range(4)]
    assert (seen[0], seen[1], seen[3]) == (None, "7", "soon")
    assert parsedate_to_datetime(seen[2]).timestamp() == clock.now + 30


def test_the_code_of_429(faulty):
    assert faulty(f"GET {TENANTS} status=429")("GET", TENANTS).json()["errors"][0]["code"] == "HTTP-429"


def test_html_with_200(faulty):
    answer = faulty(f"GET {TENANTS} html")("GET", TENANTS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("to", "location"),
    [
        ("same", "https://console.qlikcloud.com/api/core/tenants?limit=3"),
        ("other", "https://elsewhere.us.qlikcloud.com/api/core/tenants?limit=3"),
        ("http", "http://console.qlikcloud.com/api/core/tenants?limit=3"),
        ("https://a.example/x", "https://a.example/x"),
    ],
)
def test_redirects(faulty, to, location):
    answer = faulty(f"GET {TENANTS} redirect={to} status=307")("GET", f"{TENANTS}?limit=3")
    assert (answer.status_code, answer.headers["Location"]) == (307, location)


def test_echoed_secrets(faulty):
    call = faulty("/ echo_secret after=1")
    assert call.sim.client_secret in call.grant().json()["errors"][0]["detail"]
    assert call.headers["Authorization"] in call("GET", TENANTS).json()["errors"][0]["detail"]


def test_latency(faulty):
    call = faulty(f"GET {TENANTS} latency seconds=0.15 times=1")
    assert call("GET", TENANTS).elapsed.total_seconds() >= 0.15
    assert call("GET", TENANTS).status_code == 200
    assert call.sim.faults[0].played == 1


def test_latency_and_status_together(faulty):
    answer = faulty(f"GET {TENANTS} latency seconds=0.05", f"GET {TENANTS} status=503")("GET", TENANTS)
    assert answer.status_code == 503
    assert answer.elapsed.total_seconds() >= 0.05


def test_times_hold_for_callers_side_by_side(faulty, new_caller):
    call = faulty(f"GET {TENANTS} latency=0.05", f"GET {TENANTS} status=503 times=2")
    callers = [new_caller(call.sim) for _unused in range(6)]
    for caller in callers:
        caller.headers = call.headers
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda caller: caller("GET", TENANTS).status_code, callers))
    assert sorted(statuses) == [200] * 4 + [503] * 2


def test_latency_of_everything(open_simulator):
    assert open_simulator(latency=0.1).grant().elapsed.total_seconds() >= 0.1


def test_a_cut_before_the_first_byte(faulty):
    call = faulty(f"GET {TENANTS} cut times=1")
    with pytest.raises(requests.ConnectionError, match=r"RemoteDisconnected|ConnectionReset"):
        call("GET", TENANTS)
    assert call.sim.record.count("GET", TENANTS, status=0) == 1
    assert call("GET", TENANTS).status_code == 200


@pytest.mark.parametrize(("kind", "secrets"), [("cut", 1), ("lost", 2)])
def test_a_cut_or_lost_request(faulty, kind, secrets):
    call = faulty(f"POST /api/core/oauth-clients {kind} times=1")
    with pytest.raises(requests.ConnectionError, match=r"RemoteDisconnected|ConnectionReset"):
        call("POST", f"/api/core/oauth-clients/{call.sim.client_id}/client-secrets")
    assert len(call.sim.state.clients[call.sim.client_id].secrets) == secrets
    assert call.sim.record[-1].status == 0


def test_an_empty_answer_can_be_lost(faulty):
    call = faulty("DELETE / lost times=1")
    client = call.sim.add_client("Short-lived").client_id
    with pytest.raises(requests.ConnectionError):
        call("DELETE", f"/api/core/oauth-clients/{client}", headers={"qlik-confirm-delete": client})
    assert client not in call.sim.state.clients


def test_a_cut_in_mid_body(faulty):
    call = faulty(f"GET {TENANTS} cut_body times=1")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        call("GET", TENANTS)
    assert call("GET", TENANTS).status_code == 200


def test_a_slow_body(faulty):
    call = faulty(f"GET {TENANTS} drip seconds=0.3 times=1")
    before = time.monotonic()
    slow = call("GET", TENANTS)
    assert time.monotonic() - before >= 0.3
    assert slow.elapsed.total_seconds() < 0.3
    assert slow.json() == call("GET", TENANTS).json()


def test_malformed_json(faulty):
    answer = faulty(f"GET {TENANTS} malformed")("GET", TENANTS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(
    ("shape", "kind"), [("list", list), ("string", str), ("number", int), ("null", type(None)), ("empty", dict)]
)
def test_wrong_shapes(faulty, shape, kind):
    body = faulty(f"GET {TENANTS} shape={shape}")("GET", TENANTS).json()
    assert isinstance(body, kind)
    assert not isinstance(body, dict) or not body


def test_wrong_shapes_of_rows(faulty):
    call = faulty(f"GET {TENANTS} shape=rows times=1", f"GET {TENANTS} shape=data after=1")
    assert "row" in page(call)["data"]
    assert isinstance(page(call)["data"], dict)


def test_a_wrong_shape_of_a_token(faulty):
    call = faulty("POST /oauth/token shape=empty after=1")
    assert call.grant().json() == {}


def test_tokens_expire_in_mid_list(faulty):
    call = faulty(f"GET {TENANTS} expire_tokens after=1 times=1")
    first = page(call)
    link = f"{TENANTS}?{urlsplit(first['links']['next']['href']).query}"
    assert call("GET", link).status_code == 401
    assert call.log_in()("GET", link).json()["data"][0]["id"] == call.sim.state.tenants[10].id


def test_a_repeated_cursor(faulty):
    call = faulty(f"GET {TENANTS} repeat_cursor")
    second = follow(call, page(call))
    assert ids(follow(call, second)) == ids(second)
    assert follow(call, second)["links"]["next"] == second["links"]["next"]


def test_a_foreign_cursor(faulty):
    call = faulty(f"GET {TENANTS} foreign_cursor")
    body = page(call)
    parts = urlsplit(body["links"]["next"]["href"])
    assert parts.netloc == "collector.example.net"
    assert ids(follow(call, body))[0] == call.sim.state.tenants[10].id


def test_a_bare_link(faulty):
    body = page(faulty(f"GET {TENANTS} bare_link"))
    assert body["links"]["next"]["href"] == "https://api.qlikcloud.com/core/tenants"


@pytest.mark.parametrize(("kind", "link"), [("null_link", None), ("null_href", {"href": None})])
def test_nulls_at_the_end(faulty, kind, link):
    call = faulty(f"GET {TENANTS} {kind}")
    assert page(call)["links"]["next"]["href"]
    assert page(call, limit=100)["links"]["next"] == link


def test_no_links(faulty):
    assert "links" not in page(faulty(f"GET {TENANTS} no_links"))


@pytest.mark.parametrize(("kind", "different"), [("endless", 60), ("endless_same", 10)])
def test_endless_lists(faulty, kind, different):
    call = faulty(f"GET {TENANTS} {kind}")
    body = page(call)
    seen, cursors = ids(body), set()
    for _unused in range(5):
        cursors.add(parse_qs(urlsplit(body["links"]["next"]["href"]).query)["next"][0])
        body = follow(call, body)
        seen += ids(body)
    assert len(seen) == 60
    assert (len(set(seen)), len(cursors)) == (different, 5)


def test_an_empty_page_withholds_nothing(faulty):
    call = faulty(f"GET {TENANTS} empty_page after=1 times=2")
    pages = [page(call)]
    while "next" in pages[-1]["links"]:
        pages.append(follow(call, pages[-1]))
    assert [len(body["data"]) for body in pages] == [10, 0, 0, 10, 5]
    assert [row for body in pages for row in ids(body)] == [tenant.id for tenant in call.sim.state.tenants]


def test_an_empty_first_page(faulty):
    call = faulty(f"GET {TENANTS} empty_page times=1")
    assert len(call.walk(limit=10)) == 25


def test_totals(faulty):
    call = faulty(f"GET {TENANTS} wrong_total times=1", f"GET {TENANTS} no_total after=1")
    assert page(call)["totalResults"] == 26
    assert "totalResults" not in page(call)


def test_a_duplicate_row(faulty):
    call = faulty(f"GET {TENANTS} duplicate times=1")
    first = page(call)
    second = follow(call, first)
    assert second["data"][0] == first["data"][-1]
    assert len(second["data"]) == 11


def test_a_row_that_is_left_out_and_not_counted(faulty):
    call = faulty(f"GET {TENANTS} left_out times=1")
    first = page(call)
    assert (len(first["data"]), first["totalResults"]) == (9, 24)


def test_page_faults_leave_refusals_alone(faulty):
    call = faulty("/api endless times=1")
    assert call("GET", f"{TENANTS}/nobody").status_code == 404
    assert call.sim.faults[0].played == 0


def test_page_faults_work_on_clients_too(call):
    for number in range(3):
        call.sim.add_client(f"Client {number}")
    call.sim.faults.append(Fault("GET /api/core/oauth-clients", "endless"))
    first = call("GET", "/api/core/oauth-clients?limit=2").json()
    second = call("GET", f"/api/core/oauth-clients?{urlsplit(first['links']['next']['href']).query}").json()
    assert len({row["clientId"] for row in first["data"] + second["data"]}) == 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GET /api",
        "nonsense html",
        "GET /api html cut",
        "GET /a /b html",
        "/api status=many",
        "/api status=503 colour=red",
        "/api status=503 body=C",
        "/api shape=round",
        "/api kind=unheard",
        "/api 'html",
        "/api html every=0",
        "/api html every=often",
        "/api html match=/x",
    ],
)
def test_a_fault_that_cannot_be_understood(text):
    with pytest.raises(FaultError):
        Fault.parse(text)


@pytest.mark.parametrize("match", ["", " ", "/a /b", "GET POST /a", "console/api"])
def test_a_match_that_cannot_be_understood(match):
    with pytest.raises(FaultError, match=r"fault matches|neither a path"):
        Fault(match, "html")


def test_parsing():
    fault = Fault.parse("GET /api kind=status status=500 times=2 after=1 title='a b' retry_after=3")
    wanted = Fault("GET /api", "status", times=2, after=1, status=500, title="a b", retry_after="3")
    assert fault == wanted
    assert Fault.parse("GET latency=0.5") == Fault("GET", "latency", seconds=0.5)
    assert Fault.parse("/api drip=2") == Fault("/api", "drip", seconds=2)


def test_every_kind_of_page_fault_is_named():
    assert set(PAGE_FAULTS) < set(KINDS)
