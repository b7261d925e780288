# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventories."""

from __future__ import annotations

from ..errors import invalid
from ..fields import Values
from ..state import Row, State


def check(_state: State, _attrs: Values, values: Values, _row: Row | None) -> None:
    if values["kind"] == "smart" and not values["host_filter"]:
        raise invalid("host_filter", "Smart inventories must specify host_filter")
    values["host_filter"] = values["host_filter"] or None
