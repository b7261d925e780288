# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays on the tenants of an organization: which tokens they ask for, and how they end when the service does badly."""

from __future__ import annotations

import collections
import re
import typing as t

import pytest
import yaml

from simulator import Fault, Simulator

from .conftest import HURRY, User

TOKEN = "/oauth/token"
SPACES, USERS = "/api/v1/spaces", "/api/v1/users"
Start = t.Callable[..., Simulator]
Task = dict[str, t.Any]


@pytest.fixture
def fleet(user: User) -> t.Callable[[Simulator], User]:
    """A user with the credential book of an organization, who is patient."""

    def equip(simulator: Simulator) -> User:
        user.knows(simulator)
        del user.environment["QLIK_CLIENT_ID"], user.environment["QLIK_CLIENT_SECRET"]
        user.file("credentials.yml", yaml.safe_dump(simulator.credentials))
        user.environment |= {"QLIK_CREDENTIALS_FILE": str(user.work / "credentials.yml"), "QLIK_RETRIES": "9"}
        return user

    return equip


def play(user: User, tasks: list[Task], *arguments: str, hosts: str = "qlik") -> tuple[int, str]:
    """Exit code and output of a play on tenants."""
    user.file("play.yml", yaml.safe_dump([{"hosts": hosts, "gather_facts": False, "tasks": tasks}], sort_keys=False))
    done = user.run("ansible-playbook", "-i", user.source, "play.yml", *arguments)
    return done.returncode, done.stdout + done.stderr


def rest_info(path: str, **options: t.Any) -> Task:
    return {"qlikops.cloud.rest_info": {"path": path, **options}}


def test_a_play_asks_for_tokens_of_the_tenants_it_touches_and_no_others(
    organization: Start, fleet: t.Callable[[Simulator], User]
) -> None:
    simulator = organization(regions=("us", "eu"))
    user = fleet(simulator)
    code, output = play(user, [rest_info(f"{USERS}/me"), rest_info(SPACES)], hosts="qlik_region_eu")
    assert code == 0, output
    asked = collections.Counter(entry.host for entry in simulator.record.find("POST", TOKEN))
    touched = {x.hostnames[0] for x in simulator.state.tenants if x.region == "eu" and x.status == "active"}
    assert asked == dict.fromkeys((*touched, "console.qlikcloud.com"), 1)
    simulator.record.clear()
    assert play(user, [rest_info(SPACES)], hosts="qlik_region_eu")[0] == 0
    assert not simulator.record.find("POST", TOKEN)


def test_the_inventory_asks_for_no_token_of_a_tenant(organization: Start, fleet: t.Callable[[Simulator], User]) -> None:
    simulator = organization()
    done = fleet(simulator).run("ansible-inventory", "-i", "org.qlik.yml", "--list")
    assert done.returncode == 0, done.stderr
    assert {entry.host for entry in simulator.record} == {"console.qlikcloud.com"}


@pytest.mark.once
def test_each_expiry_of_a_token_costs_one_request(organization: Start, fleet: t.Callable[[Simulator], User]) -> None:
    simulator = organization(tenants=24, regions=("us",), subscriptions=1, token_life=2)
    user = fleet(simulator)
    tasks = [rest_info(f"{USERS}/me"), {**rest_info(SPACES, max_items=1), "loop": list(range(8))}] * 2
    code, output = play(user, tasks, "-f", "10")
    assert code == 0, output
    tenants = [x.hostnames[0] for x in simulator.state.tenants if x.status == "active"]
    assert len(tenants) >= 20
    for host in tenants:
        requests = simulator.record.find(host=host)
        used = {entry.token for entry in requests if entry.path != TOKEN}
        asked = [entry for entry in requests if entry.path == TOKEN]
        assert len(asked) == len(used)
        assert 1 < len(asked) < len(requests) / 4


STORM = """
GET *.us.qlikcloud.com status=503 retry_after=1 every=9
GET *.us.qlikcloud.com cut every=9 after=3
GET *.us.qlikcloud.com status=429 retry_after=1 every=9 after=6
POST *.us.qlikcloud.com/oauth status=429 retry_after=1 every=3
POST *.us.qlikcloud.com/api/v1/spaces status=429 retry_after=1 every=9
POST *.us.qlikcloud.com/api/v1/spaces status=503 every=9 after=3
POST *.us.qlikcloud.com/api/v1/spaces lost every=9 after=6
"""
SPACE = {"name": "Finance", "type": "shared"}
CREATE = {"qlikops.cloud.rest": {"method": "POST", "path": SPACES, "body": SPACE, "unless": {"where": SPACE}}}


@pytest.mark.once
def test_in_a_storm_everything_is_done_and_nothing_twice(
    organization: Start, fleet: t.Callable[[Simulator], User]
) -> None:
    simulator = organization(tenants=114, regions=("us",), subscriptions=1)
    user = fleet(simulator)
    user.environment["PYTHONPATH"] = str(HURRY)
    simulator.faults.extend(map(Fault.parse, STORM.strip().splitlines()))
    remaining = ["all"]
    for _run in range(4):
        simulator.record.clear()
        code, output = play(user, [CREATE], "-f", "8", "--limit", ",".join(remaining))
        remaining = re.findall(r"^fatal: \[([^]]+)\]", output, re.MULTILINE)
        sent = [entry.host for entry in simulator.record.find("POST", SPACES) if entry.status != 429]
        assert max(collections.Counter(sent).values(), default=0) <= 1
        if code == 0:
            break
        assert "unknown_outcome" in output
    assert code == 0, output
    active = [tenant for tenant in simulator.state.tenants if tenant.status == "active"]
    assert len(active) >= 100
    made = {tenant.id: simulator.state.rows[tenant.id, "spaces"] for tenant in active}
    assert {len([row for row in rows if row.body["name"] == "Finance"]) for rows in made.values()} == {1}
