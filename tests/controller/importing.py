# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller does between an inventory update and a job."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ALL = ("all", "ungrouped")
MISSING = object()
SCRIPT = "#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint(%r)\n"


@dataclass(frozen=True)
class Host:
    """`variables` is JSON, as the controller stores it."""

    id: int
    name: str
    variables: str
    enabled: bool

    def told(self) -> dict[str, Any]:
        known: dict[str, Any] = json.loads(self.variables)
        return {**known, "remote_tower_enabled": str(self.enabled).lower(), "remote_tower_id": self.id}


@dataclass
class Group:
    """`hosts` are those directly in it, enabled or not."""

    name: str
    variables: str = "{}"
    hosts: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Imported:
    """An inventory after its update; `variables` are those of `all`."""

    hosts: list[Host]
    groups: list[Group]
    variables: str

    def host(self, name: str) -> Host:
        return next(host for host in self.hosts if host.name == name)


def imported(listing: Mapping[str, Any], enabled_var: str = "", enabled_value: str = "") -> Imported:
    """Take what `ansible-inventory --list --export` printed into an empty inventory.

    With an `enabled_var`, even an empty `enabled_value` is compared: every host that has the variable is then disabled.
    """
    groups = {name: group_of(name, told) for name, told in listing.items() if name not in (*ALL, "_meta")}
    for name in [child for told in listing.values() for child in told.get("children", ())]:
        if name not in ALL:
            groups.setdefault(name, Group(name))
    hostvars = listing.get("_meta", {}).get("hostvars", {})
    hosts = [
        Host(
            number,
            name,
            json.dumps(hostvars.get(name, {})),
            is_enabled(hostvars.get(name, {}), enabled_var, enabled_value),
        )
        for number, name in enumerate(sorted(names(listing)), 1)
    ]
    variables = [told.get("vars", {}) for name in ALL if (told := listing.get(name))]
    return Imported(hosts, sorted(groups.values(), key=lambda group: group.name), json.dumps(merged(variables)))


def names(listing: Mapping[str, Any]) -> set[str]:
    """Hosts that some group has; a host in `_meta` alone is not taken."""
    return {host for name, told in listing.items() if name != "_meta" for host in told.get("hosts", ())}


def merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for part in parts for key, value in part.items()}


def group_of(name: str, told: Mapping[str, Any]) -> Group:
    children = [child for child in told.get("children", ()) if child not in ALL]
    return Group(name, json.dumps(told.get("vars", {})), list(told.get("hosts", ())), children)


def is_enabled(variables: Mapping[str, Any], enabled_var: str, enabled_value: str) -> bool:
    """`enabled_var` may lead into mappings by dots; a host without it is enabled."""
    held: Any = variables
    for key in enabled_var.split(".") if enabled_var else ():
        held = held.get(key, MISSING) if hasattr(held, "get") else MISSING
    if not enabled_var or held is MISSING:
        return True
    return enabled_value.lower() == str(held).lower()


def script(inventory: Imported, slice_number: int = 1, slice_count: int = 1) -> dict[str, Any]:
    """The inventory that a job gets, or one slice of it."""
    hosts = [host for host in inventory.hosts if host.enabled][slice_number - 1 :: slice_count]
    here = [host.name for host in hosts]
    grouped = {name for group in inventory.groups for name in group.hosts}
    every: dict[str, Any] = {"hosts": [name for name in here if name not in grouped]}
    if variables := json.loads(inventory.variables):
        every["vars"] = variables
    if inventory.groups:
        every["children"] = [group.name for group in inventory.groups]
    groups = {name: told for name, told in told_groups(inventory.groups, set(here)) if told}
    return {"all": every, **groups, "_meta": {"hostvars": {host.name: host.told() for host in hosts}}}


def told_groups(groups: list[Group], here: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Groups without hosts, children and variables are only named among the children of `all`."""
    for group in groups:
        hosts = [name for name in group.hosts if name in here]
        parts = {"hosts": hosts, "children": group.children, "vars": json.loads(group.variables)}
        yield group.name, {key: value for key, value in parts.items() if value}


def written(listing: Mapping[str, Any], path: Path) -> Path:
    """The inventory of a job as the executable script that the controller makes of it."""
    path.touch(0o700)
    path.write_text(SCRIPT % json.dumps(listing), encoding="utf-8")
    path.chmod(0o700)
    return path
