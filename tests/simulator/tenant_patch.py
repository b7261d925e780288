# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the configuration of a tenant may change.

Source: https://qlik.dev/apis/rest/tenants/.
"""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .models import SETTINGS, Tenant
from .state import State
from .tenant_row import why_no_alias

NAME, ALIAS = "/name", "/hostnames/1"
PATHS = {NAME, ALIAS, *(f"/{name}" for name in SETTINGS)}


def read_changes(body: Any, tenant: Tenant, state: State) -> list[dict[str, Any]]:
    if not isinstance(body, list) or not body:
        raise refused(["the body must be an array of operations"])
    reasons = [why_not(change, tenant, state) for change in body]
    if any(reasons):
        raise refused([reason for reason in reasons if reason])
    return body


def why_not(change: Any, tenant: Tenant, state: State) -> str:
    """What is wrong with a change; empty when nothing is."""
    if not isinstance(change, dict) or change.get("op") != "replace":
        return "op must be replace"
    path, value = change.get("path"), change.get("value")
    if not isinstance(path, str) or path not in PATHS:
        return f"path must be one of {', '.join(sorted(PATHS))}"
    if path == ALIAS:
        return why_no_new_alias(value, tenant, state)
    wanted = str if path == NAME else bool
    return "" if isinstance(value, wanted) else f"the value of {path} has a wrong type"


def why_no_new_alias(value: Any, tenant: Tenant, state: State) -> str:
    """A tenant may be given the alias it has."""
    own = [name.lower() for name in tenant.hostnames[1:2]]
    if isinstance(value, str) and value.lower() in own:
        return ""
    return why_no_alias(value, tenant.region, state)


def apply_change(tenant: Tenant, change: dict[str, Any]) -> None:
    path, value = change["path"], change["value"]
    if path == NAME:
        tenant.name = value
    elif path == ALIAS:
        tenant.hostnames[1:2] = [value.lower()]
    else:
        tenant.settings[path[1:]] = value


def refused(reasons: list[str]) -> ApiError:
    return ApiError(400, "Invalid request", meta=[{"code": "HTTP-400", "title": reason} for reason in reasons])
