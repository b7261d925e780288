# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Transport: requests to one origin, with time-outs, retries, waiting, proxy and redirect rules.

A Transport knows one scheme, host and port and takes paths only, so nothing it is given to send can reach another
host. It judges no statuses but those that say "try again". Private to this collection.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import time
import typing as t
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import getproxies_environment

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_errors import explain
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ConfigurationError,
    MissingLibraryError,
    TransportError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._trust_store import TrustingAdapter, trusted
from ansible_collections.qlikops.cloud.plugins.module_utils._version import VERSION
from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import Patience, Tell, Tries, retry_after, silence

try:
    import requests
    import urllib3
except ImportError as error:
    REQUESTS_PROBLEM: ImportError | None = error
else:
    REQUESTS_PROBLEM = None

USER_AGENT = f"qlikops.cloud/{VERSION}"
HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
}
DEFAULT_PORTS = {"https": 443, "http": 80}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SUCCESSES = range(200, 300)
REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 5
MAX_BODY = 64 * 1024 * 1024
CHUNK = 64 * 1024
RATE_LIMITED = 429
SHOWN_TYPES = ("application/json", "application/xml", "text/html", "text/plain", "text/xml")
TRANSIENT = (500, 502, 503, 504)

_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")  # URL parsers disagree on where a host with other signs ends

Query = t.Sequence[tuple[str, str]]
Content = t.Callable[[], t.ContextManager[t.Any]]


@dataclass(frozen=True)
class HttpSettings:
    """What the user may set about HTTP; times in seconds."""

    timeout: float = 30.0
    retries: int = 4
    max_wait: float = 300.0
    ca_path: str | None = None

    def longest(self) -> float:
        """Seconds that one request may take with all its repeats."""
        return self.timeout * (self.retries + 1) + self.max_wait


@dataclass(frozen=True)
class Request:
    """One call; repeatable means that sending it twice does no harm.

    body is sent as JSON; content opens bytes or a file to send in its place. sink takes the body of a successful
    answer, however large it is. secrets are parts of the body that no error may repeat.
    """

    method: str
    path: str
    query: Query = ()
    body: t.Any = field(default=None, repr=False)
    headers: t.Mapping[str, str] = field(default_factory=dict, repr=False)
    repeatable: bool = False
    content: Content | None = field(default=None, repr=False)
    sink: t.IO[bytes] | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def with_header(self, name: str, value: str) -> Request:
        return replace(self, headers={**self.headers, name: value})


@dataclass(frozen=True)
class Response:
    """An answer, read to its end."""

    host: str
    status: int
    headers: t.Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> t.Any:
        """The decoded body. Raises AnswerError when it is no JSON; the body itself is never shown."""
        try:
            return _without_surrogates(json.loads(self.body.decode("utf-8-sig", "replace")))
        except (ValueError, RecursionError):
            kind = self.headers.get("Content-Type", "").split(";")[0].strip().lower()
            shown = f" ({kind})" if kind in SHOWN_TYPES else ""
            raise AnswerError(
                f"{self.host} answered {self.status} with {len(self.body)} bytes{shown} that are no JSON; "
                "a proxy or gateway on the way may have answered in its place."
            ) from None


def _without_surrogates(document: t.Any) -> t.Any:
    """The document with halves of surrogate pairs, which JSON can escape and nothing can write, as question marks."""
    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.loads(text.encode("utf-8", "replace"))
    return document


def origin_of(url: str) -> str:
    """Scheme, host and port of a base URL: https, or http for loopback. Raises ConfigurationError for anything else."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    more = "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment
    if not host or not _HOST.fullmatch(host) or more:
        raise ConfigurationError(
            f"A base URL must look like https://console.qlikcloud.com, without more ({host or 'no host'} given)."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise ConfigurationError(f"The base URL of {host} must begin with https://, since a secret is sent there.")
    return _origin(parts.scheme, host, port)


def _origin(scheme: str, host: str, port: int | None) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" + (f":{port}" if port and port != DEFAULT_PORTS.get(scheme) else "")


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an https URL. Never asks the system settings of macOS or Windows.

    Plain http is for loopback alone, and through a proxy it would leave the machine.
    """
    proxies = getproxies_environment() if url.startswith("https:") else {}
    if proxies.get("no") and requests.utils.should_bypass_proxies(url, no_proxy=proxies["no"]):
        return None
    return proxies.get(urlsplit(url).scheme) or proxies.get("all")


