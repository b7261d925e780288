# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import itertools
import socket
import threading
import time
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
import urllib3
from pytest_httpserver import HTTPServer
from werkzeug import Request as Received
from werkzeug import Response as Sent

from ansible_collections.qlikops.cloud.plugins.module_utils import _exchange
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ConfigurationError,
    TransportError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._exchange import USER_AGENT
from ansible_collections.qlikops.cloud.plugins.module_utils._http import MAX_REDIRECTS, Transport, origin_of
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings, Request

TOKEN = "t0ken-0123456789"
PASSWORD = "pr0xy-passw0rd"
GET = Request("GET", "/api", repeatable=True)
Reach = t.Callable[..., Transport]
Wire = t.Callable[[t.Callable[[socket.socket], None]], str]
Discreet = t.Callable[..., t.Any]

# version 1.26 waits for whole chunks, and does not count what came
with_newer_urllib3 = pytest.mark.skipif(not hasattr(urllib3.response.HTTPResponse, "read1"), reason="urllib3 is old")


# Addresses


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://console.qlikcloud.com:443", "https://console.qlikcloud.com", id="usual port"),
        pytest.param("http://[::1]:80", "http://[::1]", id="usual port of http"),
        pytest.param("https://console.qlikcloud.com", "https://console.qlikcloud.com", id="plain"),
        pytest.param(" https://console.qlikcloud.com/ \n", "https://console.qlikcloud.com", id="slash and white space"),
        pytest.param("HTTPS://Console.QlikCloud.com", "https://console.qlikcloud.com", id="another case"),
        pytest.param("https://console.example:8443", "https://console.example:8443", id="port"),
        pytest.param("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443", id="IPv6"),
        pytest.param("https://under_score-1.example", "https://under_score-1.example", id="every letter of a host"),
        pytest.param("http://localhost:8000", "http://localhost:8000", id="loopback by name"),
        pytest.param("http://127.0.0.1", "http://127.0.0.1", id="loopback"),
        pytest.param("http://[::1]:1", "http://[::1]:1", id="IPv6 loopback"),
    ],
)
def test_origin(url: str, expected: str) -> None:
    assert origin_of(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="nothing"),
        pytest.param("console.qlikcloud.com", id="no scheme"),
        pytest.param("//console.qlikcloud.com", id="no scheme but slashes"),
        pytest.param("http://console.qlikcloud.com", id="plain http"),
        pytest.param("http://127.0.0.1.example", id="plain http to a host like loopback"),
        pytest.param("ftp://localhost", id="another scheme"),
        pytest.param("https://", id="no host"),
        pytest.param("https://console.qlikcloud.com/api", id="path"),
        pytest.param("https://console.qlikcloud.com?x=1", id="query"),
        pytest.param("https://console.qlikcloud.com#x", id="fragment"),
        pytest.param("https://console.qlikcloud.com:port", id="port that is a word"),
        pytest.param("https://console.qlikcloud.com:99999", id="port too high"),
        pytest.param("https://[::1", id="half an IPv6 address"),
        pytest.param("https://[fe80::1%25eth0]", id="IPv6 zone"),
        pytest.param("https://two words.example", id="space in the host"),
        pytest.param("https://evil.example%2f.eu.qlikcloud.com", id="encoded slash in the host"),
        # urllib.parse sees a host under qlikcloud.com here, requests calls evil.example
        pytest.param("https://evil.example\\.eu.qlikcloud.com", id="backslash in the host"),
        pytest.param("https://tenänt.eu.qlikcloud.com", id="letters beyond ASCII"),
    ],
)
def test_what_is_no_origin_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        origin_of(url)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://", "(no host given)"),
        ("https://a.example/x", "(a.example given)"),
        ("http://b.example", "of b.example must"),
    ],
)
def test_a_refused_origin_is_told_by_its_host(url: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        origin_of(url)
    assert told in str(caught.value)


@pytest.mark.parametrize("user", [f"somebody:{PASSWORD}", f":{PASSWORD}", PASSWORD])
def test_password_in_a_base_url_is_refused_and_not_shown(user: str, discreet: Discreet) -> None:
    with discreet(ConfigurationError, PASSWORD):
        origin_of(f"https://{user}@console.qlikcloud.com")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://a.example:8443", "a.example:8443"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("https://a.example", "a.example"),
    ],
)
def test_host_of_a_transport_has_its_port(url: str, host: str) -> None:
    assert Transport(url).host == host


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("@evil.example/", id="our host as user"),
        pytest.param(".evil.example/", id="our host as a label"),
        pytest.param(":1/", id="another port"),
        pytest.param("api", id="relative"),
        pytest.param("", id="empty"),
    ],
)
def test_a_path_cannot_change_the_host(reach: Reach, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests.Session.request", pytest.fail)
    with pytest.raises(ConfigurationError, match=r"path on console\.example must begin with /"):
        reach("https://console.example").send(Request("GET", path))


# One exchange


def test_request_arrives_as_it_was_given(httpserver: HTTPServer, reach: Reach) -> None:
    httpserver.expect_oneshot_request("/api/core/tenants").respond_with_json({"total": 1}, status=200)
    response = reach(httpserver.url_for("")).send(
        Request("POST", "/api/core/tenants", query=[("sort", "+name"), ("next", "a&b")], body={"filter": 'x eq "ä"'})
        .with_header("Authorization", f"Bearer {TOKEN}")
        .with_header("Accept", "text/csv")
    )
    assert (response.status, response.json(), response.host) == (200, {"total": 1}, f"localhost:{httpserver.port}")
    ((received, _sent),) = httpserver.log
    assert (received.method, received.query_string) == ("POST", b"sort=%2Bname&next=a%26b")
    assert received.get_json() == {"filter": 'x eq "ä"'}
    assert received.headers["Authorization"] == f"Bearer {TOKEN}"
    assert received.headers["User-Agent"] == USER_AGENT
    assert received.headers["Accept"] == "text/csv"


def test_request_without_a_body_has_none(httpserver: HTTPServer, reach: Reach) -> None:
    httpserver.expect_oneshot_request("/api").respond_with_json({})
    reach(httpserver.url_for("")).send(GET)
    ((received, _sent),) = httpserver.log
    assert received.get_data() == b""
    assert "Content-Type" not in received.headers
    assert received.headers["Accept"] == "application/json"


def test_an_empty_object_is_a_body(httpserver: HTTPServer, reach: Reach) -> None:
    httpserver.expect_oneshot_request("/api", json={}).respond_with_json({})
    assert reach(httpserver.url_for("")).send(Request("POST", "/api", body={})).status == 200


@pytest.mark.parametrize("status", [201, 204, 400, 401, 403, 404, 409, 412, 418, 501])
def test_a_status_is_no_business_of_transport(
    httpserver: HTTPServer, reach: Reach, naps: list[float], status: int
) -> None:
    httpserver.expect_request("/api").respond_with_data(b"", status=status)
    assert reach(httpserver.url_for(""), retries=3).send(GET).status == status
    assert len(httpserver.log) == 1
    assert naps == []


def test_headers_of_an_answer_are_found_in_any_case(httpserver: HTTPServer, reach: Reach) -> None:
    httpserver.expect_request("/api").respond_with_data(b"", headers={"X-B3-Traceid": "f00"})
    assert reach(httpserver.url_for("")).send(GET).headers["x-b3-traceid"] == "f00"


@pytest.mark.parametrize("place", ["NETRC", "home"])
def test_netrc_is_ignored(
    httpserver: HTTPServer, reach: Reach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    netrc = tmp_path / "home" / ".netrc"
    netrc.parent.mkdir()
    netrc.write_text(f"machine localhost login somebody password {PASSWORD}\n")
    netrc.chmod(0o600)
    if place == "NETRC":
        monkeypatch.setenv("NETRC", str(netrc))
    httpserver.expect_request("/api").respond_with_json({})
    reach(httpserver.url_for("")).send(GET)
    ((received, _sent),) = httpserver.log
    assert "Authorization" not in received.headers


def test_compressed_body_is_unpacked(httpserver: HTTPServer, reach: Reach) -> None:
    packed = gzip.compress(b'{"total": 7}')
    httpserver.expect_request("/api").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    assert reach(httpserver.url_for("")).send(GET).json() == {"total": 7}


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "compressed"])
def test_a_body_without_end_is_not_read_to_its_end(
    httpserver: HTTPServer, reach: Reach, monkeypatch: pytest.MonkeyPatch, pack: t.Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(_exchange, "MAX_BODY", 1 << 20)
    headers = {} if pack is bytes else {"Content-Encoding": "gzip"}
    httpserver.expect_request("/api").respond_with_data(pack(b"0" * (1 << 20) + b"0"), headers=headers)
    with pytest.raises(TransportError, match=r"localhost:\d+ sent more than 1 MiB in one answer") as caught:
        reach(httpserver.url_for(""), retries=3).send(GET)
    assert not caught.value.transient
    assert len(httpserver.log) == 1


def test_a_body_of_the_longest_length_is_read(
    httpserver: HTTPServer, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_exchange, "MAX_BODY", 1 << 20)
    httpserver.expect_request("/api").respond_with_data(b"0" * (1 << 20))
    assert len(reach(httpserver.url_for("")).send(GET).body) == 1 << 20


def sending(*pieces: bytes, every: float = 0.0) -> t.Callable[[socket.socket], None]:
    """Answers each connection with the same pieces."""

    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(every)

    return talk


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@with_newer_urllib3
def test_a_body_that_drips_in_ends_with_the_timeout(wire: Wire, reach: Reach) -> None:
    url = wire(sending(HEAD, *[b"x"] * 90, every=0.05))
    started = time.monotonic()
    with pytest.raises(TransportError, match=r"did not finish its answer within 0\.2 seconds") as caught:
        reach(url, timeout=0.2).send(GET)
    assert time.monotonic() - started < 2
    assert caught.value.transient


@with_newer_urllib3
def test_the_time_for_a_body_begins_when_its_headers_have_come(wire: Wire, reach: Reach) -> None:
    """Here the upload takes longer than the answer may."""

    def slowly() -> t.Iterator[bytes]:
        for _piece in range(4):
            time.sleep(0.15)
            yield b"x"

    def talk(connection: socket.socket) -> None:
        received = b""
        while not received.endswith(b"0\r\n\r\n"):
            received += connection.recv(4096)
        connection.sendall(WHOLE)

    request = Request("POST", "/api", content=lambda: contextlib.nullcontext(slowly()))
    assert reach(wire(talk), timeout=0.4).send(request).body == b"whole"


def test_a_body_that_stops_ends_with_the_timeout(wire: Wire, reach: Reach) -> None:
    left = threading.Event()

    def talk(connection: socket.socket) -> None:
        sending(HEAD, b"xxx")(connection)
        left.wait(10)

    with pytest.raises(TransportError, match=r"did not answer within 0\.2 seconds") as caught:
        reach(wire(talk), timeout=0.2).send(GET)
    left.set()
    assert caught.value.transient


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(
            (HEAD, b"xxx"),
            id="shorter than announced",
            marks=with_newer_urllib3,
        ),
        pytest.param((CHUNKED, b"3\r\nxxx\r\n"), id="no last chunk"),
        pytest.param((CHUNKED, b"ff\r\nxxx"), id="in a chunk"),
        pytest.param((CHUNKED, b"no length\r\nxxx"), id="a chunk without a length"),
    ],
)
def test_a_cut_body_is_no_answer(wire: Wire, reach: Reach, discreet: Discreet, pieces: tuple[bytes, ...]) -> None:
    url = wire(sending(*pieces))
    with discreet(TransportError, TOKEN) as caught:
        reach(url).send(GET.with_header("Authorization", TOKEN))
    assert str(caught.value) == f"The connection to {url[7:]} failed: it was cut before the answer was complete."
    assert caught.value.transient


