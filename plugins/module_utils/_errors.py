# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The exceptions of this collection: each says in one sentence what was wrong, where, and what to do.

Private to this collection. Surfaces (inventory, modules, lookups) catch QlikError and show str(exc).
"""

from __future__ import annotations

import sys
import typing as t

VAGUE = (408, 499)  # a gateway may say so of a request that it has passed on


class QlikError(Exception):
    """Base of all; str() of it is meant for the user and never contains a secret. kind is what playbooks branch on.

    changed tells whether something was changed before it.
    """

    kind = "error"
    changed = False

    def facts(self) -> dict[str, t.Any]:
        """What a failed task returns beside the sentence."""
        return {"kind": self.kind}


class ConfigurationError(QlikError):
    """An option, file or entry is missing or wrong; nothing was sent."""

    kind = "configuration"


class NoCredentialError(ConfigurationError):
    """Nothing that was looked at opens the host."""


class MissingLibraryError(QlikError):
    """A Python package that the collection needs is not there, or too broken to be imported (problem says how)."""

    kind = "missing_library"

    def __init__(self, package: str, problem: ImportError | None = None) -> None:
        is_missing = problem is None or problem.name == package
        fault = "is missing" if is_missing else f"cannot be imported ({problem})"
        super().__init__(
            f"The Python package {package} {fault} for {sys.executable}: "
            f"install it with '{sys.executable} -m pip install --upgrade {package}'."
        )


class TransportError(QlikError):
    """No answer came; transient tells whether the same request may succeed a moment later.

    unsent means that the service has certainly seen nothing of the request.
    """

    kind = "unreachable"

    def __init__(self, sentence: str, *, transient: bool, unsent: bool = False) -> None:
        super().__init__(sentence)
        self.transient = transient
        self.unsent = unsent


class AnswerError(QlikError):
    """An answer came that is not what the API documents: no JSON, another shape, a foreign redirect."""

    kind = "unexpected_answer"


class WrongTenantError(QlikError):
    """A host answered that is another tenant than the one meant."""

    kind = "wrong_tenant"


class IncompleteListError(QlikError):
    """A list ended without bringing all rows, or does not end."""

    kind = "incomplete_list"


class ApiError(QlikError):
    """The service refused a call; the parts stand as attributes for callers that branch on them."""

    kind = "refused"

    def __init__(self, sentence: str, *, host: str, status: int, code: str = "", trace_id: str = "") -> None:
        super().__init__(sentence)
        self.host = host
        self.status = status
        self.code = code
        self.trace_id = trace_id

    def facts(self) -> dict[str, t.Any]:
        parts = {"host": self.host, "status": self.status, "code": self.code, "trace_id": self.trace_id}
        return {**super().facts(), **parts}


class AuthenticationError(ApiError):
    """401: the credential or its token is not accepted."""

    kind = "authentication"


class TenantDisabledError(ApiError):
    """401 with code TENANT_DISABLED: the tenant is deactivated, whatever the credential."""

    kind = "tenant_disabled"


class PermissionDeniedError(ApiError):
    """403: the credential is known, the call is not allowed."""

    kind = "permission"


class NotFoundError(ApiError):
    """404."""

    kind = "not_found"


class RateLimitError(ApiError):
    """429 that lasted longer than the caller wants to wait."""

    kind = "rate_limit"


class PartlyRefusedError(ApiError):
    """207: rows of one call were refused, which rows holds; changed tells whether others were not."""

    kind = "partly_refused"

    def __init__(self, sentence: str, *, host: str, code: str, rows: list[dict[str, t.Any]], changed: bool) -> None:
        super().__init__(sentence, host=host, status=207, code=code)
        self.rows = rows
        self.changed = changed

    def facts(self) -> dict[str, t.Any]:
        return {**super().facts(), "rows": self.rows}


class UnknownOutcomeError(QlikError):
    """A request that must not be repeated may have been carried out, or not; cause is how it ended."""

    kind = "unknown_outcome"

    def __init__(self, sentence: str, cause: QlikError | None = None) -> None:
        super().__init__(sentence)
        self.cause = cause

    def facts(self) -> dict[str, t.Any]:
        return {**(self.cause.facts() if self.cause else {}), **super().facts()}


class UnlistedError(QlikError):
    """A tenant was created that the organization does not list yet."""

    kind = "not_listed"


def leaves_open(error: QlikError) -> bool:
    """Whether a request that ended so may have been carried out all the same."""
    if isinstance(error, TransportError):
        return not error.unsent
    is_vague = isinstance(error, ApiError) and (error.status >= 500 or error.status in VAGUE)
    return isinstance(error, AnswerError) or is_vague


def is_outage(error: QlikError) -> bool:
    """Whether the network or the service is at fault, rather than the request, its options or the credential."""
    if isinstance(error, ApiError):
        return error.status == 429 or error.status >= 500
    return isinstance(error, (TransportError, AnswerError, IncompleteListError))


def only_where_ansible_runs(*asked: object) -> t.NoReturn:
    """Stands in the ordinary module for what its action plugin provides. Raises ConfigurationError."""
    raise ConfigurationError("This module runs where Ansible runs, by its action plugin; call it by its full name.")
