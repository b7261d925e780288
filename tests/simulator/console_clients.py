# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization API of OAuth clients.

Source: https://qlik.dev/apis/org-rest/core/oauth-clients/.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .client_body import KEPT, apply_patch, check_create, check_patch, client_row, secret_row
from .errors import FAMILY_B, ApiError
from .listing import Listing, page_reply
from .messages import Call, Reply
from .models import ORGANIZATION, Client
from .regions import CONSOLE_HOST
from .routing import Endpoint, Handler
from .scim import Attribute
from .selection import by_name, order, select
from .service import Service
from .state import SECRET_LIMIT

PATH = "/api/core/oauth-clients"
AREA = "oauth-clients"
SORT_KEYS: dict[str, Callable[[Client], Any]] = {
    "clientId": lambda client: client.client_id,
    "clientName": lambda client: client.client_name,
    "appType": lambda client: client.app_type,
    "createdAt": lambda client: client.created_at,
    "updatedAt": lambda client: client.updated_at or 0.0,
}
ATTRIBUTES = by_name(
    (
        Attribute("clientId", lambda client: [client.client_id]),
        Attribute("clientName", lambda client: [client.client_name]),
        Attribute("appType", lambda client: [client.app_type]),
        Attribute("createdByType", lambda client: [client.created_by_type]),
    )
)


class ConsoleClients:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._state = service.state

    def endpoints(self) -> list[Endpoint]:
        one, secrets = PATH + "/{client_id}", PATH + "/{client_id}/client-secrets"
        return [
            self._endpoint("GET", PATH, self.list_all),
            self._endpoint("POST", PATH, self.create),
            self._endpoint("POST", secrets, self.create_secret),
            self._endpoint("DELETE", secrets + "/{hint:path}", self.delete_secret),
            self._endpoint("GET", one, self.get),
            self._endpoint("PATCH", one, self.update),
            self._endpoint("DELETE", one, self.delete),
        ]

    def _endpoint(self, method: str, path: str, handler: Handler) -> Endpoint:
        return Endpoint(method, path, handler, 1 if method == "GET" else 2, FAMILY_B, AREA)

    def list_all(self, call: Call) -> Reply:
        expression, sort = call.query.get("filter"), call.query.get("sort")
        listing = Listing(
            pager=self._service.client_pager,
            base=f"https://{CONSOLE_HOST}{PATH}",
            key=repr((expression, sort)),
            stored=len(self._state.clients),
            build=lambda: self._select(expression, sort),
            render=lambda client: client_row(client, self._service.readings),
        )
        return page_reply(self._service, call, listing)

    def get(self, call: Call) -> Reply:
        return Reply(body=client_row(self._client(call), self._service.readings))

    def create(self, call: Call) -> Reply:
        body = check_create(call.json())
        client = Client(
            client_id=self._state.ids.id(),
            client_name=body["clientName"],
            level=ORGANIZATION,
            cursor=self._state.ids.cursor(),
            created_at=self._service.clock(),
            app_type=body["appType"],
            description=body.get("description"),
            grant_types=body.get("allowedGrantTypes", []),
            auth_methods=body.get("allowedAuthMethods", ["client_secret"] if body["appType"] == "web" else []),
            public_keys=body.get("publicKeys", []),
            scopes=body.get("allowedScopes", ["cloud-console.tenants:read"]),
            consent_method=body.get("connectionConfig", {}).get("consentMethod"),
            created_by_type="service",
            extra={name: body[name] for name in KEPT if name in body},
        )
        self._state.add_client(client)
        shown = {}
        if _takes_secrets(client):
            shown["clientSecret"] = self._state.new_secret(client, call.caller.client_id).value
        return Reply(201, client_row(client, self._service.readings) | shown)

    def update(self, call: Call) -> Reply:
        client = self._client(call)
        media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise ApiError(400, "Invalid request", detail="the content type must be application/json")
        for operation in check_patch(call.json(), self._service.readings):
            apply_patch(client, operation)
        client.updated_at = self._service.clock()
        if self._service.readings.a("C19") and _takes_secrets(client) and not client.secrets:
            return Reply(202, {"clientSecret": self._state.new_secret(client, call.caller.client_id).value})
        return Reply(204)

    def delete(self, call: Call) -> Reply:
        client = self._client(call)
        if call.headers.get("qlik-confirm-delete") != client.client_id:
            raise ApiError(400, "Invalid request", detail="the header qlik-confirm-delete must repeat the client id")
        del self._state.clients[client.client_id]
        return Reply(204)

    def create_secret(self, call: Call) -> Reply:
        client = self._client(call)
        if not _takes_secrets(client):
            raise ApiError(400, "Invalid request", detail="only web clients with client_secret have secrets")
        if len(client.secrets) >= SECRET_LIMIT:
            raise ApiError(409, "Conflict", detail=f"a client has at most {SECRET_LIMIT} secrets")
        secret = self._state.new_secret(client, call.caller.client_id)
        row = secret_row(secret, self._service.readings)
        return Reply(201, row | {"clientId": client.client_id, "clientSecret": secret.value})

    def delete_secret(self, call: Call) -> Reply:
        client = self._client(call)
        for secret in client.secrets:
            if secret.hint == call.params["hint"]:
                client.secrets.remove(secret)
                return Reply(204)
        raise ApiError(404, "Not found", detail="this client has no such secret")

    def _client(self, call: Call) -> Client:
        client = self._state.clients.get(call.params["client_id"])
        if client is None or client.level != ORGANIZATION:
            raise ApiError(404, "Not found", detail="there is no such client")
        return client

    def _select(self, expression: str | None, sort: str | None) -> list[Client]:
        rows = [client for client in self._state.clients.values() if client.level == ORGANIZATION]
        return order(select(rows, expression, ATTRIBUTES), sort, SORT_KEYS)


def _takes_secrets(client: Client) -> bool:
    return client.app_type == "web" and "client_secret" in client.auth_methods
