# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization API of tenants.

Source: https://qlik.dev/apis/org-rest/core/tenants/.
"""

from __future__ import annotations

from .errors import ApiError
from .listing import Listing, page_reply
from .messages import Call, Reply, encode_json
from .paging import NEXT, OFFSET
from .regions import CONSOLE_HOST, DOMAIN
from .routing import Endpoint
from .service import Service
from .tenant_filter import TenantView, body_filter

PATH = "/api/core/tenants"
AREA = "tenants"


class ConsoleTenants:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._view = TenantView(service.state, service.readings)

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("GET", PATH, self.list_all, area=AREA),
            Endpoint("GET", f"{PATH}/actions/count", self.count, area=AREA),
            Endpoint("POST", f"{PATH}/actions/filter", self.filter, tier=2, area=AREA),
            Endpoint("GET", PATH + "/{tenant_id}", self.get, area=AREA),
        ]

    def list_all(self, call: Call) -> Reply:
        return self._page(call, call.query.get("filter"), "")

    def filter(self, call: Call) -> Reply:
        return self._page(call, body_filter(call), "/actions/filter")

    def count(self, call: Call) -> Reply:
        if "filter" not in call.query:
            raise ApiError(400, "filter is required", parameter="filter")
        return Reply(body={"total": len(self._view.select(call.query["filter"], None))})

    def get(self, call: Call) -> Reply:
        tenant = self._service.state.tenant(call.params["tenant_id"])
        if tenant is None or not self._view.lists(tenant):
            raise ApiError(404, "Tenant not found", code="TENANTS-8")
        if self._service.readings.a("C6"):
            return Reply(body=self._view.row(tenant))
        href = f"{self._base()}/{tenant.id}"
        return Reply(body={"data": [self._view.row(tenant)], "links": {"self": {"href": href}}})

    def _page(self, call: Call, expression: str | None, action: str) -> Reply:
        readings, sort = self._service.readings, call.query.get("sort")
        listing = Listing(
            pager=self._service.tenant_pager,
            base=self._base() + action,
            key=repr((expression, sort, sorted(readings.items()))),
            stored=len(self._service.state.tenants),
            build=lambda: self._view.select(expression, sort),
            render=self._view.row,
            style=OFFSET if readings.a("C3") else NEXT,
            lowest_limit=0,
            strict_total=readings.a("C9"),
        )
        reply = page_reply(self._service, call, listing)
        if readings.a("C30"):
            reply.content = encode_json(reply.body)[:-1] + b",}"
        return reply

    def _base(self) -> str:
        return (
            f"https://{CONSOLE_HOST}{PATH}" if self._service.readings.a("C4") else f"https://api.{DOMAIN}/core/tenants"
        )
