# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant as its own host and the register host show it, and the alias it may be given.

Source: https://qlik.dev/apis/rest/tenants/.
"""

from __future__ import annotations

import re
from typing import Any

from .errors import ApiError
from .messages import Call, Reply
from .models import Tenant
from .regions import DOMAIN
from .state import State
from .tenant_filter import TenantView

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


def tenant_row(tenant: Tenant, host: str, view: TenantView) -> dict[str, Any]:
    return {
        "id": tenant.id,
        "name": tenant.name or "",
        "hostnames": view.hostnames(tenant),
        "datacenter": view.region_code(tenant),
        "region": tenant.region,
        "status": view.status(tenant),
        "created": tenant.created_at,
        "lastUpdated": tenant.updated_at,
        "createdByUser": tenant.created_by,
        "statusLastUpdatedAt": tenant.updated_at,
        **tenant.settings,
        "links": {"self": {"href": f"https://{host}/api/v1/tenants/{tenant.id}"}},
    }


def why_no_alias(host: Any, region: str, state: State) -> str:
    """What keeps a tenant of this region from taking the host name; empty when nothing does."""
    if not isinstance(host, str) or not re.fullmatch(rf"{LABEL}\.{region}\.{re.escape(DOMAIN)}", host, re.IGNORECASE):
        return f"an alias is a full host name, <name>.{region}.{DOMAIN}"
    return "" if state.is_free(host) else f"{host} is taken"


def tenant_of(call: Call) -> Tenant:
    if call.tenant is None:
        raise ApiError(404, "Not found")
    return call.tenant


def redirect(status: int, location: str) -> Reply:
    return Reply(status, headers={"Location": location})
