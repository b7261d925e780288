# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences of a tenant.

Source: https://qlik.dev/apis/rest/licenses/.
"""

from __future__ import annotations

import time
from typing import Any

from .errors import FAMILY_C
from .messages import Call, Reply
from .models import Tenant
from .paging import PAGE, PAGE_BY_200
from .people import all_users, people_of
from .resources import Collection, Kind, invalid
from .routing import Endpoint, Handler
from .service import Service
from .state import Ids, State
from .tenant_row import tenant_of
from .timestamps import write_timestamp

PATH = "/api/v1/licenses"
TYPES = ("professional", "analyzer")
UNITS = 1000
DAY = 86_400


def invent(ids: Ids, state: State, tenant: Tenant) -> list[dict[str, Any]]:
    people = people_of(state, tenant)[:50]
    return [
        assignment_body(user.subject, TYPES[number % len(TYPES)], user.name, tenant.created_at)
        for number, user in enumerate(people)
    ]


def assignment_body(subject: str, allotment: str, name: str, created: str) -> dict[str, Any]:
    return {"subject": subject, "type": allotment, "name": name, "created": created, "excess": False}


ASSIGNMENTS = Kind(
    "licenses/assignments",
    invent,
    PAGE,
    filterable=("subject", "type", "name"),
    sortable=("created",),
    identified=False,
)


def invent_consumption(ids: Ids, state: State, tenant: Tenant) -> list[dict[str, Any]]:
    """One record for each day that a tenant has people, back from now. Only endTime of a record is documented."""
    people, now = people_of(state, tenant)[:50], time.time()
    return [consumption_body(user.id, number + 1, now - number * DAY) for number, user in enumerate(people)]


def consumption_body(user: str, minutes: int, end: float) -> dict[str, Any]:
    return {"userId": user, "endTime": write_timestamp(end), "minutesUsed": minutes}


CONSUMPTION = Kind("licenses/consumption", invent_consumption, PAGE_BY_200, timed=("endTime",), sortable=("endTime",))


class TenantLicenses:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._rows = Collection(service, ASSIGNMENTS)
        self._consumption = Collection(service, CONSUMPTION)

    def endpoints(self) -> list[Endpoint]:
        return [
            self._endpoint("GET", f"{PATH}/overview", self.overview),
            self._endpoint("GET", f"{PATH}/status", self.status),
            self._endpoint("GET", CONSUMPTION.path, self._consumption.list_all),
            self._endpoint("GET", ASSIGNMENTS.path, self._rows.list_all),
            self._endpoint("POST", f"{ASSIGNMENTS.path}/actions/add", self.assign),
        ]

    def _endpoint(self, method: str, path: str, handler: Handler) -> Endpoint:
        return Endpoint(method, path, handler, 1 if method == "GET" else 2, FAMILY_C)

    def overview(self, call: Call) -> Reply:
        tenant = tenant_of(call)
        subscription = tenant.subscription_id or ""
        body = {
            "licenseKey": self._service.state.license_key(subscription),
            "licenseNumber": tenant.license_number or "",
            "parentLicenseNumber": subscription,
            "status": "Ok",
            "valid": validity(tenant),
            "trial": False,
            "product": "Qlik Cloud",
            "origin": "External",
            "allotments": [self._allotment(call, name) for name in TYPES],
            "parameters": [],
            "secondaryNumber": "",
            "updated": tenant.updated_at,
        }
        return Reply(body=body)

    def _allotment(self, call: Call, name: str) -> dict[str, Any]:
        used = sum(row.body["type"] == name for row in self._rows.rows(call))
        return {"name": name, "units": UNITS, "unitsUsed": used, "overage": 0, "usageClass": ""}

    def status(self, call: Call) -> Reply:
        valid = validity(tenant_of(call))
        body = {"status": "Ok", "deactivated": False, "valid": valid, "trial": False, "type": "Signed"}
        return Reply(body=body)

    def assign(self, call: Call) -> Reply:
        body = call.json()
        rows = body.get("add") if isinstance(body, dict) else None
        if not isinstance(rows, list) or not all(is_assignment(row) for row in rows):
            raise invalid(f"add is an array of objects with subject and type ({', '.join(TYPES)})")
        return Reply(207, {"data": [self._assign(call, row["subject"], row["type"]) for row in rows]})

    def _assign(self, call: Call, subject: str, allotment: str) -> dict[str, Any]:
        said = {"subject": subject, "type": allotment}
        users = all_users(self._service.state, tenant_of(call))
        user = next((user for user in users if user.subject == subject), None)
        if user is None:
            return {**said, "status": 400, "code": "LICENSES-011", "title": "No such subject"}
        for row in self._rows.rows(call):
            if row.body["subject"] == subject:
                row.body["type"] = allotment
                break
        else:
            self._rows.add(call, **assignment_body(subject, allotment, user.name, self._rows.now))
        return {**said, "status": 201, "code": "", "title": "Created"}


def validity(tenant: Tenant) -> str:
    """An interval; a dot is an open end."""
    ends = (tenant.license_starts_at, tenant.license_ends_at)
    return "/".join(end[:10] if end else "." for end in ends)


def is_assignment(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("subject"), str) and row.get("type") in TYPES