# Repeating


def answers(httpserver: HTTPServer, *sequence: tuple[int, dict[str, str]]) -> None:
    turns = iter(sequence)

    def handle(_request: Received) -> Sent:
        status, headers = next(turns)
        return Sent(str(status), status, headers)

    httpserver.expect_request("/api").respond_with_handler(handle)


POST = Request("POST", "/api", body={})


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_troubles_of_the_service_are_sat_out(
    httpserver: HTTPServer, reach: Reach, naps: list[float], status: int
) -> None:
    answers(httpserver, (status, {}), (status, {}), (200, {}))
    assert reach(httpserver.url_for(""), retries=2).send(GET).status == 200
    assert naps == [1, 2]


def test_retry_after_of_a_trouble_is_heeded(httpserver: HTTPServer, reach: Reach, naps: list[float]) -> None:
    answers(httpserver, (503, {"Retry-After": "17"}), (200, {}))
    assert reach(httpserver.url_for(""), retries=1).send(GET).status == 200
    assert naps == [17]


def test_after_the_last_retry_the_trouble_is_the_answer(
    httpserver: HTTPServer, reach: Reach, naps: list[float]
) -> None:
    answers(httpserver, *[(503, {})] * 4)
    assert reach(httpserver.url_for(""), retries=3).send(GET).status == 503
    assert naps == [1, 2, 4]
    assert len(httpserver.log) == 4


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_must_not_happen_twice_is_sent_once(
    httpserver: HTTPServer, reach: Reach, naps: list[float], status: int
) -> None:
    answers(httpserver, (status, {}))
    assert reach(httpserver.url_for(""), retries=3).send(POST).status == status
    assert naps == []


