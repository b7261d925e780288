# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The APIs of a tenant, on its own host: the tenant itself, and the rooms of its resources."""

from __future__ import annotations

from .errors import ApiError
from .messages import Call, Reply
from .routing import Endpoint
from .service import Service
from .tenant_clients import TenantClients
from .tenant_files import TenantFiles
from .tenant_filter import TenantView
from .tenant_licenses import TenantLicenses
from .tenant_patch import apply_change, read_changes
from .tenant_resources import TenantApiKeys, TenantAutomations, TenantItems
from .tenant_row import redirect, tenant_of, tenant_row
from .tenant_spaces import TenantSpaces
from .tenant_tokens import TenantTokens
from .tenant_users import TenantUsers
from .timestamps import write_timestamp

PATH = "/api/v1/tenants"
ROOMS = (
    TenantUsers,
    TenantLicenses,
    TenantSpaces,
    TenantItems,
    TenantTokens,
    TenantClients,
    TenantApiKeys,
    TenantAutomations,
    TenantFiles,
)


class TenantHost:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._view = TenantView(service.state, service.readings)

    def endpoints(self) -> list[Endpoint]:
        rooms = [endpoint for room in ROOMS for endpoint in room(self._service).endpoints()]
        return [
            Endpoint("GET", f"{PATH}/me", self.me),
            Endpoint("GET", PATH + "/{tenant_id}", self.get),
            Endpoint("PATCH", PATH + "/{tenant_id}", self.configure, 2),
            *rooms,
        ]

    def me(self, call: Call) -> Reply:
        status = 301 if self._service.readings.b("C26") else 302
        return redirect(status, f"https://{call.host}{PATH}/{tenant_of(call).id}")

    def get(self, call: Call) -> Reply:
        check_id(call)
        return Reply(body=tenant_row(tenant_of(call), call.host, self._view))

    def configure(self, call: Call) -> Reply:
        """Nothing changes unless everything can."""
        check_id(call)
        tenant = tenant_of(call)
        for change in read_changes(call.json(), tenant, self._service.state):
            apply_change(tenant, change)
        tenant.updated_at = write_timestamp(self._service.clock())
        return Reply(204)


def check_id(call: Call) -> None:
    if call.params["tenant_id"] != tenant_of(call).id:
        raise ApiError(404, "Tenant not found", code="TENANTS-8")
