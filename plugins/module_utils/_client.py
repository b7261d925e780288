# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls to the API of one host, with the token found, sent and renewed. Private to this collection."""

from __future__ import annotations

import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import SUCCESSES, Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._problems import error_for, is_tenant_disabled
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import Token, TokenSource


class ApiClient:
    """Opens one host with one credential."""

    def __init__(self, tokens: TokenSource) -> None:
        self.host = tokens.transport.host
        self._tokens = tokens

    def call(self, operation: str, request: Request, expected: t.Container[int] = SUCCESSES) -> Response:
        """The answer, when its status is an expected one; operation names in errors what was tried.

        Raises ApiError for a refusal, TransportError when no answer came, AnswerError for one that makes no sense.
        """
        token = self._tokens.token()
        response = self._send(request, token.value)
        if self._token_may_be_at_fault(response, token):
            token = self._tokens.renew(token)
            response = self._send(request, token.value)
        if response.status not in expected:
            # another thread may have renewed it meanwhile
            secrets = (token.value, *self._tokens.secrets(), *request.secrets)
            raise error_for(response, operation, secrets=secrets, scope=token.scope)
        return response

    def prepare(self) -> None:
        """Have a token, so that a call fails for nothing else than itself."""
        self._tokens.token()

    def stop(self) -> None:
        """End what other threads wait for, and send nothing any more."""
        self._tokens.transport.stop()

    def secrets(self) -> tuple[str, ...]:
        """What must be masked in text that the service sends back."""
        return self._tokens.secrets()

    def document(self, operation: str, request: Request) -> dict[str, t.Any]:
        """The JSON object of a successful answer."""
        document = self.call(operation, request).json()
        if not isinstance(document, dict):
            raise AnswerError(f"{operation} on {self.host} brought JSON that is no object.")
        return document

    def _token_may_be_at_fault(self, response: Response, token: Token) -> bool:
        # it may lack what its client was allowed since
        outdated = response.status == 403 and self._tokens.is_of_old(token)
        return outdated or (response.status == 401 and not is_tenant_disabled(response))

    def _send(self, request: Request, token: str) -> Response:
        return self._tokens.transport.send(request.with_header("Authorization", f"Bearer {token}"))
