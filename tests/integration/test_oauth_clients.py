# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""oauth_client, oauth_client_info and oauth_client_secret as playbooks use them, both ways."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from simulator import Fault, Simulator
from simulator.models import Client, Tenant

from .conftest import User
from .test_rest import kinds, known, results_of
from .test_secrets import assert_absent
from .ways import BOTH, Task, play

CONSOLE, LOCAL = "/api/core/oauth-clients", "/api/v1/oauth-clients"


def client(**options: t.Any) -> Task:
    return {"qlikops.cloud.oauth_client": options}


def info(**options: t.Any) -> Task:
    return {"qlikops.cloud.oauth_client_info": options}


def secret(**options: t.Any) -> Task:
    return {"qlikops.cloud.oauth_client_secret": options}


@pytest.fixture
def simulator(organization: t.Callable[..., Simulator]) -> Simulator:
    return organization(tenants=3)


@pytest.fixture
def tenant(simulator: Simulator) -> Tenant:
    return simulator.state.tenants[0]


@pytest.fixture
def owner(member: User, simulator: Simulator) -> User:
    """A user with a credential book that opens the organization and all tenants."""
    member.file("credentials.yml", yaml.safe_dump(simulator.credentials))
    member.environment |= {"QLIK_CLIENT_ID": "", "QLIK_CLIENT_SECRET": "", "QLIK_CREDENTIALS_FILE": "credentials.yml"}
    return member


