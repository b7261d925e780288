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
    faults: list[Fault] = field(default_factory=list)
    record: Record = field(default_factory=Record)
    tenant_pager: Pager[Tenant] = field(default_factory=Pager)
    client_pager: Pager[Client] = field(default_factory=Pager)
    spent_assertions: set[Any] = field(default_factory=set)
