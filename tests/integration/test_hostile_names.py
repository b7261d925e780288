# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants with names made to break things: nothing runs, nothing is lost, nothing is merged."""

from __future__ import annotations

import json
import typing as t

import pytest

from simulator import Simulator

from .conftest import User, plain

EVERYTHING = """
plugin: qlikops.cloud.tenants
statuses: [all]
hostnames: {hostnames}
compose:
  shout: qlik_name | upper
  again: qlik_name
  nested: "{{'name': qlik_name, 'by': qlik_created_by}}"
groups:
  named: qlik_name is not none
keyed_groups:
  - {{key: qlik_name, prefix: n}}
  - {{key: qlik_license_number, prefix: l}}
"""
PLAY = """
- hosts: qlik
  gather_facts: false
  tasks:
    - ansible.builtin.debug: {msg: "{{ qlik_name }} {{ qlik_created_by }} {{ nested }} {{ shout }} {{ again }}"}
    - ansible.builtin.set_fact: {mine: "{{ hostvars[inventory_hostname] }}"}
    - ansible.builtin.debug: {var: mine}
    - ansible.builtin.copy:
        content: "{{ ansible_play_hosts | map('extract', hostvars, 'qlik_name') | to_json }}"
        dest: "{{ playbook_dir }}/names.json"
      run_once: true
"""


@pytest.fixture
def hostile(user: User, organization: t.Callable[..., Simulator]) -> Simulator:
    simulator = organization(tenants=40, names="hostile")
    user.knows(simulator)
    return simulator


@pytest.mark.parametrize(
    "names", ["[qlik_hostname]", "[qlik_name]", "[qlik_alias, qlik_name | trim, qlik_license_number]"]
)
def test_nothing_runs_nothing_is_lost_nothing_is_merged(names: str, user: User, hostile: Simulator) -> None:
    source = user.file("org.qlik.yml", EVERYTHING.format(hostnames=names))
    done = user.run("ansible-inventory", "-i", source, "--list")
    assert done.returncode == 0, done.stderr
    hosts = plain(json.loads(done.stdout))["_meta"]["hostvars"].values()
    found = {host["qlik_id"]: host["qlik_name"] for host in hosts}
    assert len(hosts) == len(hostile.state.tenants)
    assert found == {tenant.id: tenant.name or None for tenant in hostile.state.tenants}
    assert {host["qlik_id"]: host["again"] for host in hosts if host["qlik_name"]} == {
        k: v for k, v in found.items() if v
    }
    _assert_nothing_ran(user)


def test_a_play_treats_names_as_text(user: User, hostile: Simulator) -> None:
    source = user.file("org.qlik.yml", EVERYTHING.format(hostnames="[qlik_hostname]"))
    done = user.run("ansible-playbook", "-i", source, user.file("play.yml", PLAY), "--diff", "-v")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    written = json.loads((user.work / "names.json").read_text(encoding="utf-8"))
    assert sorted(map(str, written)) == sorted(str(tenant.name or None) for tenant in hostile.state.tenants)
    _assert_nothing_ran(user)


def test_graph_survives_them(user: User, hostile: Simulator) -> None:
    source = user.file("org.qlik.yml", EVERYTHING.format(hostnames="[qlik_name]"))
    done = user.run("ansible-inventory", "-i", source, "--graph", "--vars")
    assert done.returncode == 0, done.stderr
    _assert_nothing_ran(user)


def _assert_nothing_ran(user: User) -> None:
    assert not [path for path in user.files() if "pwned" in path.name]
