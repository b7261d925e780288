# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook estate_report, by its full name."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import typing as t

import yaml

from simulator import Simulator

from .conftest import User, told

YES = ("-e", "confirm_bot_users=true")


def report(user: User, *arguments: str) -> subprocess.CompletedProcess[str]:
    return user.run("ansible-playbook", "-i", user.source, "qlikops.cloud.estate_report", *arguments)


def written(user: User, name: str = "estate.json") -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", json.loads((user.work / name).read_text(encoding="utf-8")))


def test_it_holds_all_tenants_and_says_where_it_is(booked: User, simulator: Simulator) -> None:
    done = report(booked)
    assert done.returncode == 0, done.stdout + done.stderr
    ids = {tenant.id for tenant in simulator.state.tenants}
    assert f"{len(ids)} tenants, " in done.stdout
    assert "active hosts without a matching credential: 0" in done.stdout
    assert str(booked.work / "estate.html") in done.stdout
    assert {row["id"] for row in written(booked)["tenants"]} == ids
    with (booked.work / "estate.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["id"] for row in csv.DictReader(file)} == ids
    assert (booked.work / "estate.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert {entry.host for entry in simulator.record} == {"console.qlikcloud.com"}


def test_run_again_it_tells_what_has_changed(booked: User, simulator: Simulator) -> None:
    assert report(booked, "-e", "report_previous=estate.json").returncode == 0
    gone = simulator.state.tenants.pop()
    done = report(booked, "-e", "report_previous=estate.json", "-e", "report_title='Our tenants'")
    assert re.search(r"since 20[0-9TZ:-]+: 0 appeared, 1 vanished, 0 changed status", done.stdout)
    assert [row["id"] for row in written(booked)["changes"]["vanished"]] == [gone.id]
    assert "<title>Our tenants, " in (booked.work / "estate.html").read_text(encoding="utf-8")


def test_tenants_are_asked_after_a_yes_and_nothing_secret_is_kept_or_shown(booked: User, simulator: Simulator) -> None:
    asked = ("-e", "report_verify=true", "-e", "report_license_use=true")
    done = report(booked, *asked)
    assert done.returncode == 2
    assert "Say yes with confirm_bot_users: true" in done.stdout + told(done)
    done = report(booked, *asked, *YES, "-vvvv", "--diff")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    number = sum(tenant.status == "active" for tenant in simulator.state.tenants)
    assert written(booked)["access"] == {"reached": number}
    keys = {simulator.license_key(tenant.subscription_id) for tenant in simulator.state.tenants}
    secrets = keys | {secret.value for client in simulator.state.clients.values() for secret in client.secrets}
    texts = [
        done.stdout,
        done.stderr,
        *(path.read_text(errors="replace") for path in booked.files() if path.name != "credentials.yml"),
    ]
    assert not any(secret in text for secret in secrets for text in texts)


def test_check_mode_writes_nothing(booked: User) -> None:
    done = report(booked, "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "would be written: " in done.stdout
    assert not list(booked.work.glob("estate.*"))


def test_hosts_of_another_organization_and_missing_credentials_are_told(member: User) -> None:
    member.file("more.yml", "qlik: {hosts: {old.example: {qlik_id: unknown}, bastion: {}}}\n")
    member.environment["ANSIBLE_INVENTORY_ENABLED"] = "qlikops.cloud.tenants,yaml"
    done = report(member, "-i", str(member.work / "more.yml"))
    assert done.returncode == 0, done.stdout + done.stderr
    document = written(member)
    assert document["unknown_hosts"] == ["old.example"]
    assert len(document["without_credential"]) == document["totals"]["active"]


def test_credentials_in_variables_of_the_group_are_found(member: User, simulator: Simulator) -> None:
    folder = member.work / "group_vars"
    folder.mkdir()
    (folder / "qlik.yml").write_text(yaml.safe_dump({"qlik_credentials": simulator.credentials}))
    assert report(member).returncode == 0
    assert written(member)["without_credential"] == []


def test_without_tenants_it_fails_first(member: User) -> None:
    done = member.run(
        "ansible-playbook", "-i", "localhost,", "qlikops.cloud.estate_report", ANSIBLE_INVENTORY_ENABLED="host_list"
    )
    assert done.returncode == 2
    assert "The group qlik is empty, so nothing was reported" in " ".join((done.stdout + done.stderr).split())


def test_hostile_names_are_data(user: User, organization: t.Callable[..., Simulator]) -> None:
    simulator = organization(tenants=40, names="hostile")
    user.knows(simulator)
    done = report(user, "-v")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    names = {tenant.id: tenant.name or None for tenant in simulator.state.tenants}
    assert {row["id"]: row["name"] for row in written(user)["tenants"]} == names
    assert not [path for path in user.files() if path.name == "pwned"]


def test_a_limit_that_leaves_no_tenant_fails(booked: User) -> None:
    more = booked.file("more.yml", "all: {hosts: {bastion: {ansible_connection: local}}}\n")
    booked.environment["ANSIBLE_INVENTORY_ENABLED"] = "qlikops.cloud.tenants,yaml"
    done = report(booked, "-i", str(more), "--limit", "bastion")
    assert done.returncode == 2
    assert "The limit leaves no tenant to run on, so nothing was reported" in " ".join(
        (done.stdout + told(done)).split()
    )
    assert not list(booked.work.glob("estate.*"))