@pytest.mark.parametrize(("request_", "retries"), [(GET, 3), (POST, 0)], ids=["GET", "POST, not repeatable"])
def test_rate_limit_is_waited_for_as_told(
    httpserver: HTTPServer, reach: Reach, naps: list[float], request_: Request, retries: int
) -> None:
    answers(httpserver, *[(429, {"Retry-After": "7"})] * 5, (200, {}))
    assert reach(httpserver.url_for(""), retries=retries).send(request_).status == 200
    assert naps == [7] * 5


def test_rate_limit_without_retry_after_backs_off(httpserver: HTTPServer, reach: Reach, naps: list[float]) -> None:
    answers(httpserver, *[(429, {})] * 3, (200, {}))
    assert reach(httpserver.url_for("")).send(GET).status == 200
    assert naps == [1, 2, 4]


def test_a_long_wait_is_told(httpserver: HTTPServer) -> None:
    told: list[str] = []
    answers(httpserver, (429, {"Retry-After": "7"}), (200, {}))
    url = httpserver.url_for("")
    Transport(url, HttpSettings(), sleep=lambda _seconds: None, jitter=lambda: 0.0, tell=told.append).send(GET)
    assert told == [f"localhost:{httpserver.port} limits the rate of requests. Trying again in 7 seconds."]


def telling(url: str) -> tuple[Transport, list[str]]:
    told: list[str] = []
    settings = HttpSettings(retries=1)
    return Transport(url, settings, sleep=lambda _seconds: None, jitter=lambda: 3.0, tell=told.append), told


