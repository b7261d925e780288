# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real failures on loopback, as far as they can be had; the sentences, whether to try again, and nothing leaked."""

from __future__ import annotations

import socket
import ssl
import time
import types
import typing as t

import pytest
import urllib3
from pytest_httpserver import HTTPServer

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_errors import explain
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import TransportError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Request

TOKEN = "t0ken-0123456789"
PASSWORD = "pr0xy-passw0rd"
REQUEST = Request("GET", "/api", headers={"Authorization": f"Bearer {TOKEN}"})
CONSOLE = "https://console.invalid"
Reach = t.Callable[..., Transport]
Wire = t.Callable[[t.Callable[[socket.socket], None]], str]
Fail = t.Callable[..., TransportError]


@pytest.fixture
def failure(reach: Reach, discreet: t.Callable[..., t.Any]) -> Fail:
    """`failure(url)`: the error of a request to url, which shows no secret."""

    def fail(url: str, **settings: t.Any) -> TransportError:
        with discreet(TransportError, TOKEN, PASSWORD) as caught:
            reach(url, **{"timeout": 5, **settings}).send(REQUEST)
        return t.cast(TransportError, caught.value)

    return fail


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose name servers know numbers alone."""
    real = socket.getaddrinfo

    def look_up(host: str, *arguments: t.Any, **more: t.Any) -> t.Any:
        if host.replace(".", "").isdigit():
            return real(host, *arguments, **more)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def refusing(status: str) -> t.Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())

    return talk


def silent(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.recv(4096)  # until the client leaves


def hanging_up(connection: socket.socket) -> None:
    connection.recv(4096)


def resetting(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def babbling(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"220 this is mail\r\n")


def test_refused_port(failure: Fail, closed_port: int) -> None:
    error = failure(f"https://127.0.0.1:{closed_port}")
    assert str(error) == f"The connection to 127.0.0.1:{closed_port} failed: Connection refused."
    assert error.transient


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        pytest.param(hanging_up, "it was cut before the answer was complete", id="closed"),
        pytest.param(resetting, "Connection reset by peer", id="reset"),
        pytest.param(babbling, "it was cut before the answer was complete", id="no HTTP"),
    ],
)
def test_connection_without_an_answer(
    failure: Fail, wire: Wire, talk: t.Callable[[socket.socket], None], reason: str
) -> None:
    url = wire(talk)
    error = failure(url)
    assert str(error) == f"The connection to {url[7:]} failed: {reason}."
    assert error.transient


def test_silence_ends_with_the_timeout(failure: Fail, wire: Wire) -> None:
    url = wire(silent)
    started = time.monotonic()
    error = failure(url, timeout=0.2)
    assert time.monotonic() - started < 3
    assert str(error) == f"{url[7:]} did not answer within 0.2 seconds."
    assert error.transient


def test_a_connection_that_does_not_come_about_ends_with_the_timeout(
    failure: Fail, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_arguments: t.Any, **_more: t.Any) -> t.NoReturn:
        raise TimeoutError("timed out")

    monkeypatch.setattr("urllib3.util.connection.create_connection", lost)
    error = failure(CONSOLE, timeout=7)
    assert str(error) == "console.invalid did not answer within 7 seconds."
    assert error.transient


@pytest.mark.usefixtures("no_names")
def test_name_that_cannot_be_resolved(failure: Fail) -> None:
    error = failure(CONSOLE)
    assert str(error) == "The name console.invalid cannot be resolved: check the network and its name servers."
    assert error.transient


def test_certificate_of_an_unknown_authority(failure: Fail, tls_server: HTTPServer) -> None:
    error = failure(f"https://localhost:{tls_server.port}")
    assert str(error).startswith(f"The certificate of localhost:{tls_server.port} does not verify: ")
    assert str(error).endswith("point ca_path or QLIK_CA_PATH to the file with its authority.")
    assert "unable to get local issuer certificate" in str(error)
    assert not error.transient
    assert tls_server.log == []


def test_certificate_of_another_name(failure: Fail, tls_server: HTTPServer, authority_file: str) -> None:
    error = failure(f"https://127.0.0.1:{tls_server.port}", ca_path=authority_file)
    assert "does not verify: " in str(error)
    assert "IP address mismatch" in str(error) or "another host name" in str(error)
    assert not error.transient
    assert tls_server.log == []


def test_host_that_speaks_no_tls(failure: Fail, wire: Wire) -> None:
    url = wire(babbling)
    error = failure(url.replace("http:", "https:"))
    assert str(error).startswith(f"The connection to {url[7:]} failed: ")


@pytest.mark.parametrize("url", ["https://a..b", f"https://{'a' * 64}.invalid"], ids=["empty label", "long label"])
def test_name_that_can_be_none(failure: Fail, url: str) -> None:
    error = failure(url)
    assert str(error) == f"{url[8:]} cannot be called: the address of it or of its proxy is malformed."
    assert not error.transient


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> t.Callable[[str], str]:
    """`proxy(place)`: all goes through a proxy there, with a password; gives its place."""

    def use(place: str) -> str:
        monkeypatch.setenv("HTTPS_PROXY", f"http://somebody:{PASSWORD}@{place}")
        return place

    return use


Proxy = t.Callable[[str], str]


@pytest.mark.parametrize(
    ("status", "transient"),
    [
        pytest.param("403 Forbidden", False, id="403"),
        pytest.param("407 Proxy Authentication Required", False, id="407"),
        pytest.param("502 Bad Gateway", True, id="502"),
        pytest.param("503 Service Unavailable", True, id="503"),
    ],
)
def test_proxy_that_refuses(failure: Fail, wire: Wire, proxy: Proxy, status: str, transient: bool) -> None:
    place = proxy(wire(refusing(status))[7:])
    error = failure(CONSOLE)
    assert str(error) == (
        f"The proxy {place} did not connect to console.invalid: it answered {status[:3]}; "
        "check HTTPS_PROXY and NO_PROXY."
    )
    assert error.transient is transient


def test_proxy_on_a_refused_port(failure: Fail, proxy: Proxy, closed_port: int) -> None:
    place = proxy(f"127.0.0.1:{closed_port}")
    error = failure(CONSOLE)
    assert str(error).startswith(f"The proxy {place} did not connect to console.invalid: Connection refused; ")
    assert error.transient


@pytest.mark.skipif(
    not hasattr(urllib3.response.HTTPResponse, "read1"), reason="urllib3 1.26 does not tell whose it is"
)
def test_certificate_of_a_proxy(failure: Fail, tls_server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"https://somebody:{PASSWORD}@localhost:{tls_server.port}")
    error = failure(CONSOLE)
    assert str(error).startswith(f"The certificate of localhost:{tls_server.port} does not verify: ")
    assert not error.transient


@pytest.mark.usefixtures("no_names")
def test_proxy_whose_name_cannot_be_resolved(failure: Fail, proxy: Proxy) -> None:
    proxy("proxy.invalid")
    assert "The proxy proxy.invalid did not connect to console.invalid: Name or service" in str(failure(CONSOLE))


def test_proxy_that_hangs_up(failure: Fail, wire: Wire, proxy: Proxy) -> None:
    proxy(wire(hanging_up)[7:])
    error = failure(CONSOLE)
    assert str(error).startswith("The connection to console.invalid through the proxy 127.0.0.1:")
    assert error.transient


def test_proxy_without_a_scheme(failure: Fail, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", wire(refusing("403 Forbidden"))[7:])
    assert str(failure(CONSOLE)).startswith("The proxy named in the environment did not connect to console.invalid: it")


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"http://somebody:{PASSWORD}@proxy.invalid:port", id="port that is none"),
        pytest.param(f"ftp://somebody:{PASSWORD}@proxy.invalid", id="another scheme"),
        pytest.param(f"somebody:{PASSWORD}@proxy.invalid:3128", id="no scheme"),
        pytest.param(f"http://somebody:x#{PASSWORD}@proxy.invalid", id="password with #"),
        pytest.param(f"http://somebody:x/{PASSWORD}@proxy.invalid", id="password with /"),
        pytest.param(f"http://somebody:[{PASSWORD}@proxy.invalid", id="password with ["),
        pytest.param(f"http://somebody:€{PASSWORD}@proxy.invalid", id="password with another letter"),
    ],
)
@pytest.mark.parametrize("url", [CONSOLE, "https://localhost:1"])
@pytest.mark.usefixtures("no_names")
def test_malformed_proxy(failure: Fail, monkeypatch: pytest.MonkeyPatch, address: str, url: str) -> None:
    monkeypatch.setenv("ALL_PROXY", address)
    error = failure(url)
    assert str(error).endswith(" cannot be called: the address of it or of its proxy is malformed.")
    assert not error.transient


@pytest.mark.usefixtures("no_names")
def test_password_in_brackets(failure: Fail, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pythons disagree on whether this is an address; none may quote it."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://somebody:[{PASSWORD}]@proxy.invalid")
    assert "console.invalid" in str(failure(CONSOLE))


# Whether the service has certainly seen nothing of the request


@pytest.mark.parametrize("talk", [hanging_up, resetting, babbling, silent])
def test_what_was_sent_may_have_been_seen(failure: Fail, wire: Wire, talk: t.Callable[[socket.socket], None]) -> None:
    assert not failure(wire(talk), timeout=0.2).unsent


def test_a_cut_within_the_answer_comes_after_the_request(failure: Fail, wire: Wire) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nwho")

    assert not failure(wire(talk)).unsent


def test_a_refused_port_has_seen_nothing(failure: Fail, closed_port: int) -> None:
    assert failure(f"https://127.0.0.1:{closed_port}").unsent


def test_a_connection_that_does_not_come_about_sends_nothing(failure: Fail, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_arguments: t.Any, **_more: t.Any) -> t.NoReturn:
        raise TimeoutError("timed out")

    monkeypatch.setattr("urllib3.util.connection.create_connection", lost)
    assert failure(CONSOLE).unsent


@pytest.mark.usefixtures("no_names")
def test_an_unknown_name_sends_nothing(failure: Fail) -> None:
    assert failure(CONSOLE).unsent
    assert failure("https://a..b").unsent


def test_a_certificate_that_does_not_verify_sends_nothing(
    failure: Fail, tls_server: HTTPServer, authority_file: str
) -> None:
    assert failure(f"https://localhost:{tls_server.port}").unsent
    assert failure(f"https://127.0.0.1:{tls_server.port}", ca_path=authority_file).unsent
    assert tls_server.log == []


@pytest.mark.parametrize("status", ["403 Forbidden", "502 Bad Gateway"])
def test_a_proxy_that_refuses_sends_nothing_on(failure: Fail, wire: Wire, proxy: Proxy, status: str) -> None:
    proxy(wire(refusing(status))[7:])
    assert failure(CONSOLE).unsent


def test_a_proxy_that_cannot_be_reached_sends_nothing_on(failure: Fail, proxy: Proxy, closed_port: int) -> None:
    proxy(f"127.0.0.1:{closed_port}")
    assert failure(CONSOLE).unsent


class Unnamed(ssl.SSLCertVerificationError):
    verify_message = ""


def test_certificate_error_without_a_reason() -> None:
    assert "does not verify: unknown reason;" in str(explain(Unnamed(), "h", None, 1))


def test_error_without_any_reason() -> None:
    error = explain(OSError(), "h", None, 1)
    assert str(error) == "The connection to h failed: it was cut before the answer was complete."


def test_errors_that_cause_each_other_come_to_an_end() -> None:
    one, other = OSError("one"), ConnectionResetError(104, "Connection reset by peer")
    one.__cause__, other.__cause__ = other, one
    assert "Connection reset by peer" in str(explain(one, "h", None, 1))


@pytest.mark.parametrize("sign", ["#", "/", "?"])
def test_a_password_that_ends_the_host_early_is_not_shown(sign: str) -> None:
    error = explain(OSError(111, "Connection refused"), "h", f"http://somebody:12{sign}x@proxy.invalid", 1)
    assert str(error) == "The connection to h through the proxy named in the environment failed: Connection refused."


def test_the_innermost_reason_is_told() -> None:
    outer = urllib3.exceptions.ProtocolError("Connection aborted.", OSError(113, "No route to host"))
    assert "No route to host" in str(explain(outer, "h", None, 1))


def test_room_can_be_entered_without_requests(without: t.Callable[..., types.ModuleType]) -> None:
    assert without("requests", room="_connection_errors").failures is None


def test_a_value_that_is_no_address_may_have_come_of_an_answer() -> None:
    assert not explain(ValueError("odd"), "h.test", None, 1.0).unsent
