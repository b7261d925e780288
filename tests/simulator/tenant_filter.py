# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants of the organization API: their JSON, their filter and their order.

Source: https://qlik.dev/apis/org-rest/core/tenants/.
"""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .messages import Call
from .models import Tenant
from .readings import Readings
from .regions import CONSOLE_HOST
from .scim import Attribute, FilterError, Node, always_equals, comparisons, parse_filter
from .state import State
from .timestamps import read_timestamp

EQUAL = frozenset({"eq"})
EQUAL_OR_NOT = frozenset({"eq", "ne"})
SORT_FIELDS = {"name", "regionCode", "countryCode", "hostnames", "createdAt", "updatedAt", "status", "subscriptionId"}
SWAPPED_CODES = {"ap-southeast-1": "ap-southeast-2", "ap-southeast-2": "ap-southeast-1"}


class TenantView:
    """Tenants as the chosen readings show them."""

    def __init__(self, state: State, readings: Readings) -> None:
        self._state = state
        self._readings = readings
        self._attributes = {attribute.name.lower(): attribute for attribute in self._filterable()}

    def row(self, tenant: Tenant) -> dict[str, Any]:
        row = {
            "id": tenant.id,
            "name": tenant.name,
            "hostnames": self.hostnames(tenant),
            "status": self.status(tenant),
            "regionCode": self.region_code(tenant),
            "countryCode": tenant.country_code,
            "createdAt": tenant.created_at,
            "updatedAt": tenant.updated_at,
            "createdBy": tenant.created_by,
            "subscriptionId": tenant.subscription_id,
            "licenseNumber": tenant.license_number,
            "licenseStartsAt": self._licence_date(tenant.license_starts_at),
            "licenseEndsAt": self._licence_date(tenant.license_ends_at),
            "deletionStartsAt": tenant.deletion_starts_at,
            "links": {"self": {"href": self._link(tenant)}},
        }
        return {name: value for name, value in row.items() if value is not None} | tenant.extra

    def hostnames(self, tenant: Tenant) -> list[str]:
        names = list(tenant.hostnames)
        if self._readings.a("C23"):
            names[:2] = reversed(names[:2])
        return names

    def status(self, tenant: Tenant) -> str:
        return "disabled" if tenant.status == "deactivated" and self._readings.b("C7") else tenant.status

    def region_code(self, tenant: Tenant) -> str:
        return self.shown_code(tenant.region_code)

    def shown_code(self, code: str) -> str:
        return SWAPPED_CODES.get(code, code) if self._readings.a("C11") else code

    def _licence_date(self, text: str | None) -> str | None:
        if text is None or not text[:4].isdigit():
            return text
        if self._readings.a("C8"):
            return text[:10]
        return f"{text}T00:00:00.000Z" if self._readings.b("C8") and len(text) == 10 else text

    def _link(self, tenant: Tenant) -> str:
        if self._readings.a("C5"):
            return f"https://{CONSOLE_HOST}/api/core/tenants/{tenant.id}"
        return f"http://foo.example/api/v1/tenants/{tenant.id}"

    def parse(self, text: str) -> Node:
        """A filter that this caller may use."""
        try:
            node = parse_filter(text, self._attributes)
        except FilterError as error:
            raise ApiError(400, "Invalid filter", detail=str(error), parameter="filter") from None
        for comparison in comparisons(node):
            if comparison.attribute.name == "subscriptionId" and comparison.value not in self._state.subscriptions:
                raise ApiError(403, "Forbidden", detail="This subscription is not one of your organization")
        if self._readings.a("C13") and not always_equals(node, "subscriptionId"):
            raise ApiError(400, "Invalid filter", detail="subscriptionId eq is required", parameter="filter")
        return node

    def lists(self, tenant: Tenant) -> bool:
        """Whether the organization knows of the tenant yet."""
        return tenant.listed_at <= self._state.clock()

    def select(self, expression: str | None, sort: str | None) -> list[Tenant]:
        node = None if expression is None else self.parse(expression)
        rows = [tenant for tenant in self._state.tenants if self.lists(tenant)]
        if node is not None:
            rows = [tenant for tenant in rows if node.matches(tenant)]
        for name, descending in reversed(sort_fields(sort)):
            rows.sort(key=lambda tenant: self._sort_key(tenant, name), reverse=descending)
        return rows

    def _sort_key(self, tenant: Tenant, name: str) -> Any:
        keys = {
            "name": tenant.name or "",
            "regionCode": self.region_code(tenant),
            "countryCode": tenant.country_code,
            "hostnames": self.hostnames(tenant),
            "createdAt": tenant.created_at,
            "updatedAt": tenant.updated_at,
            "status": self.status(tenant),
            "subscriptionId": tenant.subscription_id or "",
        }
        return keys[name]

    def _filterable(self) -> list[Attribute]:
        return [
            Attribute("id", lambda tenant: [tenant.id], EQUAL),
            Attribute("originalId", lambda tenant: [tenant.id], EQUAL),
            Attribute("name", lambda tenant: present(tenant.name), EQUAL),
            Attribute("hostnames", lambda tenant: tenant.hostnames, EQUAL, str.lower),
            Attribute("subscriptionId", lambda tenant: present(tenant.subscription_id), EQUAL),
            Attribute("regionCode", lambda tenant: [self.region_code(tenant)], EQUAL_OR_NOT),
            Attribute("status", lambda tenant: [self.status(tenant)], EQUAL_OR_NOT),
            Attribute("countryCode", lambda tenant: [tenant.country_code]),
            Attribute("createdAt", lambda tenant: [tenant.created_at], normalize=read_timestamp),
            Attribute("updatedAt", lambda tenant: [tenant.updated_at], normalize=read_timestamp),
        ]


def present(value: str | None) -> list[str]:
    return [] if value is None else [value]


def sort_fields(sort: str | None) -> list[tuple[str, bool]]:
    """Pairs of field and whether it descends."""
    fields = []
    for text in sort.split(",") if sort else []:
        name = text[1:] if text[:1] in ("+", "-") else text
        if name not in SORT_FIELDS:
            raise ApiError(400, "Invalid sort", detail=f"cannot sort by {name!r}", parameter="sort")
        fields.append((name, text.startswith("-")))
    return fields


def body_filter(call: Call) -> str | None:
    """The filter in the body of `actions/filter`."""
    body = call.json() if call.body else {}
    expression = body.get("filter") if isinstance(body, dict) else 0
    if expression is not None and not isinstance(expression, str):
        raise ApiError(400, "The body must be an object whose filter is a string")
    return expression