class Transport:
    """Sends requests to one origin. Raises TransportError, AnswerError, MissingLibraryError, ConfigurationError."""

    def __init__(
        self,
        base_url: str,
        settings: HttpSettings = HttpSettings(),
        *,
        sleep: t.Callable[[float], t.Any] | None = None,
        jitter: t.Callable[[], float] = random.random,
        tell: Tell = silence,
    ) -> None:
        if REQUESTS_PROBLEM:
            raise MissingLibraryError("requests", REQUESTS_PROBLEM)
        self.origin = origin_of(base_url)
        self.host = urlsplit(self.origin).netloc
        self._settings = settings
        self._patience = Patience(settings.retries, settings.max_wait, sleep, jitter, tell)
        # and no session of requests, which would keep cookies, read ~/.netrc and the bodies of redirects
        self._adapter = TrustingAdapter(trusted(settings.ca_path))

    def stop(self) -> None:
        """End what other threads wait for, and send nothing any more."""
        self._patience.over.set()

    def send(self, request: Request) -> Response:
        """The answer, whatever its status; waits and repeats as far as the settings and the request allow."""
        if self._patience.over.is_set():
            raise TransportError(f"{self.host} is not asked any more.", transient=False)
        tries = self._patience.tries()
        while True:
            try:
                response = self._follow(request)
            except TransportError as error:
                if error.transient and (request.repeatable or error.unsent) and tries.pause(str(error)):
                    continue
                raise
            if not self._again(request, response, tries):
                return response

    @staticmethod
    def _again(request: Request, response: Response, tries: Tries) -> bool:
        told = retry_after(response.headers.get("Retry-After"))
        if response.status == RATE_LIMITED:
            return tries.wait_for_turn(f"{response.host} limits the rate of requests.", told)
        reason = f"{response.host} answered {response.status}."
        return response.status in TRANSIENT and request.repeatable and tries.pause(reason, told)

    def _follow(self, request: Request) -> Response:
        for _hop in range(MAX_REDIRECTS + 1):
            response = self._exchange(request)
            if response.status not in REDIRECTS:
                return response
            request = self._redirected(request, response)
        raise AnswerError(f"{self.host} redirects in a circle.")

    def _redirected(self, request: Request, response: Response) -> Request:
        try:
            parts = urlsplit(urljoin(self.origin + request.path, response.headers.get("Location", "")))
        except ValueError:
            parts = urlsplit("")
        if request.method != "GET" or f"{parts.scheme}://{parts.netloc}".lower() != self.origin.lower():
            target = parts.hostname if parts.hostname and _HOST.fullmatch(parts.hostname) else "nowhere"
            raise AnswerError(
                f"{self.host} redirects {request.method} requests to {target}; a credential is not sent on."
            )
        return replace(request, path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""), query=())

    def _exchange(self, request: Request) -> Response:
        if not request.path.startswith("/"):
            raise ConfigurationError(f"A path on {self.host} must begin with /, unlike {request.path}.")
        url = self.origin + request.path + (f"?{urlencode(request.query)}" if request.query else "")
        with request.content() if request.content else contextlib.nullcontext() as data:
            return self._answer(request, url, data)

    def _answer(self, request: Request, url: str, data: t.Any) -> Response:
        proxy, timeout = proxy_for(url), self._settings.timeout
        proxies, headers = {"https": proxy} if proxy else {}, {**HEADERS, **request.headers}
        try:
            sent = requests.Request(request.method, url, headers, data=data, json=request.body).prepare()
            with self._adapter.send(sent, stream=True, timeout=timeout, proxies=proxies) as answer:
                deadline = time.monotonic() + timeout
                sink = request.sink if answer.status_code in SUCCESSES else None
                body = self._stored(answer, sink) if sink else self._read(answer, deadline)
                return Response(self.host, answer.status_code, answer.headers, body)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise explain(error, self.host, proxy, timeout) from None

    def _read(self, answer: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        for chunk in _arriving(answer):
            body += chunk
            if len(body) > MAX_BODY:
                raise TransportError(f"{self.host} sent more than {MAX_BODY >> 20} MiB in one answer.", transient=False)
            if time.monotonic() > deadline:
                raise TransportError(
                    f"{self.host} did not finish its answer within {self._settings.timeout:g} seconds.", transient=True
                )
        return bytes(body)

    def _stored(self, answer: requests.Response, sink: t.IO[bytes]) -> bytes:
        """The body goes into the sink, from its beginning, in its own time."""
        with self._writing():
            sink.seek(0)
            sink.truncate()
        for chunk in _arriving(answer):
            with self._writing():
                sink.write(chunk)
        announced = "" if "Content-Encoding" in answer.headers else answer.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) != sink.tell():
            raise TransportError(f"{self.host} sent {sink.tell()} of {announced} bytes.", transient=True)
        return b""

    @contextlib.contextmanager
    def _writing(self) -> t.Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ConfigurationError(f"What {self.host} sends cannot be written: {error.strerror}.") from None


def _arriving(answer: requests.Response) -> t.Iterator[bytes]:
    # read1 returns what has arrived; read would wait for the whole chunk, however slowly it drips in
    read = getattr(answer.raw, "read1", answer.raw.read)
    while chunk := read(CHUNK, decode_content=True):
        yield chunk