def test_the_reason_of_a_long_wait_is_told(httpserver: HTTPServer) -> None:
    answers(httpserver, (503, {}), (200, {}))
    transport, told = telling(httpserver.url_for(""))
    transport.send(GET)
    assert told == [f"localhost:{httpserver.port} answered 503. Trying again in 4 seconds."]


def test_the_reason_of_a_failed_connection_is_told(closed_port: int) -> None:
    transport, told = telling(f"http://127.0.0.1:{closed_port}")
    with pytest.raises(TransportError):
        transport.send(GET)
    reason = f"The connection to 127.0.0.1:{closed_port} failed: Connection refused."
    assert told == [f"{reason} Trying again in 4 seconds."]


def test_rate_limit_that_lasts_longer_than_max_wait_is_the_answer(
    httpserver: HTTPServer, reach: Reach, naps: list[float]
) -> None:
    answers(httpserver, *[(429, {"Retry-After": "10"})] * 3)
    assert reach(httpserver.url_for(""), max_wait=25).send(GET).status == 429
    assert naps == [10, 10]


def test_max_wait_is_shared_by_all_requests_of_a_transport(
    httpserver: HTTPServer, reach: Reach, naps: list[float]
) -> None:
    answers(httpserver, (429, {"Retry-After": "10"}), (200, {}), (429, {"Retry-After": "10"}))
    transport = reach(httpserver.url_for(""), max_wait=15)
    assert [transport.send(GET).status for _request in range(2)] == [200, 429]
    assert naps == [10]


def test_jitter_keeps_clients_apart(httpserver: HTTPServer) -> None:
    naps: list[float] = []
    answers(httpserver, (429, {"Retry-After": "5"}), (200, {}))
    Transport(httpserver.url_for(""), HttpSettings(), sleep=naps.append, jitter=lambda: 0.5).send(GET)
    assert naps == [5.5]


def test_a_cut_connection_is_tried_again(wire: Wire, reach: Reach, naps: list[float]) -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    turns = iter([b"", CHUNKED + b"3\r\nxxx", whole])

    def answer(connection: socket.socket) -> None:
        sending(next(turns))(connection)

    url = wire(answer)
    assert reach(url, retries=2).send(GET).json() == {}
    assert naps == [1, 2]


@pytest.mark.parametrize(
    ("request_", "retries", "waits"),
    [
        pytest.param(GET, 2, [1, 2], id="after the retries"),
        pytest.param(POST, 2, [1, 2], id="also when it must not happen twice, since nothing was sent"),
        pytest.param(GET, 0, [], id="at once without retries"),
    ],
)
def test_a_refused_connection_is_an_error(
    reach: Reach, naps: list[float], closed_port: int, request_: Request, retries: int, waits: list[float]
) -> None:
    with pytest.raises(TransportError, match="Connection refused"):
        reach(f"http://127.0.0.1:{closed_port}", retries=retries).send(request_)
    assert naps == waits


def test_what_another_try_cannot_mend_is_not_tried_again(
    tls_server: HTTPServer, reach: Reach, naps: list[float]
) -> None:
    with pytest.raises(TransportError, match="does not verify"):
        reach(f"https://localhost:{tls_server.port}", retries=3).send(GET)
    assert naps == []


# Contents and sinks


class Full(io.BytesIO):
    """A file on a disk that is full after a few bytes."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def write(self, chunk: t.Any) -> int:
        if self.tell() + len(chunk) > self._room:
            raise OSError(28, "No space left on device")
        return super().write(chunk)


class Reader:
    """Hands out the same bytes at each try, and remembers how often it was opened and closed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: list[t.IO[bytes]] = []

    def __call__(self) -> t.IO[bytes]:
        self.files.append(self.path.open("rb"))
        return self.files[-1]


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    path = tmp_path / "upload"
    path.write_bytes(bytes(range(256)) * 4096)
    return Reader(path)


def test_a_file_arrives_whole_and_with_its_length(httpserver: HTTPServer, reach: Reach, reader: Reader) -> None:
    httpserver.expect_request("/api").respond_with_json({})
    request = Request("POST", "/api", content=reader, headers={"Content-Type": "application/x"})
    assert reach(httpserver.url_for("")).send(request).status == 200
    ((received, _sent),) = httpserver.log
    assert received.get_data() == reader.path.read_bytes()
    assert received.headers["Content-Length"] == str(256 * 4096)
    assert received.headers["Content-Type"] == "application/x"
    assert [file.closed for file in reader.files] == [True]


@pytest.mark.parametrize(
    ("content", "arrived"), [(b"", b""), (b"caf\xc3\xa9", b"caf\xc3\xa9")], ids=["nothing", "bytes"]
)
def test_bytes_arrive_as_they_are(httpserver: HTTPServer, reach: Reach, content: bytes, arrived: bytes) -> None:
    httpserver.expect_request("/api").respond_with_json({})
    reach(httpserver.url_for("")).send(Request("POST", "/api", content=lambda: contextlib.nullcontext(content)))
    ((received, _sent),) = httpserver.log
    assert received.get_data() == arrived
    assert received.headers["Content-Length"] == str(len(arrived))
    assert "Content-Type" not in received.headers


