# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Items, API keys and automations of a tenant.

Sources: https://qlik.dev/apis/rest/items/, https://qlik.dev/apis/rest/api-keys/,
https://qlik.dev/apis/rest/automations/.
"""

from __future__ import annotations

import secrets
from typing import Any

from .messages import Call, Reply
from .models import Tenant
from .paging import AROUND, CURSOR_STYLE, NEXT_BY_TEN
from .resources import Collection, Kind, invalid, read_body
from .routing import Endpoint
from .service import Service
from .state import Ids, State
from .tenant_row import tenant_of

ITEM_TYPES = ("app", "dataset", "note", "link")
INTERNAL_HOST = "http://internal.example"


def invent_items(ids: Ids, state: State, tenant: Tenant) -> list[dict[str, Any]]:
    return [
        {
            "name": f"Item {number + 1:02}",
            "resourceType": ITEM_TYPES[number % len(ITEM_TYPES)],
            "resourceId": ids.id(24),
            "tenantId": tenant.id,
            "createdAt": tenant.created_at,
            "updatedAt": tenant.created_at,
        }
        for number in range(34)
    ]


def invent_keys(ids: Ids, state: State, tenant: Tenant) -> list[dict[str, Any]]:
    return [key_body(f"Key {number + 1:02}", ids.id(24), tenant, tenant.created_at) for number in range(24)]


def invent_automations(ids: Ids, state: State, tenant: Tenant) -> list[dict[str, Any]]:
    return [automation_body(f"Automation {number + 1:02}", "", ids.id(24), tenant.created_at) for number in range(23)]


def key_body(description: str, owner: str | None, tenant: Tenant, now: str) -> dict[str, Any]:
    return {
        "sub": owner,
        "subType": "user",
        "tenantId": tenant.id,
        "description": description,
        "status": "active",
        "created": now,
        "lastUpdated": now,
        "createdByUser": owner,
    }


def automation_body(name: str, description: str, owner: str | None, now: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "state": "available",
        "runMode": "manual",
        "ownerId": owner,
        "createdAt": now,
        "updatedAt": now,
    }


ITEMS = Kind(
    "items",
    invent_items,
    NEXT_BY_TEN,
    selectors=("name", "resourceType", "resourceId"),
    sortable=("name", "createdAt", "updatedAt"),
)
API_KEYS = Kind(
    "api-keys",
    invent_keys,
    AROUND,
    selectors=("sub", "status", "createdByUser"),
    sortable=("created", "description", "status"),
)
AUTOMATIONS = Kind(
    "automations",
    invent_automations,
    CURSOR_STYLE,
    filterable=("name", "ownerId", "state", "runMode"),
    sortable=("id", "name", "state", "createdAt", "updatedAt"),
)


class Items(Collection):
    """Reading C4 B has the links of its pages lead to an internal host."""

    def base(self, call: Call) -> str:
        return super().base(call) if self._service.readings.a("C4") else f"{INTERNAL_HOST}{ITEMS.path}"


class TenantItems:
    def __init__(self, service: Service) -> None:
        self._rows = Items(service, ITEMS)

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("GET", ITEMS.path, self._rows.list_all),
            Endpoint("GET", ITEMS.path + "/{id}", self._rows.get),
        ]


class TenantApiKeys:
    def __init__(self, service: Service) -> None:
        self._rows = Collection(service, API_KEYS)

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("GET", API_KEYS.path, self._rows.list_all),
            Endpoint("POST", API_KEYS.path, self.create, 2),
            Endpoint("GET", API_KEYS.path + "/{id}", self._rows.get),
            Endpoint("DELETE", API_KEYS.path + "/{id}", self._rows.delete, 2),
        ]

    def create(self, call: Call) -> Reply:
        """Shows the token once; it opens nothing here."""
        body = read_body(call, ("description",), ("expiry", "sub", "subType"))
        owner = body.get("sub", call.caller.user_id)
        row = self._rows.add(call, **{**key_body("", owner, tenant_of(call), self._rows.now), **body})
        return Reply(201, {**row.body, "token": secrets.token_urlsafe(48)})


class TenantAutomations:
    def __init__(self, service: Service) -> None:
        self._rows = Collection(service, AUTOMATIONS)

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("GET", AUTOMATIONS.path, self._rows.list_all),
            Endpoint("POST", AUTOMATIONS.path, self.create, 2),
            Endpoint("GET", AUTOMATIONS.path + "/{id}", self._rows.get),
            Endpoint("DELETE", AUTOMATIONS.path + "/{id}", self._rows.delete, 2),
        ]

    def create(self, call: Call) -> Reply:
        body = read_body(call, ("name",), ("description",), ("workspace",))
        if not isinstance(body.get("workspace", {}), dict):
            raise invalid("workspace must be an object")
        described = automation_body(body["name"], body.get("description", ""), call.caller.user_id, self._rows.now)
        return Reply(201, self._rows.add(call, **described, workspace=body.get("workspace", {})).body)
