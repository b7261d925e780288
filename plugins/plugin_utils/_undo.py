# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes back what a source has added to an inventory when it fails half-way. Private to this collection."""

from __future__ import annotations

import contextlib
import typing as t


@contextlib.contextmanager
def undone_on_error(inventory: t.Any) -> t.Iterator[None]:
    """On an error, make the inventory what it was before; ansible itself would keep what was added."""
    hosts = {name: (dict(host.vars), list(host.groups)) for name, host in inventory.hosts.items()}
    groups = {name: (list(group.hosts), list(group.child_groups)) for name, group in inventory.groups.items()}
    try:
        yield
    except BaseException:
        for name in set(inventory.hosts) - set(hosts):
            inventory.remove_host(inventory.hosts[name])
        for name in set(inventory.groups) - set(groups):
            _remove_group(inventory, inventory.groups[name])
        _restore(inventory, hosts, groups)
        raise


def _remove_group(inventory: t.Any, group: t.Any) -> None:
    # takes a group, but before 2.17 deletes by name only
    inventory.remove_group(group)
    inventory.groups.pop(group.name, None)
    for parent in group.parent_groups:
        parent.child_groups.remove(group)


def _restore(inventory: t.Any, hosts: dict[str, t.Any], groups: dict[str, t.Any]) -> None:
    for name, (members, children) in groups.items():
        group = inventory.groups[name]
        for host in [host for host in group.hosts if host not in members]:
            group.remove_host(host)
        for child in [child for child in group.child_groups if child not in children]:
            group.child_groups.remove(child)
            child.parent_groups.remove(group)
    for name, (variables, memberships) in hosts.items():
        inventory.hosts[name].vars = variables
        # a host that leaves a group is made to leave the groups above it too, even those it was in before
        for group in memberships:
            inventory.hosts[name].add_group(group)
