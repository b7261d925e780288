# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which certificate authorities are trusted, as a context for TLS. Private to this collection.

Loading the usual two hundred authorities takes longer than a request. So a context is made once for each file, and
processes that are forked later inherit it.
"""

from __future__ import annotations

import functools
import os
import ssl
import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError

try:
    from requests.adapters import HTTPAdapter
    from requests.utils import DEFAULT_CA_BUNDLE_PATH
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:
    HTTPAdapter = object  # type: ignore[assignment,misc]  # Transport refuses to start without requests

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
MOST_CONTEXTS = 8


def trusted(ca_path: str | None) -> ssl.SSLContext:
    """The context for ca_path, else for what the usual variables of requests name, else for its own bundle.

    Raises ConfigurationError when the file or folder cannot be used. Certificates are always checked.
    """
    path, source = _chosen(ca_path)
    try:
        status = os.stat(path)
        return _context(path, status.st_mtime_ns, status.st_size)
    except ssl.SSLError:
        raise ConfigurationError(f"The CA file {path} ({source}) holds no certificate in PEM form.") from None
    except OSError as error:
        raise ConfigurationError(f"The CA file {path} ({source}) cannot be read: {error.strerror}.") from None


def _chosen(ca_path: str | None) -> tuple[str, str]:
    if ca_path:
        return ca_path, "ca_path"
    for variable in VARIABLES:
        if path := os.environ.get(variable):
            return path, variable
    return DEFAULT_CA_BUNDLE_PATH, "the bundle of requests"


@functools.lru_cache(maxsize=MOST_CONTEXTS)
def _context(path: str, modified: int, size: int) -> ssl.SSLContext:
    """The context for a file or folder as it was at that time."""
    context = create_urllib3_context()
    if os.path.isdir(path):
        os.listdir(path)
        context.load_verify_locations(capath=path)
    else:
        context.load_verify_locations(cafile=path)
    return context


class TrustingAdapter(HTTPAdapter):
    """Makes connections with one context, and keeps requests from loading authorities of its own into it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **kwargs: t.Any) -> t.Any:
        contexts = {"ssl_context": self._context, "proxy_ssl_context": self._context}
        return super().proxy_manager_for(proxy, **kwargs, **contexts)

    def get_connection_with_tls_context(self, request: t.Any, verify: t.Any, *args: t.Any, **kwargs: t.Any) -> t.Any:
        # told True, requests 2.32.0 to 2.32.2 put a context of their own in the place of this one; None checks as well
        return super().get_connection_with_tls_context(request, None, *args, **kwargs)

    def cert_verify(self, conn: t.Any, url: str, verify: t.Any, cert: t.Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"
