# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The APIs of a tenant, on its own host.

Source: https://qlik.dev/apis/rest/users/.
"""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .messages import Call, Reply
from .models import Bot, Tenant
from .routing import Endpoint
from .service import Service
from .tenant_filter import TenantView


class TenantHost:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._view = TenantView(service.state, service.readings)

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("GET", "/api/v1/tenants/me", self.tenant_me, area="tenant"),
            Endpoint("GET", "/api/v1/tenants/{tenant_id}", self.tenant, area="tenant"),
            Endpoint("GET", "/api/v1/users/me", self.user_me, area="tenant"),
            Endpoint("GET", "/api/v1/users/{user_id}", self.user, area="tenant"),
        ]

    def tenant_me(self, call: Call) -> Reply:
        status = 301 if self._service.readings.b("C26") else 302
        return redirect(status, f"https://{call.host}/api/v1/tenants/{tenant_of(call).id}")

    def tenant(self, call: Call) -> Reply:
        tenant = tenant_of(call)
        if call.params["tenant_id"] != tenant.id:
            raise ApiError(404, "Tenant not found", code="TENANTS-8")
        return Reply(body=self._tenant_row(tenant, call.host))

    def user_me(self, call: Call) -> Reply:
        if call.caller.user_id is None:
            raise ApiError(404, "User not found")
        status = 302 if self._service.readings.a("C26") else 301
        return redirect(status, f"https://{call.host}/api/v1/users/{call.caller.user_id}")

    def user(self, call: Call) -> Reply:
        for bot in self._service.state.bots_of(tenant_of(call)):
            if bot.id == call.params["user_id"]:
                return Reply(body=user_row(bot, call.host))
        raise ApiError(404, "User not found")

    def _tenant_row(self, tenant: Tenant, host: str) -> dict[str, Any]:
        return {
            "id": tenant.id,
            "name": tenant.name or "",
            "hostnames": self._view.hostnames(tenant),
            "datacenter": self._view.region_code(tenant),
            "region": tenant.region,
            "status": self._view.status(tenant),
            "created": tenant.created_at,
            "lastUpdated": tenant.updated_at,
            "createdByUser": tenant.created_by,
            "statusLastUpdatedAt": tenant.updated_at,
            "enableAnalyticCreation": False,
            "autoAssignCreateSharedSpacesRoleToProfessionals": True,
            "links": {"self": {"href": f"https://{host}/api/v1/tenants/{tenant.id}"}},
        }


def tenant_of(call: Call) -> Tenant:
    if call.tenant is None:
        raise ApiError(404, "Not found")
    return call.tenant


def redirect(status: int, location: str) -> Reply:
    return Reply(status, headers={"Location": location})


def user_row(bot: Bot, host: str) -> dict[str, Any]:
    return {
        "id": bot.id,
        "tenantId": bot.tenant_id,
        "clientId": bot.client_id,
        "subject": f"qlikbot\\{bot.client_id}",
        "name": bot.name,
        "status": bot.status,
        "roles": ["TenantAdmin"],
        "assignedRoles": [{"id": "tenant-admin", "name": "TenantAdmin", "type": "default", "level": "admin"}],
        "createdAt": bot.created_at,
        "lastUpdatedAt": bot.created_at,
        "links": {"self": {"href": f"https://{host}/api/v1/users/{bot.id}"}},
    }
