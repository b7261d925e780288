# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""oauth_token and tenant_info as playbooks use them, in the worker process and as ordinary modules."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from simulator import Fault, Simulator

from .conftest import User
from .ways import BOTH, ELSEWHERE, WORKER, Task, assert_same, play

TOKEN, TENANTS = "/oauth/token", "/api/core/tenants"
Start = t.Callable[..., Simulator]


def oauth_token(**options: t.Any) -> Task:
    return {"qlikops.cloud.oauth_token": options}


def tenant_info(**options: t.Any) -> Task:
    return {"qlikops.cloud.tenant_info": options}


def tasks_of(simulator: Simulator) -> dict[str, Task]:
    tenant = simulator.state.tenants[0]
    wanted = f'subscriptionId eq "{tenant.subscription_id}"'
    return {
        "a token": oauth_token(),
        "a token given away": oauth_token(return_token=True),
        "a token for a tenant": oauth_token(host=tenant.hostnames[0].upper(), return_token=True),
        "a token for a host without credential": oauth_token(host="h.se.qlikcloud.com"),
        "a token elsewhere": oauth_token(host="h.us.qlikcloud.com.example"),
        "a wrong secret": oauth_token(client_secret="{{ wrong }}"),
        "a lonely id": oauth_token(host="h.eu.qlikcloud.com", client_id="c"),
        "all tenants": tenant_info(),
        "one tenant": tenant_info(id=tenant.id),
        "no tenant": tenant_info(id="none"),
        "some tenants": tenant_info(filter=wanted),
        "an empty id": tenant_info(id="{{ nothing }}"),
        "a blank filter": tenant_info(filter=" "),
        "an empty host": oauth_token(host="{{ nothing }}"),
        "a wrong filter": tenant_info(filter="name is nice"),
        "another's subscription": tenant_info(filter='subscriptionId eq "1"'),
        "the number of all": tenant_info(count_only=True),
        "the number of some": tenant_info(filter=wanted, count_only=True),
        "one and some": tenant_info(id=tenant.id, filter=wanted),
        "a wrong address": tenant_info(console_url="http://console.example"),
        "check mode": {**tenant_info(id=tenant.id), "check_mode": True},
        "environment": {**tenant_info(), "environment": {"QLIK_TIMEOUT": "0"}},
        "an empty variable": {**tenant_info(id=tenant.id), "environment": {"QLIK_TIMEOUT": ""}},
        "defaults": {**tenant_info(id=tenant.id), "module_defaults": {"group/qlikops.cloud.qlik": {"timeout": 0}}},
    }


@pytest.fixture
def booked(member: User, simulator: Simulator) -> User:
    """A user with a credential book in a file, and none in the environment."""
    member.file("credentials.yml", yaml.safe_dump(simulator.credentials))
    del member.environment["QLIK_CLIENT_ID"], member.environment["QLIK_CLIENT_SECRET"]
    member.environment["QLIK_CREDENTIALS_FILE"] = "credentials.yml"
    return member


def test_modules_do_the_same_both_ways(booked: User, simulator: Simulator) -> None:
    tasks = tasks_of(simulator)
    tenant = simulator.state.tenants[0]
    knowledge = {
        "wrong": "wr0ng",
        "nothing": None,
        "qlik_hostnames": tenant.hostnames,
        "qlik_subscription_id": tenant.subscription_id,
    }
    outcome = play(booked, list(tasks.values()), BOTH, "-v", vars=knowledge)
    assert_same(outcome, tasks)
    assert outcome.lines("worker") == outcome.lines("elsewhere")
    results = dict(zip(tasks, outcome.results["worker"], strict=True))
    failed = {name for name, result in results.items() if result["failed"]}
    assert failed == {
        "a token for a host without credential",
        "a token elsewhere",
        "a wrong secret",
        "a lonely id",
        "no tenant",
        "an empty id",
        "a blank filter",
        "an empty host",
        "a wrong filter",
        "another's subscription",
        "one and some",
        "a wrong address",
        "environment",
        "defaults",
    }
    assert results["a token"] == {
        "changed": False,
        "failed": False,
        "url": "https://console.qlikcloud.com",
        "client_id": simulator.client_id,
        "scope": "cloud-console.tenants:read",
        "expires_at": results["a token given away"]["expires_at"],
    }
    assert results["a token given away"]["access_token"] in simulator.state.tokens
    assert results["a token for a tenant"]["client_id"] == simulator.region_client("us").client_id
    assert [row["id"] for row in results["all tenants"]["tenants"]] == sorted(x.id for x in simulator.state.tenants)
    assert results["the number of all"] == {"changed": False, "failed": False, "count": 12}
    assert results["the number of some"]["count"] == results["some tenants"]["count"] < 12
    assert results["an empty id"]["msg"] == "The option id is empty; leave it out to mean all tenants."
    assert results["no tenant"]["error"]["kind"] == "not_found"
    assert results["another's subscription"]["error"]["kind"] == "permission"
    assert "The option timeout must be from 1 to 3600, not 0." in results["environment"]["msg"]


def test_one_token_request_serves_all_hosts_both_ways(member: User, simulator: Simulator) -> None:
    hosts = {f"{name}_{number}": way for way in (WORKER, ELSEWHERE) for name in way for number in range(2)}
    ways = {name: (WORKER if name.startswith("worker") else ELSEWHERE)[name.rpartition("_")[0]] for name in hosts}
    tenant = simulator.state.tenants[0].id
    outcome = play(member, [tenant_info(id=tenant)], ways)
    assert all(results[0]["count"] == 1 for results in outcome.results.values()), outcome.output
    assert simulator.record.count("POST", TOKEN) == 1


