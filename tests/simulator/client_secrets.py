# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets of OAuth clients.

Sources: https://qlik.dev/apis/org-rest/core/oauth-clients/, https://qlik.dev/apis/rest/oauth-clients/.
"""

from __future__ import annotations

from collections.abc import Callable

from .client_row import secret_row
from .errors import ApiError
from .messages import Call, Reply
from .models import Client, Secret
from .service import Service
from .state import SECRET_LIMIT


class ClientSecrets:
    """`find` is the client that a call names."""

    def __init__(self, service: Service, find: Callable[[Call], Client]) -> None:
        self._service = service
        self._find = find

    def create(self, call: Call) -> Reply:
        client = self._find(call)
        if not takes_secrets(client):
            raise ApiError(400, "Invalid request", detail="only web clients with client_secret have secrets")
        if len(client.secrets) >= SECRET_LIMIT:
            raise ApiError(409, "Conflict", detail=f"a client has at most {SECRET_LIMIT} secrets")
        secret = self.add(client, call)
        secret.opens_at = secret.created_at + self._service.secret_delay
        row = secret_row(secret, self._service.readings)
        return Reply(201, row | {"clientId": client.client_id, "clientSecret": secret.value})

    def delete(self, call: Call) -> Reply:
        client = self._find(call)
        for secret in client.secrets:
            if secret.hint == call.params["hint"]:
                client.secrets.remove(secret)
                client.removed_secrets.append(secret)
                secret.closes_at = self._service.clock() + self._service.removal_delay
                return Reply(204)
        raise ApiError(404, "Not found", detail="this client has no such secret")

    def add(self, client: Client, call: Call) -> Secret:
        """A secret made by the caller: on tenant hosts by the user that stands for it."""
        return self._service.state.new_secret(client, call.caller.user_id or call.caller.client_id)


def takes_secrets(client: Client) -> bool:
    return client.app_type == "web" and "client_secret" in client.auth_methods