@pytest.mark.parametrize("status", [429, 503])
def test_an_upload_begins_anew_with_each_try(httpserver: HTTPServer, reach: Reach, reader: Reader, status: int) -> None:
    answers(httpserver, (status, {}), (status, {}), (200, {}))
    request = Request("PUT", "/api", content=reader, repeatable=True)
    assert reach(httpserver.url_for(""), retries=2).send(request).status == 200
    assert [received.get_data() for received, _sent in httpserver.log] == [reader.path.read_bytes()] * 3
    assert [file.closed for file in reader.files] == [True] * 3


def test_an_upload_that_was_cut_begins_anew(wire: Wire, reach: Reach, tmp_path: Path) -> None:
    heads: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heads.append(connection.recv(4096))
        while len(heads) > 1 and not heads[-1].endswith(b"content"):
            heads.append(connection.recv(4096))
        connection.sendall(WHOLE if len(heads) > 1 else b"")

    (tmp_path / "small").write_bytes(b"content")
    reader = Reader(tmp_path / "small")
    assert reach(wire(talk), retries=1).send(Request("PUT", "/api", content=reader, repeatable=True)).status == 200
    assert [file.closed for file in reader.files] == [True] * 2


def test_content_that_cannot_be_opened_is_no_trouble_of_the_connection(reach: Reach, closed_port: int) -> None:
    def refuse() -> t.NoReturn:
        raise ConfigurationError("The file cannot be read.")

    with pytest.raises(ConfigurationError, match=r"The file cannot be read\."):
        reach(f"http://127.0.0.1:{closed_port}").send(Request("POST", "/api", content=refuse))


WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole"


@pytest.mark.parametrize("status", [200, 201, 206])
def test_a_successful_answer_goes_into_the_sink(httpserver: HTTPServer, reach: Reach, status: int) -> None:
    httpserver.expect_request("/api").respond_with_data(b"x" * 200_000, status=status)
    sink = io.BytesIO(b"what was there before" * 20_000)
    response = reach(httpserver.url_for("")).send(Request("GET", "/api", sink=sink))
    assert (response.status, response.body, sink.getvalue()) == (status, b"", b"x" * 200_000)


@pytest.mark.parametrize("status", [300, 304, 401, 404, 500])
def test_a_refusal_is_read_and_not_kept(httpserver: HTTPServer, reach: Reach, status: int) -> None:
    body = b"" if status == 304 else b"refused"
    httpserver.expect_request("/api").respond_with_data(body, status=status)
    sink = io.BytesIO(b"before")
    response = reach(httpserver.url_for("")).send(Request("GET", "/api", sink=sink))
    assert (response.body, sink.getvalue()) == (body, b"before")


def test_a_kept_answer_may_be_longer_than_one_in_memory(
    httpserver: HTTPServer, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_exchange, "MAX_BODY", 1000)
    httpserver.expect_request("/api").respond_with_data(b"x" * 1001)
    sink = io.BytesIO()
    reach(httpserver.url_for("")).send(Request("GET", "/api", sink=sink))
    assert len(sink.getvalue()) == 1001


@with_newer_urllib3
def test_a_kept_answer_may_take_its_time(wire: Wire, reach: Reach) -> None:
    url = wire(sending(WHOLE[:-5], *[bytes([sign]) for sign in b"whole"], every=0.1))
    sink = io.BytesIO()
    assert reach(url, timeout=0.3).send(Request("GET", "/api", sink=sink)).status == 200
    assert sink.getvalue() == b"whole"


def test_a_packed_answer_is_kept_unpacked(httpserver: HTTPServer, reach: Reach) -> None:
    packed = gzip.compress(b"x" * 5000)
    httpserver.expect_request("/api").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    sink = io.BytesIO()
    reach(httpserver.url_for("")).send(Request("GET", "/api", sink=sink))
    assert sink.getvalue() == b"x" * 5000


def test_an_answer_of_unknown_length_is_kept(wire: Wire, reach: Reach) -> None:
    sink = io.BytesIO()
    reach(wire(sending(CHUNKED + b"5\r\nwhole\r\n0\r\n\r\n"))).send(Request("GET", "/api", sink=sink))
    assert sink.getvalue() == b"whole"


@pytest.mark.parametrize(
    "truncated",
    [
        pytest.param(WHOLE[:-3], id="shorter than announced"),
        pytest.param(CHUNKED + b"5\r\nwho", id="in a chunk"),
        pytest.param(CHUNKED + b"3\r\nwho\r\n", id="no last chunk"),
    ],
)
def test_a_truncated_download_is_no_answer(wire: Wire, reach: Reach, truncated: bytes) -> None:
    with pytest.raises(TransportError) as caught:
        reach(wire(sending(truncated))).send(Request("GET", "/api", sink=io.BytesIO()))
    assert caught.value.transient


