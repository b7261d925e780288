# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes back what a source has added to an inventory when it fails half-way. Private to this collection."""

from __future__ import annotations

import contextlib
import typing as t


@contextlib.contextmanager
def undone_on_error(inventory: t.Any) -> t.Iterator[None]:
    """On an error, remove all hosts and groups that were added inside; ansible itself would keep them."""
    memberships = {name: list(host.groups) for name, host in inventory.hosts.items()}
    groups = set(inventory.groups)
    try:
        yield
    except BaseException:
        for name in set(inventory.hosts) - set(memberships):
            inventory.remove_host(inventory.hosts[name])
        for name in set(inventory.groups) - groups:
            _remove_group(inventory, inventory.groups[name])
        _rejoin(inventory, memberships)
        raise


def _remove_group(inventory: t.Any, group: t.Any) -> None:
    # takes a group, but before 2.17 deletes by name only
    inventory.remove_group(group)
    inventory.groups.pop(group.name, None)
    for parent in group.parent_groups:
        parent.child_groups.remove(group)


def _rejoin(inventory: t.Any, memberships: dict[str, list[t.Any]]) -> None:
    # a host that leaves a group is made to leave the groups above it too, even those it was in before
    for name, groups in memberships.items():
        for group in groups:
            inventory.hosts[name].add_group(group)
