# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook verify_access, by its full name."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

from simulator import Fault, Simulator

from .conftest import User, plain

YES = ("-e", "confirm_bot_users=true")
TOKEN = "/oauth/token"


@pytest.fixture
def booked(member: User, simulator: Simulator) -> User:
    member.file("credentials.yml", yaml.safe_dump(simulator.credentials))
    member.environment["QLIK_CREDENTIALS_FILE"] = str(member.work / "credentials.yml")
    return member


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


@pytest.mark.parametrize("choice", [("--limit", "qlik_region_eu"), ("-e", "target=qlik_region_eu")])
def test_some_tenants_can_be_chosen(booked: User, simulator: Simulator, choice: tuple[str, str]) -> None:
    done = verify(booked, *YES, *choice)
    assert done.returncode == 0, done.stdout + done.stderr
    assert counts(done) == {"reached": len([name for name in active(simulator) if ".eu." in name])}


def test_hosts_that_are_no_tenants_are_not_verified(booked: User) -> None:
    booked.file("other.yml", "all: {hosts: {other: {ansible_connection: local}}}\n")
    settings = {"ANSIBLE_INVENTORY_ENABLED": "qlikops.cloud.tenants,yaml"}
    arguments = ("-i", booked.source, "-i", "other.yml", "qlikops.cloud.verify_access", *YES)
    assert booked.run("ansible-playbook", *arguments, **settings).returncode == 0
    limited = booked.run("ansible-playbook", *arguments, "--limit", "other", **settings)
    assert limited.returncode == 2
    assert "No host of this play is a tenant" in limited.stdout


def test_bot_users_that_nobody_owns_are_listed_on_request(booked: User, simulator: Simulator) -> None:
    tenant = simulator.state.tenants[0]
    left_behind = simulator.add_client("Gone", tenant)
    simulator.state.bot(left_behind, tenant)
    done = verify(booked, *YES, "-e", "list_bots=true")
    assert done.returncode == 0, done.stdout + done.stderr
    line = f"{tenant.hostnames[0]}: nobody here owns the bot user"
    assert [found for found in re.findall(r'"([^"]+nobody here owns[^"]+)"', done.stdout) if line in found]
    assert done.stdout.count("nobody here owns") == 1
    assert left_behind.client_id in done.stdout