@pytest.mark.ends
def test_a_wrong_secret_is_sent_once_for_all_hosts(member: User, simulator: Simulator) -> None:
    member.environment["QLIK_CLIENT_SECRET"] = "wr0ng"
    hosts = {f"worker_{number}": WORKER["worker"] for number in range(8)}
    outcome = play(member, [tenant_info()], hosts)
    assert {results[0]["error"]["kind"] for results in outcome.results.values()} == {"authentication"}
    assert simulator.record.count("POST", TOKEN) == 1


@pytest.mark.ends
def test_a_run_that_keeps_nothing_leaves_nothing(member: User) -> None:
    outcome = play(member, [oauth_token(token_cache="run"), oauth_token(token_cache="none")], BOTH)
    assert not any(result["failed"] for results in outcome.results.values() for result in results)
    assert not [path for path in member.files() if path.suffix in (".token", ".lock")]


def test_an_outage_fails_with_its_kind(member: User, simulator: Simulator) -> None:
    simulator.faults.extend([Fault("GET /api/core/tenants/actions/count", "status", status=503)])
    simulator.faults.extend([Fault("GET /api/core/tenants", "malformed")])
    wanted = f'subscriptionId eq "{simulator.state.subscriptions[0]}"'
    tasks = {"refused": tenant_info(filter=wanted, count_only=True), "unexpected_answer": tenant_info()}
    outcome = play(member, list(tasks.values()), BOTH)
    assert_same(outcome, tasks)
    assert [result["error"]["kind"] for result in outcome.results["worker"]] == list(tasks)


def test_asynchronous_tasks_run_as_ordinary_modules(member: User, simulator: Simulator) -> None:
    tasks: list[Task] = [
        {**tenant_info(), "async": 60, "poll": 1},
        {**oauth_token(return_token=True), "async": 60, "poll": 1},
        {"qlikops.cloud.rest_info": {"path": "/api/v1/licenses/overview"}, "async": 60, "poll": 1},
    ]
    outcome = play(member, tasks, BOTH)
    for found, *refused in outcome.results.values():
        assert found["count"] == 12
        assert found["ansible_job_id"]
        sentence = "What is secret cannot be returned with async, since async_status would show it."
        assert [result["msg"] for result in refused] == [sentence] * 2


def test_a_delegated_task_runs_where_it_is_sent(member: User) -> None:
    tasks: list[Task] = [
        {"qlikops.specimen.specimen": {"tell_where": True}},
        {"qlikops.specimen.specimen": {"tell_where": True}, "delegate_to": "elsewhere"},
        {"qlikops.specimen.specimen": {"tell_where": True}, "delegate_to": "worker"},
        {"qlikops.specimen.specimen": {"tell_where": True}, "async": 60, "poll": 1},
    ]
    outcome = play(member, tasks, BOTH)
    where = {host: [result["where"] for result in results] for host, results in outcome.results.items()}
    assert where["worker"] == ["worker", "module", "worker", "module"]
    assert where["elsewhere"] == ["module", "module", "worker", "module"]


def test_another_machine_gets_the_one_credential_it_needs(booked: User, simulator: Simulator) -> None:
    tenant = simulator.state.tenants[0]
    booked.environment |= {"ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_PIPELINING": "0"}
    knowledge = {"qlik_hostnames": tenant.hostnames, "qlik_subscription_id": tenant.subscription_id}
    outcome = play(booked, [oauth_token(host=tenant.hostnames[0])], ELSEWHERE, vars=knowledge)
    assert not outcome.results["elsewhere"][0]["failed"], outcome.output
    sent = "".join(path.read_text() for path in booked.files() if path.name == "AnsiballZ_oauth_token.py")
    needed = simulator.region_client("us", tenant.subscription_id).secret
    assert needed in sent
    others = {client.secret for client in simulator.state.clients.values()} - {needed}
    assert not [secret for secret in others if secret in sent]


def test_a_relative_path_means_the_same_folder_with_async(member: User, simulator: Simulator) -> None:
    (member.work / "ca.pem").write_bytes(Path(simulator.environment["QLIK_CA_PATH"]).read_bytes())
    member.environment["QLIK_CA_PATH"] = ""
    tasks = [tenant_info(ca_path="ca.pem"), {**tenant_info(ca_path="ca.pem"), "async": 60, "poll": 1}]
    outcome = play(member, tasks, WORKER)
    assert [result["count"] for result in outcome.results["worker"]] == [12, 12]


def test_the_environment_of_a_task_is_not_that_of_the_connection(member: User) -> None:
    wanted = {"PATH": "/nowhere", "SPECIMEN": "of the task"}
    outcome = play(member, [{"qlikops.specimen.specimen": {}, "environment": wanted}], BOTH)
    assert [results[0]["environment"] for results in outcome.results.values()] == ["of the task"] * 2
    faulty = [{"qlikops.specimen.specimen": {}, "environment": {"A=B": "c"}}]
    (result,) = play(member, faulty, WORKER).results["worker"]
    assert result["msg"] == "The environment of the task holds '=' in a name, or NUL, which none can hold."
