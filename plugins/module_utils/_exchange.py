# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request and its answer, by the library requests, which is loaded with this room: when one is sent.

Private to this collection.
"""

from __future__ import annotations

import contextlib
import time
import typing as t
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_errors import explain
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ConfigurationError,
    MissingLibraryError,
    TransportError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import (
    CHUNK,
    SUCCESSES,
    HttpSettings,
    Request,
    Response,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._trust_store import TrustingAdapter, trusted
from ansible_collections.qlikops.cloud.plugins.module_utils._version import VERSION

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
MAX_BODY = 64 * 1024 * 1024


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an https URL. Never asks the system settings of macOS or Windows.

    Plain http is for loopback alone, and through a proxy it would leave the machine.
    """
    proxies = getproxies_environment() if url.startswith("https:") else {}
    if proxies.get("no") and requests.utils.should_bypass_proxies(url, no_proxy=proxies["no"]):
        return None
    return proxies.get(urlsplit(url).scheme) or proxies.get("all")


class Exchange:
    """Sends requests to one host, each once, over connections that stay open.

    Raises TransportError, MissingLibraryError, ConfigurationError.
    """

    def __init__(self, host: str, settings: HttpSettings) -> None:
        if REQUESTS_PROBLEM:
            raise MissingLibraryError("requests", REQUESTS_PROBLEM)
        self._host, self._timeout = host, settings.timeout
        # and no session of requests, which would keep cookies, read ~/.netrc and the bodies of redirects
        self._adapter = TrustingAdapter(trusted(settings.ca_path))

    def answer(self, request: Request, url: str) -> Response:
        """What comes back from the URL; the body has gone into the request's sink, where it has one."""
        with request.content() if request.content else contextlib.nullcontext() as data:
            return self._answer(request, url, data)

    def _answer(self, request: Request, url: str, data: t.Any) -> Response:
        proxy, timeout = proxy_for(url), self._timeout
        proxies, headers = {"https": proxy} if proxy else {}, {**HEADERS, **request.headers}
        try:
            sent = requests.Request(request.method, url, headers, data=data, json=request.body).prepare()
            with self._adapter.send(sent, stream=True, timeout=timeout, proxies=proxies) as answer:
                deadline = time.monotonic() + timeout
                sink = request.sink if answer.status_code in SUCCESSES else None
                body = self._stored(answer, sink) if sink else self._read(answer, deadline)
                return Response(self._host, answer.status_code, answer.headers, body)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise explain(error, self._host, proxy, timeout) from None

    def _read(self, answer: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        for chunk in _arriving(answer):
            body += chunk
            if len(body) > MAX_BODY:
                raise TransportError(
                    f"{self._host} sent more than {MAX_BODY >> 20} MiB in one answer.", transient=False
                )
            if time.monotonic() > deadline:
                raise TransportError(
                    f"{self._host} did not finish its answer within {self._timeout:g} seconds.", transient=True
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
            raise TransportError(f"{self._host} sent {sink.tell()} of {announced} bytes.", transient=True)
        return b""

    @contextlib.contextmanager
    def _writing(self) -> t.Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ConfigurationError(f"What {self._host} sends cannot be written: {error.strerror}.") from None


def _arriving(answer: requests.Response) -> t.Iterator[bytes]:
    # read1 returns what has arrived; read would wait for the whole chunk, however slowly it drips in
    read = getattr(answer.raw, "read1", answer.raw.read)
    while chunk := read(CHUNK, decode_content=True):
        yield chunk