def test_a_truncated_download_is_told_even_when_its_reader_does_not_see_it(
    wire: Wire, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """urllib3 1.26 does not count what came."""
    monkeypatch.setattr(_exchange, "_arriving", lambda _answer: iter([b"wh"]))
    with pytest.raises(TransportError, match="sent 2 of 5 bytes") as caught:
        reach(wire(sending(WHOLE))).send(Request("GET", "/api", sink=io.BytesIO()))
    assert caught.value.transient


def test_a_download_begins_anew_with_each_try(wire: Wire, reach: Reach, naps: list[float]) -> None:
    outage = b"HTTP/1.1 503 Trouble\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    turns = iter([WHOLE[:-3], CHUNKED + b"9\r\nwhole", outage, WHOLE])
    sink = io.BytesIO()

    def answer(connection: socket.socket) -> None:
        sending(next(turns))(connection)

    transport = reach(wire(answer), retries=3)
    assert transport.send(Request("GET", "/api", sink=sink, repeatable=True)).status == 200
    assert sink.getvalue() == b"whole"
    assert naps == [1, 2, 4]


@pytest.mark.parametrize("room", [0, 100_000], ids=["at once", "later"])
def test_a_full_disk_is_no_trouble_of_the_connection(
    httpserver: HTTPServer, reach: Reach, naps: list[float], room: int
) -> None:
    httpserver.expect_request("/api").respond_with_data(b"x" * 200_000)
    with pytest.raises(ConfigurationError, match=r"What localhost:\d+ sends cannot be written: No space left"):
        reach(httpserver.url_for(""), retries=3).send(replace(GET, sink=Full(room)))
    assert naps == []


def test_a_sink_that_cannot_be_emptied_is_no_trouble_of_the_connection(
    httpserver: HTTPServer, reach: Reach, naps: list[float]
) -> None:
    httpserver.expect_request("/api").respond_with_data(b"x")
    with Path("/dev/full").open("r+b", buffering=0) as sink, pytest.raises(ConfigurationError, match="be written"):
        reach(httpserver.url_for(""), retries=3).send(replace(GET, sink=sink))
    assert naps == []


# What was never sent


def test_a_call_that_was_never_sent_is_repeated(
    wire: Wire, reach: Reach, naps: list[float], closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it must not happen twice: the first try finds nobody listening."""
    heads: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heads.append(connection.recv(4096))
        connection.sendall(WHOLE)

    port = int(wire(talk).rpartition(":")[2])
    real, ports = socket.socket.connect, iter([closed_port, port])
    monkeypatch.setattr(socket.socket, "connect", lambda self, _place: real(self, ("127.0.0.1", next(ports))))
    assert reach(f"http://127.0.0.1:{port}", retries=1).send(Request("POST", "/api")).body == b"whole"
    assert (naps, len(heads)) == ([1], 1)


@pytest.mark.parametrize("pieces", [(), (b"HTTP/1.1 20",), (WHOLE[:-3],)], ids=["no answer", "half a head", "half"])
def test_a_call_that_was_cut_is_not_repeated(
    wire: Wire, reach: Reach, naps: list[float], pieces: tuple[bytes, ...]
) -> None:
    calls: list[None] = []

    def talk(connection: socket.socket) -> None:
        calls.append(None)
        sending(*pieces)(connection)

    with pytest.raises(TransportError) as caught:
        reach(wire(talk), retries=3).send(POST)
    assert (caught.value.unsent, len(calls), naps) == (False, 1, [])


# Redirects


def redirect(httpserver: HTTPServer, location: str | None, status: int = 302) -> None:
    headers = {} if location is None else {"Location": location}
    handler = httpserver.expect_request("/api")
    handler.respond_with_handler(lambda _request: Sent("", status, headers))


@pytest.fixture(scope="module")
def _elsewhere() -> t.Iterator[HTTPServer]:
    with HTTPServer() as server:
        yield server


@pytest.fixture
def elsewhere(_elsewhere: HTTPServer) -> HTTPServer:
    """A second server, which must not be reached."""
    _elsewhere.clear()
    _elsewhere.expect_request("/").respond_with_json({})
    return _elsewhere


SIGNED = Request("GET", "/api", query=[("a", "1")], repeatable=True).with_header("Authorization", f"Bearer {TOKEN}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("start", ["", "http://localhost:{}", "//LOCALHOST:{}"], ids=["path", "address", "other case"])
def test_redirects_on_the_same_host_are_followed_with_the_token(
    httpserver: HTTPServer, reach: Reach, start: str, status: int
) -> None:
    redirect(httpserver, f"{start.format(httpserver.port)}/users/1?next=%26x#part", status)
    httpserver.expect_request("/users/1", query_string="next=%26x").respond_with_json({"id": 1})
    assert reach(httpserver.url_for("")).send(SIGNED).json() == {"id": 1}
    assert [received.headers["Authorization"] for received, _sent in httpserver.log] == [f"Bearer {TOKEN}"] * 2


def test_a_redirect_may_name_its_host_in_another_case(wire: Wire, reach: Reach) -> None:
    answers_given = iter([b"302 Found\r\nLocation: HTTP://LocalHost:%s/next", b"200 OK"])

    def talk(connection: socket.socket) -> None:
        head = next(answers_given).replace(b"%s", str(connection.getsockname()[1]).encode())
        sending(b"HTTP/1.1 " + head + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")(connection)

    assert reach(wire(talk).replace("127.0.0.1", "localhost")).send(GET).status == 200


def test_a_redirect_may_name_no_path(httpserver: HTTPServer, reach: Reach) -> None:
    redirect(httpserver, f"http://localhost:{httpserver.port}?x=1")
    httpserver.expect_request("/", query_string="x=1").respond_with_json({"id": 1})
    assert reach(httpserver.url_for("")).send(GET).json() == {"id": 1}


@pytest.mark.parametrize(
    ("location", "place"),
    [
        pytest.param("http://127.0.0.1:{here}/", "127.0.0.1", id="another name"),
        pytest.param("http://localhost:{there}/", "localhost", id="another port"),
        pytest.param("//127.0.0.1:{there}/", "127.0.0.1", id="no scheme"),
        pytest.param("https://localhost:{here}/", "localhost", id="another scheme"),
        pytest.param("http://localhost:{here}@127.0.0.1:{there}/", "127.0.0.1", id="our host as user"),
        pytest.param("http://user@localhost:{here}/", "localhost", id="a user"),
        pytest.param("ftp:/x", "nowhere", id="no host"),
    ],
)
def test_redirects_to_another_place_are_refused(
    httpserver: HTTPServer, elsewhere: HTTPServer, reach: Reach, discreet: Discreet, location: str, place: str
) -> None:
    redirect(httpserver, location.format(here=httpserver.port, there=elsewhere.port))
    with discreet(AnswerError, TOKEN) as caught:
        reach(httpserver.url_for(""), retries=3).send(SIGNED)
    assert f"localhost:{httpserver.port} redirects GET requests to {place}; " in str(caught.value)
    assert (len(httpserver.log), len(elsewhere.log)) == (1, 0)


@pytest.mark.parametrize("location", ["http://[", "//[x", "http://[::x]/"])
def test_redirects_to_no_address_at_all_are_refused(wire: Wire, reach: Reach, location: str) -> None:
    url = wire(sending(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()))
    with pytest.raises(AnswerError, match="redirects GET requests to "):
        reach(url).send(GET)


def test_a_redirect_to_what_is_no_host_is_told_without_it(wire: Wire, reach: Reach) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: https://a\x1bb/\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(AnswerError, match="to nowhere;"):
        reach(wire(sending(head))).send(GET)


@with_newer_urllib3
def test_the_body_of_a_redirect_is_bounded_as_any_other(wire: Wire, reach: Reach) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 100\r\n\r\n"
    started = time.monotonic()
    with pytest.raises(TransportError, match="did not finish its answer"):
        reach(wire(sending(head, *[b"x"] * 60, every=0.05)), timeout=0.2).send(GET)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("status", [302, 303, 307, 308])
def test_redirects_of_what_changes_something_are_refused(
    httpserver: HTTPServer, reach: Reach, discreet: Discreet, method: str, status: int
) -> None:
    redirect(httpserver, "/elsewhere", status)
    with discreet(AnswerError, TOKEN) as caught:
        reach(httpserver.url_for("")).send(Request(method, "/api", body={"client_secret": TOKEN}))
    assert f"redirects {method} requests to localhost;" in str(caught.value)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("location", ["/api", None, ""], ids=["to itself", "no location", "empty location"])
def test_redirects_in_a_circle_end(httpserver: HTTPServer, reach: Reach, location: str | None) -> None:
    redirect(httpserver, location)
    with pytest.raises(AnswerError, match="redirects in a circle"):
        reach(httpserver.url_for("")).send(GET)
    assert len(httpserver.log) == MAX_REDIRECTS + 1


def test_as_many_redirects_as_allowed_are_followed(httpserver: HTTPServer, reach: Reach) -> None:
    for hop in range(MAX_REDIRECTS):
        target = f"/api/{hop + 1}"
        httpserver.expect_request(f"/api/{hop}").respond_with_data(status=302, headers={"Location": target})
    httpserver.expect_request(f"/api/{MAX_REDIRECTS}").respond_with_json({"end": True})
    assert reach(httpserver.url_for("")).send(Request("GET", "/api/0")).json() == {"end": True}


def test_a_status_between_the_redirects_is_an_answer(httpserver: HTTPServer, reach: Reach) -> None:
    httpserver.expect_request("/api").respond_with_data(status=304, headers={"Location": "/x"})
    assert reach(httpserver.url_for("")).send(GET).status == 304


def test_trouble_after_a_redirect_begins_again_at_the_start(
    httpserver: HTTPServer, reach: Reach, naps: list[float]
) -> None:
    redirect(httpserver, "/second")
    turns = iter([503, 200])
    httpserver.expect_request("/second").respond_with_handler(lambda _request: Sent("", next(turns)))
    assert reach(httpserver.url_for(""), retries=1).send(GET).status == 200
    assert [received.path for received, _sent in httpserver.log] == ["/api", "/second"] * 2


# Trust


@pytest.fixture
def stranger_file(tmp_path: Path) -> str:
    """An authority that has signed nothing we meet."""
    path = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(path)
    return str(path)


def verifies(tls_server: HTTPServer, reach: Reach, ca_path: str | None = None) -> bool:
    tls_server.expect_request("/api").respond_with_json({})
    transport = reach(f"https://localhost:{tls_server.port}", ca_path=ca_path)
    with contextlib.suppress(TransportError):
        return transport.send(GET).status == 200
    return False


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_authority_of_the_environment_is_trusted(
    tls_server: HTTPServer, reach: Reach, authority_file: str, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    assert not verifies(tls_server, reach)
    monkeypatch.setenv(variable, authority_file)
    assert verifies(tls_server, reach)


def test_ca_path_beats_the_environment(
    tls_server: HTTPServer, reach: Reach, authority_file: str, stranger_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", stranger_file)
    assert not verifies(tls_server, reach)
    assert verifies(tls_server, reach, authority_file)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority_file)
    assert not verifies(tls_server, reach, stranger_file)


def test_an_authority_that_goes_away_during_the_run_is_an_error(
    reach: Reach, tmp_path: Path, authority_file: str
) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(Path(authority_file).read_bytes())
    transport = reach("https://localhost:1", ca_path=str(path))
    assert transport._wire
    path.unlink()
    with pytest.raises(TransportError, match="The connection to localhost:1 failed"):
        transport.send(GET)


def test_unusable_authority_is_told_before_anything_is_sent(reach: Reach, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        reach("https://console.example", ca_path=str(tmp_path / "missing.pem")).send(GET)


# Proxies


class Relay:
    """A proxy: keeps the heads of requests, and lets CONNECT through to one port of loopback."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heads: list[str] = []

    def __call__(self, connection: socket.socket) -> None:
        self.heads.append(connection.recv(4096).decode())
        if not self.heads[-1].startswith("CONNECT"):
            connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"by": 1}')
            return
        with socket.create_connection(("127.0.0.1", self.port)) as target:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=self.pump, args=(target, connection))
            back.start()
            self.pump(connection, target)
            back.join()

    @staticmethod
    def pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while received := source.recv(65_536):
                target.sendall(received)
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def relay(tls_server: HTTPServer, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Relay:
    """All requests go through it; localhost is the only host it knows."""
    relay = Relay(tls_server.port)
    place = wire(relay).removeprefix("http://")
    monkeypatch.setenv("ALL_PROXY", f"http://somebody:{PASSWORD}@{place}")
    return relay


LOGIN = base64.b64encode(f"somebody:{PASSWORD}".encode()).decode()


def test_https_goes_through_the_proxy_unseen(
    tls_server: HTTPServer, relay: Relay, reach: Reach, authority_file: str
) -> None:
    tls_server.expect_request("/api").respond_with_json({"by": "server"})
    transport = reach("https://localhost", ca_path=authority_file)
    assert transport.send(SIGNED).json() == {"by": "server"}
    transport._wire._adapter.close()
    ((received, _sent),) = tls_server.log
    assert received.headers["Authorization"] == f"Bearer {TOKEN}"
    assert "Proxy-Authorization" not in received.headers
    (head,) = relay.heads
    assert head.startswith("CONNECT localhost:443 HTTP/1.")
    assert f"Proxy-Authorization: Basic {LOGIN}" in head
    assert TOKEN not in head


def test_certificates_are_checked_through_the_proxy(tls_server: HTTPServer, relay: Relay, reach: Reach) -> None:
    with pytest.raises(TransportError, match="certificate of localhost does not verify"):
        reach("https://localhost").send(SIGNED)
    assert tls_server.log == []
    assert TOKEN not in str(relay.heads)


def test_plain_http_never_leaves_this_machine_through_a_proxy(
    httpserver: HTTPServer, relay: Relay, reach: Reach
) -> None:
    httpserver.expect_request("/api").respond_with_json({"by": "server"})
    assert reach(httpserver.url_for("")).send(GET).json() == {"by": "server"}
    assert not relay.heads


def test_no_proxy_goes_past_the_proxy(
    tls_server: HTTPServer, relay: Relay, reach: Reach, authority_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "localhost")
    tls_server.expect_request("/api").respond_with_json({"by": "server"})
    transport = reach(f"https://localhost:{tls_server.port}", ca_path=authority_file)
    assert transport.send(GET).json() == {"by": "server"}
    assert relay.heads == []


# Defaults


def test_defaults_wait_for_real() -> None:
    patience = Transport("https://console.example")._patience
    assert patience.sleep is None
    assert all(0 <= patience.jitter() < 1 for _try in itertools.repeat(None, 20))
    assert (patience.retries, patience.max_wait) == (4, 300)
