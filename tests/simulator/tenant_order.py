# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the creation of a tenant asks for.

Source: https://qlik.dev/manage/platform-operations/create-a-tenant/.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError
from .state import State
from .tenant_row import why_no_alias

FIELDS = {"licenseKey", "datacenter"}
WIDE_FIELDS = FIELDS | {"name", "hostnames"}


@dataclass
class TenantOrder:
    license_key: str = field(repr=False)
    name: str = ""
    aliases: list[str] = field(default_factory=list)


def read_order(body: Any, region: str, code: str, state: State, wide: bool) -> TenantOrder:
    """`code` is the data centre of this register host; `wide` is statement B of reading C22."""
    if not isinstance(body, dict):
        raise refused("the body must be an object")
    unknown = set(body) - (WIDE_FIELDS if wide else FIELDS)
    if unknown:
        raise refused(f"unknown fields: {', '.join(sorted(unknown))}")
    if body.get("datacenter", code) != code:
        raise refused(f"the data centre of this host is {code}")
    order = TenantOrder(read_key(body.get("licenseKey"), wide), read_name(body))
    order.aliases = read_aliases(body, region, state)
    return order


def read_key(key: Any, wide: bool) -> str:
    if wide and isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    if not isinstance(key, str) or not key:
        raise refused("licenseKey must be a string")
    return key


def read_name(body: dict[str, Any]) -> str:
    name = body.get("name", "")
    if not isinstance(name, str):
        raise refused("name must be a string")
    return name


def read_aliases(body: dict[str, Any], region: str, state: State) -> list[str]:
    aliases = body.get("hostnames", [])
    if not isinstance(aliases, list) or len(aliases) > 1:
        raise refused("hostnames holds at most one alias")
    for alias in aliases:
        reason = why_no_alias(alias, region, state)
        if reason:
            raise refused(reason)
    return [alias.lower() for alias in aliases]


def refused(detail: str) -> ApiError:
    return ApiError(400, "Invalid request", detail=detail)
