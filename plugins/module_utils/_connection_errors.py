# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One sentence for each way in which a connection fails. Private to this collection.

The exceptions of requests quote URLs and proxy addresses with their passwords; none of their text is passed on.
"""

from __future__ import annotations

import re
import socket
import ssl
import typing as t
from urllib.parse import urlsplit

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import TransportError

try:
    from requests import exceptions as failures
    from urllib3 import exceptions as lower_failures
    from urllib3.util.ssl_match_hostname import CertificateError
except ImportError:
    failures = lower_failures = None  # type: ignore[assignment]  # nothing is explained where nothing was sent


def explain(error: BaseException, host: str, proxy: str | None, timeout: float) -> TransportError:
    """The TransportError that tells a user what happened on the way to host."""
    tunnel = _tunnel_status(error)
    if tunnel or (isinstance(error, failures.ProxyError) and _find(error, lower_failures.NewConnectionError)):
        return _proxy_refused(error, host, proxy, tunnel)
    # urllib3 1.26 compares host names itself
    certificate = _find(error, ssl.SSLCertVerificationError) or _find(error, CertificateError)
    if certificate:
        return _not_verified(certificate, _place(proxy) if isinstance(error, failures.ProxyError) else host)
    unsent = bool(_find(error, lower_failures.NewConnectionError) or _find(error, lower_failures.ConnectTimeoutError))
    if isinstance(error, (failures.Timeout, lower_failures.TimeoutError)):
        return TransportError(f"{host} did not answer within {timeout:g} seconds.", transient=True, unsent=unsent)
    if isinstance(error, ValueError):  # of requests, urllib3 or urllib, for addresses they cannot take apart
        return TransportError(
            f"{host} cannot be called: the address of it or of its proxy is malformed.",
            transient=False,
            unsent=isinstance(error, (failures.InvalidURL, lower_failures.LocationValueError)),
        )
    if _find(error, socket.gaierror):
        return TransportError(
            f"The name {host} cannot be resolved: check the network and its name servers.", transient=True, unsent=True
        )
    way = f"{host} through the proxy {_place(proxy)}" if proxy else host
    return TransportError(f"The connection to {way} failed: {_reason(error)}.", transient=True, unsent=unsent)


def _proxy_refused(error: BaseException, host: str, proxy: str | None, status: str) -> TransportError:
    reason = f"it answered {status}" if status else _reason(error)
    return TransportError(
        f"The proxy {_place(proxy)} did not connect to {host}: {reason}; check HTTPS_PROXY and NO_PROXY.",
        transient=not status.startswith("4"),
        unsent=True,
    )


def _place(proxy: str | None) -> str:
    parts = urlsplit(proxy or "")
    if "@" in (proxy or "").removeprefix(
        f"{parts.scheme}://{parts.netloc}"
    ):  # a # or / in a password ends the host early
        return "named in the environment"
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname or "named in the environment")


def _tunnel_status(error: BaseException) -> str:
    """The status with which a proxy refused to connect, empty when it did not."""
    answers = (re.search(r"Tunnel connection failed: (\d{3})", str(cause)) for cause in _chain(error))
    return next((answer[1] for answer in answers if answer), "")


def _not_verified(error: BaseException, host: str) -> TransportError:
    reason = getattr(error, "verify_message", "it is for another host name") or "unknown reason"
    return TransportError(
        f"The certificate of {host} does not verify: {reason}; "
        "if a proxy inspects TLS, point ca_path or QLIK_CA_PATH to the file with its authority.",
        transient=False,
        unsent=True,
    )


def _reason(error: BaseException) -> str:
    for cause in reversed(list(_chain(error))):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return "it was cut before the answer was complete"


def _chain(error: BaseException) -> t.Iterator[BaseException]:
    seen: list[BaseException] = []
    pending: list[t.Any] = [error]
    while pending:
        current = pending.pop()
        if isinstance(current, BaseException) and not any(current is other for other in seen):
            seen.append(current)
            yield current
            pending += [current.__context__, current.__cause__, getattr(current, "reason", None), *current.args]


E = t.TypeVar("E", bound=BaseException)


def _find(error: BaseException, kind: type[E]) -> E | None:
    return next((cause for cause in _chain(error) if isinstance(cause, kind)), None)
