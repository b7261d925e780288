# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections of a tenant: rows that are invented when first asked for, and follow from the id of the tenant alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import ApiError
from .listing import Listing, page_reply, restored
from .messages import Call, Reply
from .models import Resource, Tenant
from .paging import NEXT, CursorStyle
from .scim import GENERAL, Attribute
from .selection import by_name, order, select
from .service import Service
from .state import Ids, State
from .tenant_row import tenant_of
from .timestamps import read_timestamp, write_timestamp

OPERATORS = frozenset({"eq", "ne", "co"})
Seed = Callable[[Ids, State, Tenant], list[dict[str, Any]]]


@dataclass(frozen=True)
class Kind:
    """`selectors` are query parameters that ask for equality with the field of their name.

    Rows that are not `identified` have no id, and are met in lists only. Fields that are `timed` are filtered as points
    in time.
    """

    name: str
    seed: Seed
    style: CursorStyle = NEXT
    selectors: tuple[str, ...] = ()
    filterable: tuple[str, ...] = ()
    sortable: tuple[str, ...] = ("id",)
    identified: bool = True
    timed: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return f"/api/v1/{self.name}"

    def row(self, ids: Ids, body: dict[str, Any], content: bytes = b"") -> Resource:
        named = {"id": ids.id(24)} if self.identified else {}
        return Resource(ids.cursor(), named | body, content)


class Collection:
    """The rows of one kind, as calls to tenant hosts see them."""

    def __init__(self, service: Service, kind: Kind) -> None:
        self._service = service
        self._kind = kind
        timed = (attribute(name, GENERAL, read_timestamp) for name in kind.timed)
        self._attributes = by_name([*map(attribute, kind.filterable), *timed])
        self._sort_keys = {name: sort_key(name) for name in kind.sortable}

    @property
    def now(self) -> str:
        return write_timestamp(self._service.clock())

    def rows(self, call: Call) -> list[Resource]:
        return rows_of(self._service.state, tenant_of(call), self._kind)

    def list_all(self, call: Call) -> Reply:
        pager = self._service.pager(tenant_of(call), self._kind.name)
        call = restored(call, pager, self._kind.style)
        rows, asked = self.rows(call), sorted(call.query.multi_items())
        listing = Listing(
            pager=pager,
            base=self.base(call),
            key=repr([(name, value) for name, value in asked if name in ("filter", "sort", *self._kind.selectors)]),
            stored=len(rows),
            build=lambda: self._select(call, rows),
            render=lambda row: dict(row.body),
            style=self._kind.style,
        )
        return page_reply(self._service, call, listing)

    def base(self, call: Call) -> str:
        return f"https://{call.host}{self._kind.path}"

    def _select(self, call: Call, rows: list[Resource]) -> list[Resource]:
        for name in self._kind.selectors:
            if name in call.query:
                rows = [row for row in rows if row.body.get(name) == call.query[name]]
        return order(select(rows, call.query.get("filter"), self._attributes), call.query.get("sort"), self._sort_keys)

    def find(self, call: Call) -> Resource:
        for row in self.rows(call):
            if row.id == call.params["id"]:
                return row
        raise ApiError(404, "Not found", detail=f"{self._kind.name} has no such row")

    def get(self, call: Call) -> Reply:
        return Reply(body=self.find(call).body)

    def delete(self, call: Call) -> Reply:
        self.rows(call).remove(self.find(call))
        return Reply(204)

    def add(self, call: Call, content: bytes = b"", **body: Any) -> Resource:
        row = self._kind.row(self._service.state.ids, body, content)
        self.rows(call).append(row)
        return row


def rows_of(state: State, tenant: Tenant, kind: Kind) -> list[Resource]:
    place = (tenant.id, kind.name)
    if place not in state.rows:
        ids = Ids(f"{tenant.id} {kind.name}")
        bodies = kind.seed(ids, state, tenant) if tenant.furnished else []
        state.rows[place] = [kind.row(ids, body) for body in bodies]
    return state.rows[place]


def attribute(name: str, operators: frozenset[str] = OPERATORS, normalize: Callable[[str], Any] = str) -> Attribute:
    return Attribute(name, lambda row: [str(row.body[name])] if name in row.body else [], operators, normalize)


def sort_key(name: str) -> Callable[[Resource], Any]:
    return lambda row: str(row.body.get(name, ""))


def read_body(call: Call, required: tuple[str, ...], texts: tuple[str, ...], others: tuple[str, ...] = ()) -> Any:
    """An object of these fields; the required ones are texts that are not empty."""
    body = call.json()
    if not isinstance(body, dict):
        raise invalid("the body must be an object")
    unknown = set(body) - {*required, *texts, *others}
    if unknown:
        raise invalid(f"unknown fields: {', '.join(sorted(unknown))}")
    for name in (*required, *texts):
        if not isinstance(body.get(name, ""), str) or (name in required and not body.get(name)):
            raise invalid(f"{name} must be a string")
    return body


def invalid(detail: str) -> ApiError:
    return ApiError(400, "Invalid request", detail=detail)
