# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module tenant as playbooks use it: a whole life, what it refuses, and what nobody may see of it."""

from __future__ import annotations

import json
import re
import typing as t

import pytest
import yaml

from simulator import Fault, Simulator

from .conftest import HURRY, User
from .test_secrets import assert_absent, secrets
from .ways import BOTH, WORKER, Task, play

CONSOLE, CREATE = "console.qlikcloud.com", "POST register.us.qlikcloud.com/api/v1/tenants"
NEW, NEWER, LOST = "new.us.qlikcloud.com", "newer.us.qlikcloud.com", "lost.us.qlikcloud.com"
ELSEWHERE_SENTENCE = (
    "qlikops.cloud.tenant runs where Ansible runs: add 'delegate_to: localhost' or 'connection: local', "
    "and leave async out."
)


@pytest.fixture
def keeper(member: User, simulator: Simulator) -> User:
    """A user with a credential book in a file under vault, and none in the environment."""
    member.file("credentials.yml", yaml.safe_dump(simulator.credentials))
    member.file("password", "open sesame\n")
    done = member.run("ansible-vault", "encrypt", "credentials.yml", "--vault-password-file", "password")
    assert done.returncode == 0, done.stderr
    del member.environment["QLIK_CLIENT_ID"], member.environment["QLIK_CLIENT_SECRET"]
    member.environment.pop("XDG_STATE_HOME", None)
    member.environment |= {"QLIK_CREDENTIALS_FILE": "credentials.yml", "ANSIBLE_VAULT_PASSWORD_FILE": "password"}
    member.environment["PYTHONPATH"] = str(HURRY)
    return member


def tenant(**options: t.Any) -> Task:
    return {"qlikops.cloud.tenant": options}


def source_of(simulator: Simulator) -> str:
    return simulator.state.tenants[0].hostnames[0]


def secrets_of(simulator: Simulator) -> set[str]:
    keys = map(simulator.license_key, simulator.state.subscriptions)
    return secrets(simulator, *keys, *(client.secret for client in simulator.state.clients.values()))


def life(simulator: Simulator) -> dict[str, Task]:
    wanted = {"alias": NEW, "name": "New", "source": source_of(simulator)}
    confirmed = {"alias": NEWER, "confirm_hostname": NEWER}
    found = "{{ result_1.tenant.id }}"
    return {
        "foreseen": {**tenant(**wanted), "check_mode": True},
        "created": tenant(**wanted),
        "created again": tenant(**wanted),
        "renamed": tenant(alias=NEW, name="Newer"),
        "alias kept": tenant(id=found, alias=NEWER),
        "alias replaced": tenant(id=found, alias="newer", replace_alias=True),
        "wrongly confirmed": tenant(alias=NEWER, state="deactivated", confirm_hostname=NEW),
        "deactivated": tenant(state="deactivated", purge_after_days=10, **confirmed),
        "deactivated again": tenant(state="deactivated", purge_after_days=90, **confirmed),
        "still wanted": tenant(alias=NEWER),
        "reactivated": tenant(state="active", **confirmed),
        "lost": tenant(**{**wanted, "alias": LOST}),
        "lost again": tenant(**{**wanted, "alias": LOST}),
        "keyed": {**tenant(alias="keyed.us.qlikcloud.com", license_key="{{ key }}", subscription_id="{{ of }}")},
        "wrong key": tenant(alias="none.us.qlikcloud.com", license_key="{{ key }}0", subscription_id="{{ of }}"),
    }


def test_a_whole_life_shows_what_it_does_and_no_secret(keeper: User, simulator: Simulator) -> None:
    simulator.faults.append(Fault.parse(f"{CREATE} lost after=1 times=1"))
    of = simulator.state.subscriptions[1]
    keeper.file("key.yml", f"key: '{simulator.license_key(of)}'\n")
    keeper.environment["ANSIBLE_LOG_PATH"] = str(keeper.work / "log")
    tasks = life(simulator)
    variables = {"of": of}
    outcome = play(keeper, list(tasks.values()), WORKER, "-vvvvv", "--diff", vars=variables, vars_files=["key.yml"])
    results = dict(zip(tasks, outcome.results["worker"], strict=True))
    done = {name: result.get("actions", result.get("error", {}).get("kind")) for name, result in results.items()}
    assert done == {
        "foreseen": ["create", "configure"],
        "created": ["create", "configure"],
        "created again": [],
        "renamed": ["configure"],
        "alias kept": "configuration",
        "alias replaced": ["configure"],
        "wrongly confirmed": "configuration",
        "deactivated": ["deactivate"],
        "deactivated again": [],
        "still wanted": "configuration",
        "reactivated": ["reactivate"],
        "lost": ["create", "configure"],
        "lost again": [],
        "keyed": ["create", "configure"],
        "wrong key": "permission",
    }, outcome.output[-3000:]
    assert results["renamed"]["diff"]["before"]["name"] == "New"
    assert '-    "name": "New",' in outcome.output
    assert '+    "name": "Newer",' in outcome.output
    assert len(simulator.state.tenants) == 15
    assert simulator.record.count("POST", "*/actions/deactivate") == 1
    (keeper.work / "key.yml").unlink()
    assert [path.suffix for path in keeper.home.glob(".local/state/qlikops.cloud/*")].count(".json") == 0
    assert_absent(secrets_of(simulator), keeper, outcome.output, json.dumps(results))


