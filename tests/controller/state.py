# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controller holds, and what a removal takes along."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone

from .fields import Values
from .resources import RESOURCES, UNIFIED, Resource


def moment() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass
class Row:
    """One object. `links` holds the ids it is associated with, in order."""

    endpoint: str
    id: int
    values: Values
    links: dict[str, list[int]] = field(default_factory=dict)
    created: str = field(default_factory=moment)
    modified: str = field(default_factory=moment)

    @property
    def resource(self) -> Resource:
        return RESOURCES[self.endpoint]

    @property
    def url(self) -> str:
        return f"/api/v2/{self.endpoint}/{self.id}/"

    @property
    def label(self) -> str:
        return str(self.values.get(self.resource.label, ""))


class State:
    def __init__(self, playbooks: frozenset[str]) -> None:
        self.playbooks = playbooks
        self.tokens: dict[int, str] = {1: secrets.token_hex(15)}
        self._rows: dict[str, dict[int, Row]] = {endpoint: {} for endpoint in RESOURCES}
        self._last: dict[str, int] = {}

    def rows(self, endpoint: str) -> list[Row]:
        endpoints = UNIFIED if endpoint == "unified_job_templates" else (endpoint,)
        return [row for name in endpoints for row in self._rows[name].values()]

    def find(self, endpoint: str, row_id: int | None) -> Row | None:
        return next((row for row in self.rows(endpoint) if row.id == row_id), None)

    def get(self, endpoint: str, row_id: int) -> Row:
        row = self.find(endpoint, row_id)
        if row is None:
            raise KeyError(f"{endpoint} {row_id}")
        return row

    def add(self, endpoint: str, values: Values) -> Row:
        """All unified job templates draw from one row of ids; every other kind has its own."""
        counter = "unified" if endpoint in UNIFIED else endpoint
        self._last[counter] = self._last.get(counter, 0) + 1
        row = Row(endpoint, self._last[counter], values)
        self._rows[endpoint][row.id] = row
        return row

    def remove(self, row: Row) -> None:
        self._rows[row.endpoint].pop(row.id, None)
        for other, name in list(self.referring(row)):
            if other.resource.fields[name].cascade:
                self.remove(other)
            else:
                other.values[name] = None
        for other, association in list(self.associated(row)):
            other.links[association].remove(row.id)

    def referring(self, row: Row) -> Iterator[tuple[Row, str]]:
        """Objects that hold a reference to this one, and by which field."""
        for endpoint, resource in RESOURCES.items():
            for name, kind in resource.fields.items():
                if refers(kind.link, row.endpoint):
                    yield from ((other, name) for other in self.rows(endpoint) if other.values[name] == row.id)

    def associated(self, row: Row) -> Iterator[tuple[Row, str]]:
        for endpoint, resource in RESOURCES.items():
            for association, target in resource.associations.items():
                if target == row.endpoint:
                    others = self.rows(endpoint)
                    yield from ((other, association) for other in others if row.id in other.links.get(association, ()))

    def linked(self, row: Row, association: str) -> list[Row]:
        target = row.resource.associations[association]
        return [self.get(target, row_id) for row_id in row.links.get(association, ())]


def refers(link: str, endpoint: str) -> bool:
    return link == endpoint or (link == "unified_job_templates" and endpoint in UNIFIED)
