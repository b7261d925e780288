# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Transport: requests to one origin, with time-outs, retries, waiting, proxy and redirect rules.

A Transport knows one scheme, host and port and takes paths only, so nothing it is given to send can reach another
host. It judges no statuses but those that say "try again". Private to this collection.
"""

from __future__ import annotations

import random
import re
import threading
import typing as t
from dataclasses import replace
from urllib.parse import urlencode, urljoin, urlsplit

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ConfigurationError,
    TransportError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import DEFAULTS, HttpSettings, Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import Patience, Tell, Tries, retry_after, silence

DEFAULT_PORTS = {"https": 443, "http": 80}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 5
RATE_LIMITED = 429
TRANSIENT = (500, 502, 503, 504)

if t.TYPE_CHECKING:
    from ansible_collections.qlikops.cloud.plugins.module_utils._exchange import Exchange

_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")  # URL parsers disagree on where a host with other signs ends


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


class Transport:
    """Sends requests to one origin. Raises TransportError, AnswerError, MissingLibraryError, ConfigurationError."""

    def __init__(
        self,
        base_url: str,
        settings: HttpSettings = DEFAULTS,
        *,
        sleep: t.Callable[[float], t.Any] | None = None,
        jitter: t.Callable[[], float] = random.random,
        tell: Tell = silence,
    ) -> None:
        self.origin = origin_of(base_url)
        self.host = urlsplit(self.origin).netloc
        self._settings = settings
        self._opened: Exchange | None = None
        self._opening = threading.Lock()
        self._patience = Patience(settings.retries, settings.max_wait, sleep, jitter, tell)

    @property
    def _wire(self) -> Exchange:
        # the library for it takes as long to load as a request, and a kept token or list needs none
        from ansible_collections.qlikops.cloud.plugins.module_utils._exchange import Exchange

        with self._opening:
            if self._opened is None:
                self._opened = Exchange(self.host, self._settings)
            return self._opened

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
        return self._wire.answer(request, url)
