# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of tenants, ruled from the register host of their region.

Sources: https://qlik.dev/apis/rest/tenants/, https://qlik.dev/manage/tenants/delete-tenants/.
"""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .messages import Call, Reply
from .models import Tenant
from .regions import REGIONS, region_of_host
from .routing import Endpoint, Handler
from .seed import DAY
from .service import Service
from .tenant_filter import TenantView
from .tenant_order import TenantOrder, read_order
from .tenant_row import tenant_row
from .timestamps import write_timestamp

PATH = "/api/v1/tenants"
CONFIRM = "qlik-confirm-hostname"
DEFAULT_DELAY, SHORTEST_DELAY, LONGEST_DELAY = 30, 10, 90


class RegisterHost:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._state = service.state
        self._view = TenantView(service.state, service.readings)

    def endpoints(self) -> list[Endpoint]:
        actions = PATH + "/{tenant_id}/actions/"
        return [
            self._endpoint(PATH, "tenants:create", self.create),
            self._endpoint(actions + "deactivate", "tenants:deactivate", self.deactivate),
            self._endpoint(actions + "reactivate", "tenants:reactivate", self.reactivate),
        ]

    def _endpoint(self, path: str, scope: str, handler: Handler) -> Endpoint:
        def admit(call: Call) -> Reply:
            if call.tenant and not self._service.readings.b("C12"):
                raise ApiError(404, "Not found")
            if scope not in call.caller.scope.split():
                raise ApiError(403, "Forbidden", detail=f"The token lacks the scope {scope}")
            return handler(call)

        return Endpoint("POST", path, admit, 2)

    def create(self, call: Call) -> Reply:
        region, subscription = region_of_host(call.host), call.caller.subscription_id or ""
        code = self._view.shown_code(REGIONS[region].code)
        order = read_order(call.json(), region, code, self._state, wide=self._service.readings.b("C22"))
        if order.license_key != self._state.license_key(subscription):
            raise ApiError(403, "Forbidden", detail="The licence key is not this subscription's")
        entitled = self._state.entitled
        if entitled is not None and len(self._state.tenants_of(subscription)) >= entitled:
            raise ApiError(403, "Forbidden", detail="The entitlement allows no more tenants")
        tenant = self._new_tenant(order, region, subscription, call.caller.client_id)
        self._state.tenants.append(tenant)
        return Reply(201, tenant_row(tenant, call.host, self._view))

    def _new_tenant(self, order: TenantOrder, region: str, subscription: str, client_id: str) -> Tenant:
        ids, now = self._state.ids, self._service.clock()
        host = ids.hostname(region)
        return Tenant(
            id=ids.id(),
            cursor=ids.cursor(),
            name=order.name or host.partition(".")[0],
            hostnames=[host, *order.aliases],
            region_code=REGIONS[region].code,
            country_code=REGIONS[region].country,
            created_at=write_timestamp(now),
            updated_at=write_timestamp(now),
            subscription_id=subscription,
            license_number=ids.digits(),
            created_by=client_id,
            furnished=False,
            listed_at=now + self._service.listing_delay,
            ready_at=now + self._service.readiness_delay,
        )

    def deactivate(self, call: Call) -> Reply:
        tenant = self._confirmed(call)
        purge_at = self._service.clock() + read_delay(call) * DAY
        self._state.doom(tenant, purge_at)
        body = {"id": tenant.id, "status": "disabled", "estimatedPurgeDate": write_timestamp(purge_at)}
        return Reply(body=body)

    def reactivate(self, call: Call) -> Reply:
        tenant = self._confirmed(call)
        if read_fields(call):
            raise ApiError(400, "The body must be an empty object")
        self._state.spare(tenant)
        return Reply(body={"id": tenant.id, "status": "active"})

    def _confirmed(self, call: Call) -> Tenant:
        """The tenant of the path, whose host the caller must name."""
        tenant = self._state.tenant(call.params["tenant_id"])
        if tenant is None or tenant.status == "deleted" or not self._reaches(call, tenant):
            raise ApiError(404, "Tenant not found", code="TENANTS-8")
        host = call.headers.get(CONFIRM)
        if host is None:
            raise ApiError(400, "Invalid request", detail=f"the header {CONFIRM} is required")
        if host.lower() not in [name.lower() for name in tenant.hostnames]:
            raise ApiError(412, "Precondition failed", detail=f"{CONFIRM} names no host of this tenant")
        return tenant

    def _reaches(self, call: Call, tenant: Tenant) -> bool:
        mine = (region_of_host(call.host), call.caller.subscription_id)
        return (tenant.region, tenant.subscription_id) == mine


def read_fields(call: Call) -> dict[str, Any]:
    body = call.json() if call.body else {}
    if not isinstance(body, dict):
        raise ApiError(400, "The body must be an object")
    return body


def read_delay(call: Call) -> int:
    fields = read_fields(call)
    days = fields.pop("purgeAfterDays", DEFAULT_DELAY)
    if fields:
        raise ApiError(400, "Invalid request", detail="purgeAfterDays is all there is to say")
    if not isinstance(days, int) or not SHORTEST_DELAY <= days <= LONGEST_DELAY:
        raise ApiError(400, "Invalid request", detail=f"purgeAfterDays is {SHORTEST_DELAY} to {LONGEST_DELAY}")
    return days
