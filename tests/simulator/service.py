# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all endpoints share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .faults import Fault
from .limits import Limiter
from .models import Client, Tenant
from .paging import Pager
from .readings import Readings
from .record import Record
from .state import State


@dataclass
class Service:
    state: State
    readings: Readings
    limiter: Limiter
    clock: Callable[[], float]
    latency: float = 0.0
    token_life: int | None = None
    listing_delay: float = 0.0
    readiness_delay: float = 0.0
    secret_delay: float = 0.0
    removal_delay: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    record: Record = field(default_factory=Record)
    tenant_pager: Pager[Tenant] = field(default_factory=Pager)
    client_pager: Pager[Client] = field(default_factory=Pager)
    pagers: dict[tuple[str, str], Pager[Any]] = field(default_factory=dict)
    spent_assertions: set[Any] = field(default_factory=set)

    def pager(self, tenant: Tenant, name: str) -> Pager[Any]:
        """The pager of one of a tenant's lists."""
        return self.pagers.setdefault((tenant.id, name), Pager())
