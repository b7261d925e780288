# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the organization's and the tenants' APIs of OAuth clients do alike.

Sources: https://qlik.dev/apis/org-rest/core/oauth-clients/, https://qlik.dev/apis/rest/oauth-clients/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .client_body import KEPT, check_combinations, check_create
from .client_patch import Paths, patch_client, read_patch
from .client_row import client_row
from .client_secrets import ClientSecrets, takes_secrets
from .errors import FAMILY_B, ApiError
from .listing import Listing, page_reply
from .messages import Call, Reply
from .models import Client
from .paging import Pager
from .readings import Readings
from .routing import Endpoint, Handler
from .scim import Attribute
from .selection import by_name, order, select
from .service import Service

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


@dataclass(frozen=True)
class Level:
    """`name` is the level of its clients, `scopes` are those of a client that asked for none."""

    name: str
    path: str
    scopes: tuple[str, ...]
    patch_paths: Callable[[Readings], Paths]
    attributes: Mapping[str, Attribute]
    sort_keys: Mapping[str, Callable[[Client], Any]]
    area: str = ""

    @property
    def one(self) -> str:
        return self.path + "/{client_id}"

    def endpoint(self, method: str, path: str, handler: Handler) -> Endpoint:
        return Endpoint(method, path, handler, 1 if method == "GET" else 2, FAMILY_B, self.area)


class ClientRoom:
    def __init__(self, service: Service, level: Level) -> None:
        self._service = service
        self._state = service.state
        self._level = level
        self._secrets = ClientSecrets(service, self.find)

    def endpoints(self) -> list[Endpoint]:
        path, one, endpoint = self._level.path, self._level.one, self._level.endpoint
        return [
            endpoint("GET", path, self.list_all),
            endpoint("POST", path, self.create),
            endpoint("POST", f"{one}/client-secrets", self._secrets.create),
            endpoint("DELETE", f"{one}/client-secrets/{{hint:path}}", self._secrets.delete),
            endpoint("GET", one, self.get),
            endpoint("PATCH", one, self.update),
            endpoint("DELETE", one, self.delete),
        ]

    def find(self, call: Call) -> Client:
        client = self._state.clients.get(call.params["client_id"])
        if client is None or not self._is_here(client, call):
            raise ApiError(404, "Not found", detail="there is no such client")
        return client

    def list_all(self, call: Call) -> Reply:
        expression, sort = call.query.get("filter"), call.query.get("sort")
        clients = [client for client in self._state.clients.values() if self._is_here(client, call)]
        listing = Listing(
            pager=self._pager(call),
            base=f"https://{call.host}{self._level.path}",
            key=repr((expression, sort)),
            stored=len(clients),
            build=lambda: order(select(clients, expression, self._level.attributes), sort, self._level.sort_keys),
            render=lambda client: client_row(client, self._service.readings),
        )
        return page_reply(self._service, call, listing)

    def get(self, call: Call) -> Reply:
        return Reply(body=client_row(self.find(call), self._service.readings))

    def create(self, call: Call) -> Reply:
        client = self._new_client(call, check_create(call.json()))
        check_combinations(client)
        self._state.add_client(client)
        shown = {"clientSecret": self._secrets.add(client, call).value} if takes_secrets(client) else {}
        return Reply(201, client_row(client, self._service.readings) | shown)

    def update(self, call: Call) -> Reply:
        client = self.find(call)
        took_secrets = takes_secrets(client)
        paths = self._level.patch_paths(self._service.readings)
        patch_client(client, read_patch(call, paths, ("add", "remove", "replace")))
        client.updated_at = self._service.clock()
        if takes_secrets(client) and not took_secrets and not client.secrets:
            return Reply(202, {"clientSecret": self._secrets.add(client, call).value})
        return Reply(204)

    def delete(self, call: Call) -> Reply:
        client = self.find(call)
        if call.headers.get("qlik-confirm-delete") != client.client_id:
            raise ApiError(400, "Invalid request", detail="the header qlik-confirm-delete must repeat the client id")
        del self._state.clients[client.client_id]
        return Reply(204)

    def _is_here(self, client: Client, call: Call) -> bool:
        return (client.level, client.tenant_id) == (self._level.name, call.tenant.id if call.tenant else None)

    def _pager(self, call: Call) -> Pager[Client]:
        return self._service.pager(call.tenant, "oauth-clients") if call.tenant else self._service.client_pager

    def _new_client(self, call: Call, body: dict[str, Any]) -> Client:
        return Client(
            client_id=self._state.ids.id(),
            client_name=body["clientName"],
            level=self._level.name,
            cursor=self._state.ids.cursor(),
            created_at=self._service.clock(),
            app_type=body["appType"],
            description=body.get("description"),
            grant_types=body.get("allowedGrantTypes", []),
            auth_methods=body.get("allowedAuthMethods", ["client_secret"] if body["appType"] == "web" else []),
            public_keys=body.get("publicKeys", []),
            scopes=body.get("allowedScopes", list(self._level.scopes)),
            consent_method=body.get("connectionConfig", {}).get("consentMethod"),
            tenant_id=call.tenant.id if call.tenant else None,
            created_by_type="service",
            extra={name: body[name] for name in KEPT if name in body},
        )
