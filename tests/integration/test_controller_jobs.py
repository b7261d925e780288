# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory updates and jobs of the example project, with what a controller gives them."""

from __future__ import annotations

import collections
import json
import stat
import typing as t
from pathlib import Path

import pytest

from controller.importing import Imported
from simulator import Simulator

from .conftest import User
from .jobs import Site, inputs_of, inventory_of

Start = t.Callable[..., Simulator]
TOKEN, ME, CONSOLE = "/oauth/token", "/api/v1/users/me", "console.qlikcloud.com"
WELL_FORMED = {
    "qlik_id",
    "qlik_hostname",
    "qlik_url",
    "qlik_region",
    "qlik_region_code",
    "qlik_country_code",
    "qlik_status",
    "qlik_subscription_id",
    "qlik_license_number",
    "qlik_created_at",
    "qlik_updated_at",
}

SHOW_NAMES = """
- hosts: qlik
  gather_facts: false
  tasks:
    - ansible.builtin.set_fact:
        names: "{{ ansible_play_hosts | map('extract', hostvars) | items2dict('qlik_id', 'qlik_name') }}"
      run_once: true
    - ansible.builtin.copy:
        content: "{{ names | to_json }}"
        dest: "{{ playbook_dir }}/names.json"
        mode: "0600"
      run_once: true
"""


class Estate(t.NamedTuple):
    """An organization, and a controller that has a credential for it."""

    simulator: Simulator
    site: Site
    inputs: dict[str, str]

    def inventory(self) -> Imported:
        done, listing = self.site.update(self.inputs)
        assert done.returncode == 0, done.stdout + done.stderr
        return inventory_of(listing)


@pytest.fixture
def estate(user: User, organization: Start) -> t.Callable[..., Estate]:
    def build(**options: t.Any) -> Estate:
        simulator = organization(**options)
        user.knows(simulator)
        authority = Path(simulator.ca_path).read_text(encoding="utf-8")
        return Estate(simulator, Site(user), inputs_of(simulator.credentials, ca=authority))

    return build


def test_an_update_lists_every_tenant_with_one_token_and_leaves_deactivated_ones_off(
    estate: t.Callable[..., Estate],
) -> None:
    found = estate(tenants=30)
    hosts = found.inventory().hosts
    tenants = found.simulator.state.tenants
    assert {host.name for host in hosts} == {tenant.hostnames[0] for tenant in tenants}
    off = {tenant.hostnames[0] for tenant in tenants if tenant.status != "active"}
    assert off
    assert {host.name for host in hosts if not host.enabled} == off
    assert {entry.host for entry in found.simulator.record} == {CONSOLE}
    assert found.simulator.record.count("POST", TOKEN) == 1


def test_well_formed_values_are_plain_text_and_hostile_ones_arrive_unharmed(
    estate: t.Callable[..., Estate], user: User
) -> None:
    found = estate(tenants=40, names="hostile")
    inventory = found.inventory()
    variables = {host.name: json.loads(host.variables) for host in inventory.hosts}
    tenants = {tenant.id: tenant for tenant in found.simulator.state.tenants}
    assert {known["qlik_id"] for known in variables.values()} == set(tenants)
    for known in variables.values():
        # the first two have hostile text everywhere
        if tenants[known["qlik_id"]] not in found.simulator.state.tenants[:2]:
            assert {name for name in WELL_FORMED if isinstance(known[name], dict)} == set()
    assert len([known for known in variables.values() if isinstance(known["qlik_name"], dict)]) > 15
    found.site.playbooks["show_names.yml"] = SHOW_NAMES
    done = found.site.job({}, inventory, "show_names.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    names = json.loads(next(user.work.rglob("names.json")).read_text(encoding="utf-8"))
    assert names == {tenant.id: tenant.name or None for tenant in tenants.values() if tenant.status == "active"}
    assert not [path for path in user.files() if "pwned" in path.name]


def test_a_job_shows_no_secret_and_its_book_is_private(estate: t.Callable[..., Estate], user: User) -> None:
    found = estate(tenants=6)
    done = found.site.job(found.inputs, found.inventory(), "fleet.yml", "--cmdline=-vvvv")
    assert done.returncode == 0, done.stdout + done.stderr
    secrets = [client.secret for client in found.simulator.state.clients.values()]
    books = [path for path in user.files() if any(secret in path.read_text("utf-8", "replace") for secret in secrets)]
    assert {path.parent.name for path in books} == {"env"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in books} == {0o600}
    assert not [secret for secret in secrets if secret in done.stdout + done.stderr]


def test_a_credential_without_an_organization_is_one_clear_sentence(estate: t.Callable[..., Estate]) -> None:
    found = estate(tenants=2)
    done, listing = found.site.update({"regions": found.inputs["regions"]})
    assert (done.returncode != 0, listing) == (True, {})
    assert "No credential of the organization was found" in " ".join((done.stdout + done.stderr).split())


@pytest.mark.once
def test_three_slices_handle_each_of_300_tenants_exactly_once(estate: t.Callable[..., Estate]) -> None:
    found = estate(tenants=340, subscriptions=3, regions=("us", "eu", "de"), rate_limits=False)
    inventory = found.inventory()
    active = [host.name for host in inventory.hosts if host.enabled]
    assert len(active) >= 300
    for number in (1, 2, 3):
        arguments = ("--forks", "20", "-i", f"slice-{number}")
        done = found.site.job(found.inputs, inventory, "fleet.yml", *arguments, slices=(number, 3))
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    record = found.simulator.record
    assert collections.Counter(entry.host for entry in record.find("GET", ME)) == dict.fromkeys(active, 1)
    # each run has a home of its own, so that none finds a token of another
    asked = collections.Counter(entry.host for entry in record.find("POST", TOKEN))
    assert asked == dict.fromkeys((*active, CONSOLE), 1)
