# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.inventory.data import InventoryData

from ansible_collections.qlikops.cloud.plugins.plugin_utils._undo import undone_on_error


@pytest.fixture
def inventory() -> InventoryData:
    data = InventoryData()
    data.add_group("old")
    data.add_group("other")
    data.add_host("kept", "old")
    data.set_variable("kept", "mine", 1)
    return data


def _fill(inventory: InventoryData) -> None:
    inventory.add_group("new")
    inventory.add_group("newer")
    inventory.add_child("old", "new")
    inventory.add_child("new", "newer")
    inventory.add_host("added", "newer")
    inventory.add_child("new", "kept")
    inventory.add_child("other", "kept")
    inventory.add_child("other", "old")
    inventory.set_variable("kept", "ansible_connection", "local")


def _fill_and_interrupt(inventory: InventoryData) -> None:
    with undone_on_error(inventory):
        _fill(inventory)
        raise KeyboardInterrupt


def test_all_stays_without_an_error(inventory: InventoryData) -> None:
    with undone_on_error(inventory):
        _fill(inventory)
    assert set(inventory.hosts) == {"kept", "added"}


def test_an_interruption_leaves_it_as_it_was(inventory: InventoryData) -> None:
    with pytest.raises(KeyboardInterrupt):
        _fill_and_interrupt(inventory)
    assert set(inventory.hosts) == {"kept"}
    assert set(inventory.groups) == {"all", "ungrouped", "old", "other"}
    assert not inventory.groups["old"].child_groups
    assert not inventory.groups["other"].child_groups
    assert not inventory.groups["other"].get_hosts()
    assert [group.name for group in inventory.hosts["kept"].groups] == ["old"]
    assert "ansible_connection" not in inventory.hosts["kept"].vars
    assert inventory.hosts["kept"].vars["mine"] == 1
    assert [host.name for host in inventory.groups["old"].get_hosts()] == ["kept"]
