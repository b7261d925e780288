# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The spaces of a tenant. Their names need not be unique.

Source: https://qlik.dev/apis/rest/spaces/.
"""

from __future__ import annotations

from typing import Any

from .messages import Call, Reply
from .models import Tenant
from .paging import NEXT_BY_TEN
from .resources import Collection, Kind, invalid, read_body
from .routing import Endpoint
from .service import Service
from .state import Ids, State
from .tenant_row import tenant_of

TYPES = ("shared", "managed", "data")
PATCHABLE = ("/name", "/description")


def invent(ids: Ids, state: State, tenant: Tenant) -> list[dict[str, Any]]:
    return [
        {
            "name": f"Space {number + 1:02}",
            "description": "",
            "type": TYPES[number % len(TYPES)],
            "ownerId": ids.id(24),
            "tenantId": tenant.id,
            "createdAt": tenant.created_at,
            "updatedAt": tenant.created_at,
        }
        for number in range(23)
    ]


SPACES = Kind(
    "spaces",
    invent,
    NEXT_BY_TEN,
    selectors=("name", "type", "ownerId"),
    filterable=("id", "name", "type", "ownerId"),
    sortable=("name", "type", "createdAt", "updatedAt"),
)


class TenantSpaces:
    def __init__(self, service: Service) -> None:
        self._rows = Collection(service, SPACES)

    def endpoints(self) -> list[Endpoint]:
        one = SPACES.path + "/{id}"
        return [
            Endpoint("GET", SPACES.path, self._rows.list_all),
            Endpoint("POST", SPACES.path, self.create, 2),
            Endpoint("GET", one, self._rows.get),
            Endpoint("PATCH", one, self.patch, 2),
            Endpoint("PUT", one, self.replace, 2),
            Endpoint("DELETE", one, self._rows.delete, 2),
        ]

    def create(self, call: Call) -> Reply:
        body = read_body(call, ("name",), ("description", "type"))
        if body.get("type", "shared") not in TYPES:
            raise invalid(f"type is one of {', '.join(TYPES)}")
        row = self._rows.add(
            call,
            name=body["name"],
            description=body.get("description", ""),
            type=body.get("type", "shared"),
            ownerId=call.caller.user_id,
            tenantId=tenant_of(call).id,
            createdAt=self._rows.now,
            updatedAt=self._rows.now,
        )
        return Reply(201, row.body)

    def patch(self, call: Call) -> Reply:
        row = self._rows.find(call)
        changes = read_changes(call.json())
        row.body |= {**changes, "updatedAt": self._rows.now}
        return Reply(204)

    def replace(self, call: Call) -> Reply:
        row = self._rows.find(call)
        body = read_body(call, ("name",), ("description", "ownerId"))
        row.body |= {"description": "", **body, "updatedAt": self._rows.now}
        return Reply(body=row.body)


def read_changes(body: Any) -> dict[str, str]:
    if not isinstance(body, list) or not all(is_change(operation) for operation in body):
        raise invalid("the body is an array of operations that replace /name or /description by a string")
    return {operation["path"][1:]: operation["value"] for operation in body}


def is_change(operation: Any) -> bool:
    if not isinstance(operation, dict) or operation.get("op") != "replace":
        return False
    value = operation.get("value")
    named = operation.get("path") != "/name" or bool(value)
    return operation.get("path") in PATCHABLE and isinstance(value, str) and named
