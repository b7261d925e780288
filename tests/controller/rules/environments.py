# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Execution environments."""

from __future__ import annotations

from ..errors import invalid
from ..fields import Values
from ..state import Row, State
from .credentials import type_of


def check(state: State, attrs: Values, values: Values, row: Row | None) -> None:
    if attrs.get("credential"):
        kind = type_of(state, state.get("credentials", attrs["credential"]).values)["kind"]
        if kind != "registry":
            told = "Only Container Registry credentials can be associated with an Execution Environment"
            raise invalid("credential", told)
    if row is not None and attrs.get("organization") not in (None, row.values["organization"]):
        raise invalid("organization", "Cannot change the organization of an execution environment")