def nameless(value: t.Any, names: dict[str, str]) -> t.Any:
    """A result in which what the service makes up is numbered in the order of its appearance."""
    if isinstance(value, dict):
        return {key: nameless(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [nameless(item, names) for item in value]
    for made, name in names.items():
        value = value.replace(made, name) if isinstance(value, str) else value
    return value


def work(host: str | None) -> dict[str, Task]:
    """Makes a client and secrets, and removes all of it; what is made is known by results before."""
    place = {"host": host} if host else {}
    wish = {"name": "New", "description": "d", "scopes": ["b", "a"], **place}
    its = {"client": "{{ result_1.client.id }}", **place}
    return {
        "check a creation": {**client(**wish), "check_mode": True, "diff": True},
        "create": {**client(**wish), "diff": True},
        "create again": client(**{**wish, "scopes": ["a", "b"]}),
        "rename": {**client(id="{{ result_1.client.id }}", name="Newer", description="", **place), "diff": True},
        "read": info(id="{{ result_1.client.id }}", **place),
        "by name": info(name="Newer", **place),
        "by another name": info(name="New", **place),
        "all": info(**place),
        "add": {**secret(**its), "diff": True},
        "check an addition": {**secret(**its), "check_mode": True},
        "remove": {**secret(state="absent", hint="{{ result_8.hint }}", **its), "diff": True},
        "remove again": secret(state="absent", hint="{{ result_8.hint }}", **its),
        "add more": secret(**its),
        "check the oldest": {**secret(state="absent", keep=1, **its), "check_mode": True},
        "remove the oldest": secret(state="absent", keep=1, **its),
        "check a deletion": {**client(state="absent", id="{{ result_1.client.id }}", **place), "check_mode": True},
        "delete": client(state="absent", id="{{ result_1.client.id }}", **place),
        "delete again": client(state="absent", id="{{ result_1.client.id }}", **place),
        "read what is gone": info(id="{{ result_1.client.id }}", **place),
    }


UNCHANGED = {"create again", "read", "by name", "by another name", "all", "remove again", "delete again"}


@pytest.mark.once
@pytest.mark.parametrize("is_console", [True, False], ids=["console", "tenant"])
def test_clients_and_secrets_come_and_go_both_ways(
    owner: User, simulator: Simulator, tenant: Tenant, is_console: bool
) -> None:
    tasks = work(None if is_console else "{{ qlik_hostname }}")
    before = {name: len(found.secrets) for name, found in simulator.state.clients.items()}
    outcome = play(owner, list(tasks.values()), BOTH, "-v", serial=1, vars=known(tenant))
    for rows in outcome.results.values():
        rows[:] = numbered(dict(zip(tasks, rows, strict=True)))
    results = results_of(outcome, tasks)
    assert kinds(results) == {"read what is gone": "not_found"}
    assert {name for name, result in results.items() if not (result["changed"] or result["failed"])} == UNCHANGED
    assert results["create"]["diff"] == results["check a creation"]["diff"]
    assert results["create again"]["client"]["scopes"] == ["b", "a"]
    assert results["rename"]["diff"]["after"]["name"] == "Newer"
    assert results["by name"]["clients"] == results["read"]["clients"]
    assert (results["by another name"]["count"], results["all"]["count"]) == (0, 2 if is_console else 1)
    assert results["remove"]["removed"] == ["hint 2"]
    assert results["remove the oldest"]["removed"] == results["check the oldest"]["removed"] == ["hint 1"]
    assert {name: len(found.secrets) for name, found in simulator.state.clients.items()} == before
    assert simulator.record.count("POST", CONSOLE if is_console else LOCAL) == len(BOTH)


def numbered(results: dict[str, t.Any]) -> list[t.Any]:
    made = results["create"]["client"]
    names = {made["id"]: "its id", made["secrets"][0]["hint"]: "hint 1", made["created_at"]: "then"}
    names |= {results["add"]["hint"]: "hint 2", results["add more"]["hint"]: "hint 3"}
    marks = [mark for result in results.values() for mark in result.get("secrets", [])]
    marks += [mark for result in results.values() for one in result.get("clients", []) for mark in one["secrets"]]
    names |= {str(mark["created_at"]): "later" for mark in marks if mark["created_at"] not in names}
    names |= {str(result["created_at"]): "later" for result in results.values() if result.get("created_at")}
    names |= {row["updated_at"]: "updated" for row in results["read"]["clients"]}
    return [nameless(result, names) for result in results.values()]


def refused(simulator: Simulator, region: Client) -> dict[str, Task]:
    own, full = simulator.client_id, simulator.add_client("Full")
    for name in ("Same", "Same"):
        simulator.add_client(name)
    for _secret in range(4):
        simulator.add_secret(full.client_id)
    simulator.add_secret(own)
    return {
        "delete the own": client(state="absent", id=own),
        "delete without id": client(state="absent", name="New"),
        "nothing named": client(description="x"),
        "two of a name": client(name="Same"),
        "an id that is not there": client(id="none", name="x"),
        "an empty name": client(name="{{ nothing }}"),
        "an empty id": client(id="{{ nothing }}", state="absent"),
        "an empty host": info(host="{{ nothing }}"),
        "a region": info(host="register.us.qlikcloud.com"),
        "id and name": info(id="x", name="y"),
        "a sixth": secret(client=full.client_id),
        "an empty hint": secret(client=full.client_id, state="absent", hint=" "),
        "hint and keep": secret(client=full.client_id, state="absent", hint="h", keep=1),
        "none to keep": secret(client=full.client_id, state="absent", keep=0),
        "neither hint nor keep": secret(client=full.client_id, state="absent"),
        "own, unknown which": secret(state="absent", keep=1),
        "own, known": secret(state="absent", hint=hint(simulator, 0), own_hint=hint(simulator, 0)),
        "own, another": {
            **secret(state="absent", hint=hint(simulator, 1), own_hint=hint(simulator, 0)),
            "check_mode": True,
        },
        "not allowed": info(host=simulator.state.tenants[1].hostnames[0], client_id=region.client_id),
        "defaults": {**info(), "module_defaults": {"group/qlikops.cloud.qlik": {"timeout": 0}}},
    }


def hint(simulator: Simulator, number: int) -> str:
    return simulator.state.clients[simulator.client_id].secrets[number].hint


@pytest.mark.once
def test_what_is_refused_is_refused_both_ways(owner: User, simulator: Simulator, tenant: Tenant) -> None:
    blocked = simulator.state.tenants[1]
    region = simulator.region_client(blocked.hostnames[0].split(".")[1], blocked.subscription_id)
    simulator.faults.append(Fault(f"GET {blocked.hostnames[0]}{LOCAL}", "status", status=403))
    tasks = refused(simulator, region)
    tasks["not allowed"]["qlikops.cloud.oauth_client_info"]["client_secret"] = "{{ theirs }}"
    names = {"nothing": None, "theirs": region.secret}
    outcome = play(owner, list(tasks.values()), BOTH, "-v", vars={**known(tenant), **names})
    results = results_of(outcome, tasks)
    worded = {"delete without id", "nothing named", "id and name", "hint and keep", "neither hint nor keep"}
    found = {name: kind for name, kind in kinds(results).items() if name not in worded}
    special = {"an id that is not there": "not_found", "not allowed": "permission"}
    assert found == {
        name: special.get(name, "configuration") for name in tasks if name not in {*worded, "own, another"}
    }
    assert worded < set(kinds(results))
    assert results["own, another"]["removed"] == [hint(simulator, 1)]
    assert "its bot user must have the role TenantAdmin" in results["not allowed"]["msg"]
    assert results["an empty host"]["msg"] == "The option host is empty; leave it out to mean the Cloud Console."
    assert "those of a region are made in My Qlik alone" in results["a region"]["msg"]
    assert all(not simulator.record.count(method, f"{CONSOLE}*") for method in ("POST", "PATCH", "DELETE"))


def test_new_secrets_are_not_shown_and_can_be_used(owner: User, simulator: Simulator, tenant: Tenant) -> None:
    simulator.faults.append(Fault(f"POST {tenant.hostnames[0]}{LOCAL}/", "lost"))
    made, add = {"name": "New for {{ inventory_hostname }}", "return_secret": True}, {"return_secret": True}
    tasks = {
        "create": client(**made),
        "again": client(**made),
        "add": secret(client="{{ result_0.client.id }}", **add),
        "add unseen": secret(client="{{ result_0.client.id }}"),
        "in a loop": {**secret(client="{{ item }}", **add), "loop": ["{{ result_0.client.id }}"], "diff": True},
        "in a tenant": client(host="{{ qlik_hostname }}", **made),
        "lost": secret(host="{{ qlik_hostname }}", client="{{ result_5.client.id }}", **add),
        "full": {**secret(client="{{ result_0.client.id }}", **add), "loop": [1, 2, 3]},
        "at once": {**secret(**add), "async": 20, "poll": 1},
        "proved": {
            "qlikops.cloud.oauth_token": {
                "client_id": "{{ result_0.client.id }}",
                "client_secret": "{{ result_2.client_secret }}",
            }
        },
    }
    outcome = play(owner, list(tasks.values()), BOTH, "-vvvv", "--diff", serial=1, vars=known(tenant))
    values = {one.value for found in simulator.state.clients.values() for one in found.secrets}
    for results in (dict(zip(tasks, rows, strict=True)) for rows in outcome.results.values()):
        given = {results[name]["client_secret"] for name in ("create", "add", "in a tenant")}
        given.add(results["in a loop"]["results"][0]["client_secret"])
        assert len(given) == 4
        assert given < values
        assert "client_secret" not in results["again"] | results["add unseen"]
        assert "cannot be returned with async" in results["at once"]["msg"]
        assert results["lost"]["error"]["kind"] == "unknown_outcome"
        assert not results["proved"]["failed"]
        assert results["full"]["failed"]
    kept = owner.work / "credentials.yml"
    known_before = kept.read_text(encoding="utf-8")
    kept.unlink()
    assert_absent({*values, *simulator.state.tokens}, owner, outcome.output)
    assert sum(value in known_before for value in values) == len(simulator.credentials["regions"]) + 1