@pytest.mark.ends
def test_check_mode_asks_the_organization_alone(keeper: User, simulator: Simulator) -> None:
    spent = next(x for x in simulator.state.tenants if x.status == "deactivated")
    source = source_of(simulator)
    tasks = [
        tenant(alias=NEW, name="New", source=source),
        tenant(alias=source, name="Other"),
        tenant(alias=source, state="deactivated", confirm_hostname=source),
        tenant(id=spent.id, state="active", confirm_hostname=spent.hostnames[0]),
    ]
    outcome = play(keeper, tasks, WORKER, check_mode=True, diff=True)
    assert [result["changed"] for result in outcome.results["worker"]] == [True] * 4
    assert all(result["diff"]["before"] != result["diff"]["after"] for result in outcome.results["worker"])
    assert {entry.host for entry in simulator.record} == {CONSOLE}
    assert {(x.method, x.path) for x in simulator.record if x.method != "GET"} == {("POST", "/oauth/token")}
    assert not list(keeper.home.glob(".local/state/**/*"))


@pytest.mark.ends
def test_check_mode_refuses_what_has_not_come_to_a_known_end(keeper: User, simulator: Simulator) -> None:
    simulator.faults.append(Fault.parse(f"{CREATE} cut times=1"))
    wanted = tenant(alias=NEW, source=source_of(simulator), wait_timeout=1)
    results = play(keeper, [wanted, {**wanted, "check_mode": True}], WORKER).results["worker"]
    assert [result["error"]["kind"] for result in results] == ["unknown_outcome"] * 2
    assert results[1]["msg"] in results[0]["msg"]


@pytest.mark.ends
def test_an_empty_option_is_refused_before_anything_is_asked(keeper: User, simulator: Simulator) -> None:
    whole = {"alias": NEW, "license_key": "a-key"}
    meanings = {
        "id": "the tenant of the alias",
        "alias": "any alias",
        **dict.fromkeys(("region", "subscription_id", "name", "source", "adopt_id"), "none"),
    }
    tasks = [tenant(**{**(whole if name != "source" else {"alias": NEW}), name: " "}) for name in meanings]
    outcome = play(keeper, tasks, WORKER)
    assert [result["msg"] for result in outcome.results["worker"]] == [
        f"The option {name} is empty; leave it out to mean {meaning}." for name, meaning in meanings.items()
    ]
    assert len(simulator.record) == 0


@pytest.mark.ends
def test_a_tenant_is_opened_by_the_entry_of_its_alias(keeper: User, simulator: Simulator) -> None:
    found = simulator.state.tenants[0]
    client = simulator.region_client("us", found.subscription_id)
    opened = {"hostname": found.hostnames[1], "client_id": client.client_id, "client_secret": client.secret}
    book = {"organization": simulator.credentials["organization"], "tenants": [opened]}
    keeper.file("credentials.yml", yaml.safe_dump(book))
    outcome = play(keeper, [tenant(id=found.id, name="Other")], WORKER)
    assert outcome.results["worker"][0].get("actions") == ["configure"], outcome.output[-3000:]
    assert {entry.host for entry in simulator.record} == {CONSOLE, found.hostnames[0]}


def test_it_runs_where_ansible_runs_and_nowhere_else(keeper: User, simulator: Simulator) -> None:
    quiet = tenant(alias=source_of(simulator))
    tasks = [quiet, {**quiet, "async": 60, "poll": 1}, {**quiet, "delegate_to": "worker"}]
    outcome = play(keeper, tasks, BOTH)
    here, there = outcome.results["worker"], outcome.results["elsewhere"]
    assert [result.get("msg") for result in here] == [None, ELSEWHERE_SENTENCE, None]
    assert [result.get("msg") for result in there] == [ELSEWHERE_SENTENCE, ELSEWHERE_SENTENCE, None]
    assert {entry.host for entry in simulator.record} == {CONSOLE}


@pytest.mark.ends
def test_a_refusal_is_settled_by_what_it_tells(keeper: User, simulator: Simulator) -> None:
    """With a journal of their own, and one tenant for all who want it at once."""
    simulator.faults.append(Fault.parse(f"{CREATE} cut times=1"))
    journal = keeper.work / "journal"
    wanted = {"alias": NEW, "source": source_of(simulator), "wait_timeout": 1, "journal_dir": str(journal)}
    hosts = {**WORKER, "second": WORKER["worker"]}
    first = play(keeper, [tenant(**wanted)], WORKER).results["worker"][0]
    assert first["error"] == {"kind": "unknown_outcome"}
    assert len(list(journal.glob("*.json"))) == 1
    said = re.findall(r"confirm_not_created: \[(\w+)\]", first["msg"])
    tasks = [tenant(**wanted), tenant(**wanted, confirm_not_created=said)]
    outcome = play(keeper, tasks, hosts)
    results = [result for row in outcome.results.values() for result in row]
    assert [result["failed"] for result in results] == [True, False] * 2, outcome.output[-3000:]
    assert sorted(result["changed"] for result in results) == [False, False, False, True]
    assert (len(simulator.state.tenants), simulator.record.count("POST", "/api/v1/tenants")) == (13, 2)
    assert not list(journal.glob("*.json"))
