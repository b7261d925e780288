# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users of a tenant, on its own host.

Source: https://qlik.dev/apis/rest/users/.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import ApiError
from .listing import Listing, page_reply
from .messages import Call, Reply
from .models import Tenant, User
from .people import all_users, people_of
from .routing import Endpoint
from .scim import Attribute
from .selection import by_name, order, select
from .service import Service
from .tenant_filter import EQUAL, body_filter, present
from .tenant_row import redirect, tenant_of
from .timestamps import write_timestamp

PATH = "/api/v1/users"
LARGEST_BODY = 500_000
STATUSES = ("active", "invited", "disabled", "deleted")
TEXTS = ("subject", "name", "email", "status")
EQUAL_OR_PART = frozenset({"eq", "co"})
ATTRIBUTES = by_name(
    (
        Attribute("id", lambda user: [user.id], EQUAL),
        Attribute("subject", lambda user: [user.subject], EQUAL_OR_PART),
        Attribute("name", lambda user: [user.name], EQUAL_OR_PART),
        Attribute("email", lambda user: present(user.email), EQUAL_OR_PART),
        Attribute("status", lambda user: [user.status], EQUAL),
        Attribute("clientId", lambda user: present(user.client_id), EQUAL),
    )
)
SORT_KEYS: dict[str, Callable[[User], Any]] = {
    "id": lambda user: user.id,
    "subject": lambda user: user.subject,
    "name": lambda user: user.name,
    "email": lambda user: user.email or "",
    "status": lambda user: user.status,
}


class TenantUsers:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._state = service.state

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("GET", PATH, self.list_all),
            Endpoint("POST", PATH, self.create, 2),
            Endpoint("GET", f"{PATH}/me", self.me),
            Endpoint("GET", f"{PATH}/actions/count", self.count),
            Endpoint("POST", f"{PATH}/actions/filter", self.filter, 2),
            Endpoint("GET", PATH + "/{user_id}", self.get),
        ]

    def list_all(self, call: Call) -> Reply:
        return self._page(call, call.query.get("filter"))

    def filter(self, call: Call) -> Reply:
        return self._page(call, body_filter(call))

    def count(self, call: Call) -> Reply:
        users = all_users(self._state, tenant_of(call))
        return Reply(body={"total": len(select(users, call.query.get("filter"), ATTRIBUTES))})

    def me(self, call: Call) -> Reply:
        if call.caller.user_id is None:
            raise ApiError(404, "User not found")
        status = 302 if self._service.readings.a("C26") else 301
        return redirect(status, f"https://{call.host}{PATH}/{call.caller.user_id}")

    def get(self, call: Call) -> Reply:
        for user in all_users(self._state, tenant_of(call)):
            if user.id == call.params["user_id"]:
                return Reply(body=user_row(user, call.host))
        raise ApiError(404, "User not found")

    def create(self, call: Call) -> Reply:
        tenant = tenant_of(call)
        body = read_user(call)
        for user in all_users(self._state, tenant):
            if user.subject == body["subject"] or (user.email and user.email.lower() == body.get("email", "").lower()):
                raise ApiError(409, "Conflict", detail="there is a user of this subject or email")
        user = self._new_user(body, tenant)
        people_of(self._state, tenant).append(user)
        tenant.people += 1
        return Reply(201, user_row(user, call.host))

    def _new_user(self, body: dict[str, Any], tenant: Tenant) -> User:
        return User(
            id=self._state.ids.id(24),
            cursor=self._state.ids.cursor(),
            tenant_id=tenant.id,
            subject=body["subject"],
            name=body.get("name", ""),
            created_at=write_timestamp(self._service.clock()),
            email=body.get("email"),
            status=body.get("status", "active"),
        )

    def _page(self, call: Call, expression: str | None) -> Reply:
        users, sort = all_users(self._state, tenant_of(call)), call.query.get("sort", "+name")
        listing = Listing(
            pager=self._service.pager(tenant_of(call), "users"),
            base=f"https://{call.host}{call.path}",
            key=repr((expression, sort)),
            stored=len(users),
            build=lambda: order(select(users, expression, ATTRIBUTES), sort, SORT_KEYS),
            render=lambda user: user_row(user, call.host),
        )
        return page_reply(self._service, call, listing)


def read_user(call: Call) -> dict[str, Any]:
    if len(call.body) > LARGEST_BODY:
        raise ApiError(413, "Payload too large")
    body = call.json()
    if not isinstance(body, dict) or not all(isinstance(body.get(name, ""), str) for name in TEXTS):
        raise ApiError(400, "Invalid request", detail=f"the body is an object, and {', '.join(TEXTS)} are strings")
    if not body.get("subject"):
        raise ApiError(400, "Invalid request", detail="subject is required")
    if body.get("status", "active") not in STATUSES:
        raise ApiError(400, "Invalid request", detail=f"status is one of {', '.join(STATUSES)}")
    return body


def user_row(user: User, host: str) -> dict[str, Any]:
    admin = [{"id": "tenant-admin", "name": "TenantAdmin", "type": "default", "level": "admin"}]
    row = {
        "id": user.id,
        "tenantId": user.tenant_id,
        "clientId": user.client_id,
        "subject": user.subject,
        "name": user.name,
        "email": user.email,
        "status": user.status,
        "roles": ["TenantAdmin"] if user.client_id else [],
        "assignedRoles": admin if user.client_id else [],
        "createdAt": user.created_at,
        "lastUpdatedAt": user.created_at,
        "links": {"self": {"href": f"https://{host}{PATH}/{user.id}"}},
    }
    return {name: value for name, value in row.items() if value is not None}
