# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook verify_access, by its full name."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace

import pytest
import yaml

from ansible_collections.qlikops.cloud.plugins.module_utils import _token_store
from simulator import Fault, Simulator

from .conftest import User, plain

YES = ("-e", "confirm_bot_users=true")
TOKEN = "/oauth/token"


def verify(user: User, *arguments: str) -> subprocess.CompletedProcess[str]:
    return user.run("ansible-playbook", "-i", user.source, "qlikops.cloud.verify_access", *arguments)


def counts(done: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """The table at the end."""
    return {kind: int(number) for kind, number in re.findall(r'"(\w+) +(\d+)"', done.stdout)}


def tenant_tokens(simulator: Simulator) -> int:
    return simulator.record.count("POST", TOKEN) - simulator.record.count("POST", TOKEN, "console.*")


def active(simulator: Simulator) -> list[str]:
    return [tenant.hostnames[0] for tenant in simulator.state.tenants if tenant.status == "active"]


def test_without_a_yes_it_says_how_many_tenants_and_sends_nothing(booked: User, simulator: Simulator) -> None:
    done = verify(booked)
    assert done.returncode == 2
    number = len(active(simulator))
    assert f"a token is asked for on {number} tenants" in " ".join(done.stdout.split())
    assert tenant_tokens(simulator) == 0


def test_it_ends_well_when_each_tenant_can_be_worked_on(booked: User, simulator: Simulator) -> None:
    done = verify(booked, *YES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert counts(done) == {"reached": len(active(simulator))}
    assert tenant_tokens(simulator) == len(active(simulator))


def test_it_fails_when_one_tenant_cannot_and_counts_each_kind(booked: User, simulator: Simulator) -> None:
    simulator.state.tenants[0].blocked = True
    simulator.faults.append(Fault(f"{active(simulator)[1]}/api", "status", status=500))
    moved = next(x for x in simulator.state.tenants if x.hostnames[0] == active(simulator)[2])
    listed = booked.run("ansible-inventory", "-i", booked.source, "--list")
    booked.source = booked.file("kept.yml", _as_yaml(listed.stdout))
    moved.id = "moved"
    done = booked.run(
        "ansible-playbook", "-i", booked.source, "qlikops.cloud.verify_access", *YES, ANSIBLE_INVENTORY_ENABLED="yaml"
    )
    assert done.returncode == 2, done.stdout + done.stderr
    well = len(active(simulator)) - 3
    assert counts(done) == {"permission": 1, "refused": 1, "wrong_tenant": 1, "reached": well}
    assert "3 of" in done.stdout
    assert all(f"{name}: " in done.stdout for name in active(simulator)[:3])


def _as_yaml(listing: str) -> str:
    """An inventory as a file that needs no plugin of ours."""
    document = yaml.safe_load(listing)
    hosts = {name: plain(known) for name, known in document["_meta"]["hostvars"].items()}
    return yaml.safe_dump({"all": {"children": {"qlik": {"hosts": hosts}}}})


def test_an_empty_inventory_is_a_failure(booked: User) -> None:
    booked.source = booked.file("empty.yml", "all: {}\n")
    done = booked.run(
        "ansible-playbook", "-i", booked.source, "qlikops.cloud.verify_access", *YES, ANSIBLE_INVENTORY_ENABLED="yaml"
    )
    assert done.returncode == 2
    assert "The group qlik is empty, so nothing was verified" in done.stdout + done.stderr


@pytest.mark.ends
@pytest.mark.parametrize("choice", [("--limit", "qlik_region_eu"), ("-e", "target=qlik_region_eu")])
def test_some_tenants_can_be_chosen(booked: User, simulator: Simulator, choice: tuple[str, str]) -> None:
    done = verify(booked, *YES, *choice)
    assert done.returncode == 0, done.stdout + done.stderr
    assert counts(done) == {"reached": len([name for name in active(simulator) if ".eu." in name])}


@pytest.mark.ends
def test_hosts_that_are_no_tenants_are_not_verified(booked: User) -> None:
    booked.file("other.yml", "all: {hosts: {other: {ansible_connection: local}}}\n")
    settings = {"ANSIBLE_INVENTORY_ENABLED": "qlikops.cloud.tenants,yaml"}
    arguments = ("-i", booked.source, "-i", "other.yml", "qlikops.cloud.verify_access", *YES)
    assert booked.run("ansible-playbook", *arguments, **settings).returncode == 0
    limited = booked.run("ansible-playbook", *arguments, "--limit", "other", **settings)
    assert limited.returncode == 2
    assert "No host of this play is a tenant" in limited.stdout


@pytest.mark.ends
def test_bot_users_that_nobody_owns_are_listed_on_request(booked: User, simulator: Simulator) -> None:
    tenant = simulator.state.tenants[0]
    left_behind = simulator.add_client("Gone", tenant)
    simulator.state.bot(left_behind, tenant)
    done = verify(booked, *YES, "-e", "list_bots=true")
    assert done.returncode == 0, done.stdout + done.stderr
    line = f"{tenant.hostnames[0]}: nobody here owns the bot user"
    assert [found for found in re.findall(r'"([^"]+nobody here owns[^"]+)"', done.stdout) if line in found]
    assert done.stdout.count("nobody here owns the bot user") == 1
    assert left_behind.client_id in done.stdout
    assert '"bot users that nobody here owns: 1"' in done.stdout


@pytest.mark.ends
@pytest.mark.parametrize(("arguments", "times"), [(("-e", "list_bots=true"), 1), ((), 0)], ids=["on request", "else"])
def test_that_there_are_no_such_bot_users_is_told_on_request(
    booked: User, arguments: tuple[str, ...], times: int
) -> None:
    done = verify(booked, *YES, "-e", "target=qlik_region_eu", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count('"bot users that nobody here owns: 0"') == times


@pytest.mark.ends
@pytest.mark.parametrize("target", ["qlik_region_nowhere", "other", "all:!qlik"])
def test_a_pattern_that_means_no_tenant_is_a_failure(booked: User, simulator: Simulator, target: str) -> None:
    booked.file("other.yml", "all: {hosts: {other: {ansible_connection: local}}}\n")
    done = booked.run(
        "ansible-playbook",
        *("-i", booked.source, "-i", "other.yml", "qlikops.cloud.verify_access", *YES, "-e", f"target={target}"),
        ANSIBLE_INVENTORY_ENABLED="qlikops.cloud.tenants,yaml",
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"No tenant matches the target {target}, so nothing was verified." in done.stdout + done.stderr
    assert tenant_tokens(simulator) == 0


def test_a_relative_file_of_credentials_is_that_in_the_current_folder(booked: User, simulator: Simulator) -> None:
    """The playbook lies in the collection, where nobody keeps one."""
    booked.environment["QLIK_CREDENTIALS_FILE"] = "credentials.yml"
    done = verify(booked, *YES, "-e", "target=qlik_region_eu")
    assert done.returncode == 0, done.stdout + done.stderr
    assert counts(done) == {"reached": len([name for name in active(simulator) if ".eu." in name])}


def make_older(user: User, simulator: Simulator, seconds: float) -> int:
    """Kept tokens seem to have been issued earlier; how many those were."""
    older = 0
    for path in (path for path in user.files() if path.suffix == ".token"):
        for secret in (client.secret for client in simulator.state.clients.values()):
            if token := _token_store._read(path, secret):
                expires_at = token.expires_at - seconds
                _token_store._keep(path, replace(token, expires_at=expires_at).as_mapping(), secret, expires_at)
                older += 1
    return older


@pytest.mark.ends
def test_a_token_of_long_ago_is_no_proof_that_its_client_is_there(booked: User, simulator: Simulator) -> None:
    choice = (*YES, "-e", "target=qlik_region_eu")
    number = len([name for name in active(simulator) if ".eu." in name])
    for _time in range(2):
        assert verify(booked, *choice).returncode == 0
        assert tenant_tokens(simulator) == number
    assert make_older(booked, simulator, 90) > number
    simulator.faults.append(Fault(f"*.eu.qlikcloud.com{TOKEN}", "status", status=401))
    done = verify(booked, *choice)
    assert done.returncode == 2
    assert counts(done) == {"authentication": number}
