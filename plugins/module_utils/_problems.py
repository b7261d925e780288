# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an error answer of the service says, and the sentence for the user. Private to this collection.

Sources: the error families A to F of the API references, and RFC 6749 section 5.2 for token endpoints.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    TenantDisabledError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import place_of

if t.TYPE_CHECKING:
    from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Response

TENANT_DISABLED = "TENANT_DISABLED"
LONGEST_TEXT = 300
_KINDS: dict[int, type[ApiError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    429: RateLimitError,
}
_ADVICE = {
    400: "the request was not understood; check the options named in it",
    401: "the credential is not accepted or has expired; check client id and secret, and that the client still exists",
    403: "the client may not do this; an organization client must be made in the Cloud Console (or My Qlik), "
    "not in a tenant, the feature must be enabled for it, and a subscription must be of its own organization",
    404: "there is nothing at this address that the client may see; check identifiers and the base URL",
    429: "the rate limit lasts longer than max_wait allows; run again later or raise max_wait",
}
_TENANT_ADVICE = {
    403: "the client may not do this: its scopes or the roles of its bot user do not allow it, or an IP policy shuts "
    "this machine out",
}
_UNAVAILABLE = "the service has a problem of its own; see https://status.qlikcloud.com and run again later"


@dataclass(frozen=True)
class Problem:
    """The readable parts of an error document, each made safe for one line; empty where absent."""

    code: str = ""
    title: str = ""
    detail: str = ""
    trace_id: str = ""

    def __str__(self) -> str:
        words = " ".join(part for part in (self.code, self.title) if part)
        text = ": ".join(part for part in (words, self.detail) if part)
        return text + (f" (trace id {self.trace_id})" if self.trace_id else "")


def problem_of(response: Response, secrets: t.Iterable[str] = ()) -> Problem:
    """The first error of an error document, with every secret masked; an empty Problem for a body of another kind."""
    try:
        document = response.json()
    except AnswerError:
        document = None
    document = document if isinstance(document, dict) else {}
    error = _first_error(document)
    trace_id = document.get("traceId") or response.headers.get("X-B3-Traceid")
    clean = [line_of(text, secrets) for text in (error.get("code"), error.get("title"), error.get("detail"), trace_id)]
    return Problem(*clean)


def error_for(
    response: Response, operation: str, *, secrets: t.Iterable[str] = (), scope: str = "", advice: str = ""
) -> ApiError:
    """The exception for a refused call. operation is what was tried, e.g. "Listing tenants"."""
    problem = problem_of(response, secrets)
    kind = _KINDS.get(response.status, ApiError)
    if is_tenant_disabled(response):
        kind, advice = TenantDisabledError, "the tenant is deactivated"
    advice = advice or _advice(response)
    parts = [f"{operation} on {response.host} failed with {response.status}", str(problem)]
    sentence = " ".join(part for part in parts if part)
    granted = f" The token was granted the scope {line_of(scope, secrets)}." if scope and response.status == 403 else ""
    return kind(
        f"{sentence}: {advice}.{granted}" if advice else f"{sentence}.",
        host=response.host,
        status=response.status,
        code=problem.code,
        trace_id=problem.trace_id,
    )


def _advice(response: Response) -> str:
    known = {**_ADVICE, **(_TENANT_ADVICE if place_of(response.host) else {})}
    return known.get(response.status, _UNAVAILABLE if response.status >= 500 else "")


def is_tenant_disabled(response: Response) -> bool:
    return response.status == 401 and problem_of(response).code == TENANT_DISABLED


def _first_error(document: dict[str, t.Any]) -> dict[str, t.Any]:
    errors = document.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return errors[0]
    return {"code": document.get("error"), "detail": document.get("error_description")}


def line_of(value: t.Any, secrets: t.Iterable[str] = ()) -> str:
    """A text of the service, safe for one line, every secret masked; empty when it is no text."""
    text = value if isinstance(value, str) else ""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"
