# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller makes of an inventory between its update and a job."""

from __future__ import annotations

import json
import stat
import subprocess
import sys

import pytest

from controller.importing import imported, script, written

LISTING = {
    "_meta": {
        "hostvars": {
            "c": {"on": True, "deep": {"on": "yes"}},
            "a": {"on": False, "n": None},
            "b": {"on": "true"},
            "d": {},
            "stray": {"on": True},
        }
    },
    "all": {"children": ["ungrouped", "x", "y", "empty"], "vars": {"of_all": 1}},
    "ungrouped": {"hosts": ["d"]},
    "x": {"hosts": ["a", "b"], "children": ["y"]},
    "y": {"hosts": ["c"], "vars": {"of_y": [1]}},
}


def states(**options):
    return {host.name: host.enabled for host in imported(LISTING, **options).hosts}


def test_hosts_are_those_of_groups():
    assert states() == {"a": True, "b": True, "c": True, "d": True}
    assert imported(LISTING).host("a").variables == '{"on": false, "n": null}'


@pytest.mark.parametrize(
    ("options", "disabled"),
    [
        ({"enabled_var": "on", "enabled_value": "true"}, {"a"}),
        ({"enabled_var": "on", "enabled_value": "True"}, {"a"}),
        ({"enabled_var": "on", "enabled_value": "false"}, {"b", "c"}),
        ({"enabled_var": "on"}, {"a", "b", "c"}),
        ({"enabled_var": "deep.on", "enabled_value": "no"}, {"c"}),
        ({"enabled_var": "on.deep", "enabled_value": "no"}, set()),
        ({"enabled_var": "off", "enabled_value": "x"}, set()),
    ],
)
def test_enabled(options, disabled):
    assert {name for name, enabled in states(**options).items() if not enabled} == disabled


def test_the_script_of_a_job():
    made = script(imported(LISTING))
    assert made["all"] == {"hosts": ["d"], "vars": {"of_all": 1}, "children": ["empty", "x", "y"]}
    assert made["x"] == {"hosts": ["a", "b"], "children": ["y"]}
    assert made["y"] == {"hosts": ["c"], "vars": {"of_y": [1]}}
    assert "empty" not in made
    assert made["_meta"]["hostvars"]["a"] == {
        "on": False,
        "n": None,
        "remote_tower_enabled": "true",
        "remote_tower_id": 1,
    }


def test_disabled_hosts_are_not_in_it():
    made = script(imported(LISTING, "on", "true"))
    assert list(made["_meta"]["hostvars"]) == ["b", "c", "d"]
    assert made["x"]["hosts"] == ["b"]


def test_slices():
    inventory = imported(LISTING)
    assert [list(script(inventory, number, 3)["_meta"]["hostvars"]) for number in (1, 2, 3)] == [
        ["a", "d"],
        ["b"],
        ["c"],
    ]
    second = script(inventory, 2, 3)
    assert second["y"] == {"vars": {"of_y": [1]}}
    assert second["x"] == {"hosts": ["b"], "children": ["y"]}
    assert second["all"]["hosts"] == []
    assert script(inventory, 1, 3)["all"]["hosts"] == ["d"]


def test_the_file(tmp_path):
    listing = script(imported(LISTING))
    path = written(listing, tmp_path / "hosts")
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert path.read_text().startswith("#! /usr/bin/env python3\n")
    assert json.loads(subprocess.run([sys.executable, path], capture_output=True, check=True).stdout) == listing
