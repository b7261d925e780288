# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What images are made of, and the example project by the tools people try it with."""

from __future__ import annotations

import json
import shutil
import typing as t
from pathlib import Path

import pytest
import yaml

from simulator import Simulator

from .conftest import ROOT, User
from .jobs import PROJECT, Site, inputs_of

pytestmark = pytest.mark.once
NAVIGATOR = ("--ee", "false", "--mode", "stdout")


@pytest.fixture
def project(user: User) -> Path:
    return Path(shutil.copytree(PROJECT, user.work / "project"))


def test_the_image_of_the_example_can_be_built(user: User, project: Path) -> None:
    definition = project / "execution-environment.yml"
    done = user.run("ansible-builder", "create", "--file", definition, "--context", user.work / "context")
    assert done.returncode == 0, done.stdout + done.stderr
    asked = yaml.safe_load((user.work / "context" / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert [row["name"] for row in asked["collections"]] == ["qlikops.cloud", "awx.awx"]
    same = yaml.safe_load((project / "collections" / "requirements.yml").read_text(encoding="utf-8"))
    assert asked["collections"] == same["collections"]


def test_the_decision_environment_of_the_example_can_be_built(user: User) -> None:
    definition = ROOT / "examples" / "events" / "decision-environment.yml"
    done = user.run("ansible-builder", "create", "--file", definition, "--context", user.work / "context")
    assert done.returncode == 0, done.stdout + done.stderr
    asked = user.work / "context" / "_build" / "requirements.txt"
    assert asked.read_text(encoding="utf-8").split() == ["ansible-rulebook==1.3.2"]


def test_an_image_with_the_collection_gets_what_it_needs(user: User) -> None:
    folder = user.environment["ANSIBLE_COLLECTIONS_PATH"].split(":")[0]
    done = user.run("ansible-builder", "introspect", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    asked = yaml.safe_load(done.stdout)
    assert [line.split("#")[0].strip() for line in asked["python"]] == ["requests>=2.31"]
    assert not asked.get("system")


@pytest.fixture
def desk(user: User, simulator: Simulator) -> t.Callable[..., t.Any]:
    """Runs ansible-navigator in the project, with the environment and files that the controller gives."""
    user.knows(simulator)
    authority = Path(simulator.ca_path).read_text(encoding="utf-8")
    site = Site(user)
    folder, found = site.folder(inputs_of(simulator.credentials, ca=authority))
    environment = {**site.kept, **found, "ANSIBLE_CONFIG": str(folder / "project" / "ansible.cfg")}
    user.environment = environment
    log = ("--lf", str(user.work / "navigator.log"))
    return lambda *arguments: user.run("ansible-navigator", *arguments, *NAVIGATOR, *log)


def test_navigator_lists_the_tenants(desk: t.Callable[..., t.Any], user: User, simulator: Simulator) -> None:
    source = next(user.work.glob("run-*")) / "project" / "org.qlik.yml"
    done = desk("inventory", "-i", source, "--list")
    assert done.returncode == 0, done.stdout + done.stderr
    hosts = json.loads(done.stdout[done.stdout.index("{") :])["_meta"]["hostvars"]
    assert set(hosts) == {tenant.hostnames[0] for tenant in simulator.state.tenants}


def test_navigator_works_on_the_tenants(desk: t.Callable[..., t.Any], user: User, simulator: Simulator) -> None:
    project = next(user.work.glob("run-*")) / "project"
    done = desk("run", project / "fleet.yml", "-i", project / "org.qlik.yml", "--pae", "false")
    assert done.returncode == 0, done.stdout + done.stderr
    active = [tenant for tenant in simulator.state.tenants if tenant.status == "active"]
    assert simulator.record.count("GET", "/api/v1/users/me") == len(active)
