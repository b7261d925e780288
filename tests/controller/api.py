# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints below /api/v2/."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import ApiError, forbidden, malformed, not_allowed, not_found
from .fields import Values
from .filters import Query, ordered, page, selected
from .relations import associate
from .rendering import shown
from .resources import READ_ONLY, RESOURCES
from .rules.projects import last_update, update
from .state import Row, State
from .writing import change, create

VERSION = "24.6.1"
READ = ("GET", "HEAD")
Reply = tuple[int, Any]


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: Query
    body: Any

    @property
    def values(self) -> Values:
        if not isinstance(self.body, dict):
            raise malformed("JSON parse error - not a JSON object")
        return self.body


class Api:
    def __init__(self, state: State) -> None:
        self._state = state

    def answer(self, call: Call, parts: list[str]) -> Reply:
        if parts and parts[0] in ("ping", "config", "me"):
            return 200, {"version": VERSION, "count": 0, "results": []}
        if not parts or (parts[0] not in RESOURCES and parts[0] != "unified_job_templates"):
            raise not_found()
        if len(parts) == 1:
            return self._list(call, parts[0])
        row = self._find(parts[0], parts[1])
        if len(parts) == 2:
            return self._detail(call, row)
        return self._below(call, row, parts[2]) if len(parts) == 3 else self._missing()

    def _missing(self) -> Reply:
        raise not_found()

    def _page(self, call: Call, endpoint: str, rows: list[Row]) -> Reply:
        found = ordered(self._state, selected(self._state, endpoint, rows, call.query), call.query)
        return 200, page(call.path, found, call.query, lambda row: shown(self._state, row))

    def _list(self, call: Call, endpoint: str) -> Reply:
        if call.method in READ:
            return self._page(call, endpoint, self._state.rows(endpoint))
        if call.method != "POST" or endpoint in READ_ONLY or endpoint not in RESOURCES:
            raise not_allowed(call.method)
        row = create(self._state, RESOURCES[endpoint], call.values)
        return 201, self._written(row, None)

    def _written(self, row: Row, before: Row | None) -> Values:
        """The object with the update that the request has started, if it has."""
        latest = last_update(self._state, row) if row.endpoint == "projects" else None
        return shown(self._state, row, latest if latest is not before else None)

    def _find(self, endpoint: str, key: str) -> Row:
        rows = self._state.rows(endpoint)
        if endpoint == "unified_job_templates":
            raise not_found()
        found = [row for row in rows if key in (str(row.id), named_url(self._state, row))]
        if not found:
            raise not_found()
        return found[0]

    def _detail(self, call: Call, row: Row) -> Reply:
        if call.method in READ:
            return 200, shown(self._state, row)
        if row.endpoint in READ_ONLY or call.method not in ("PATCH", "DELETE"):
            raise not_allowed(call.method)
        if call.method == "DELETE":
            return self._remove(row)
        before = last_update(self._state, row) if row.endpoint == "projects" else None
        return 200, self._written(change(self._state, row, call.values), before)

    def _remove(self, row: Row) -> Reply:
        if row.values.get("managed"):
            raise forbidden(f"Deletion not allowed for managed {row.endpoint.replace('_', ' ')}")
        if row.endpoint == "credential_types" and any(True for _found in self._state.referring(row)):
            raise forbidden("Credential types that are in use cannot be deleted")
        self._state.remove(row)
        return (202 if row.endpoint == "inventories" else 204), None

    def _below(self, call: Call, row: Row, name: str) -> Reply:
        if name in row.resource.associations:
            return self._association(call, row, name)
        place = (row.endpoint, name)
        if place in CHILDREN and call.method in READ:
            endpoint, field = CHILDREN[place]
            return self._page(call, endpoint, [r for r in self._state.rows(endpoint) if r.values[field] == row.id])
        if place not in ACTIONS:
            raise not_found()
        return ACTIONS[place](self._state, call, row)

    def _association(self, call: Call, row: Row, name: str) -> Reply:
        if call.method in READ:
            return self._page(call, row.resource.associations[name], self._state.linked(row, name))
        if call.method != "POST":
            raise not_allowed(call.method)
        associate(self._state, row, name, call.values)
        return 204, None


def named_url(state: State, row: Row) -> str:
    """What stands for the id in an address: the name, and the name of what it is unique in."""
    parts = [row.label]
    for field in ("credential_type", "organization", "inventory", "workflow_job_template"):
        if field in row.resource.fields and (row.endpoint, field) not in UNNAMED:
            other = state.find(row.resource.fields[field].link or "organizations", row.values[field])
            kind = f"+{other.values['kind']}" if other and field == "credential_type" else ""
            parts.append((other.label if other else "") + kind)
    return "++".join(parts)


UNNAMED = {
    *(("execution_environments", "organization"), ("inventory_sources", "organization")),
    *(("job_templates", "inventory"), ("workflow_job_templates", "inventory"), ("schedules", "inventory")),
    ("workflow_job_template_nodes", "inventory"),
}


def start_update(state: State, call: Call, row: Row) -> Reply:
    if call.method in READ:
        return 200, {"can_update": bool(row.values["scm_type"])}
    if call.method != "POST" or not row.values["scm_type"]:
        raise not_allowed(call.method)
    started = update(state, row)
    return 202, {"project_update": started.id, **shown(state, started), "status": "pending"}


def playbooks(state: State, call: Call, _row: Row) -> Reply:
    if call.method not in READ:
        raise not_allowed(call.method)
    return 200, sorted(state.playbooks)


def survey(_state: State, call: Call, row: Row) -> Reply:
    if call.method in READ:
        return 200, row.values["survey_spec"]
    if call.method not in ("POST", "DELETE"):
        raise not_allowed(call.method)
    spec = call.values if call.method == "POST" else {}
    if missing := [name for name in ("name", "description", "spec") if spec and name not in spec]:
        raise ApiError(400, {"error": f"Field '{missing[0]}' is missing from survey spec."})
    row.values["survey_spec"] = spec
    return 200, None


ACTIONS: dict[tuple[str, str], Callable[[State, Call, Row], Reply]] = {
    ("projects", "update"): start_update,
    ("projects", "playbooks"): playbooks,
    ("job_templates", "survey_spec"): survey,
    ("workflow_job_templates", "survey_spec"): survey,
}
CHILDREN = {
    ("workflow_job_templates", "workflow_nodes"): ("workflow_job_template_nodes", "workflow_job_template"),
    ("inventories", "inventory_sources"): ("inventory_sources", "inventory"),
    ("credentials", "input_sources"): ("credential_input_sources", "target_credential"),
}
