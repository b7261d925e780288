# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret and no token in what tasks show at full verbosity, in the worker and as ordinary modules."""

from __future__ import annotations

import time
import typing as t

import pytest
import yaml

from simulator import Fault, Simulator

from .conftest import User
from .test_secrets import WRONG, assert_absent, encrypted, secrets
from .ways import BOTH, ELSEWHERE, Task, interpreter, play

TASKS: list[Task] = [
    {"qlikops.cloud.oauth_token": {"return_token": True}},
    {"qlikops.cloud.tenant_info": {}},
    {"ansible.builtin.debug": {"msg": "{{ lookup('qlikops.cloud.oauth_token') }}"}, "no_log": True},
]
MORE_TASKS: list[Task] = [
    {"qlikops.cloud.oauth_token": {}},
    {"qlikops.cloud.oauth_token": {"return_token": True}, "loop": [1, 2]},
    {"qlikops.cloud.oauth_token": {"return_token": True}, "until": False, "retries": 1, "delay": 0},
    {"qlikops.cloud.oauth_token": {"return_token": True, "ca_path": "{{ nothing }}"}},
    {"qlikops.cloud.tenant_info": {}, "async": 60, "poll": 1},
]
FAULTS = {
    "slow_answer": "GET /api/core/tenants latency=30",
    "slow_token": "POST /oauth/token latency=30",
    "no_token": "POST /oauth/token malformed",
    "echoed_secret": "POST /oauth/token echo_secret",
    "echoed_token": "GET /api/core/tenants echo_secret status=400",
    "no_json": "GET /api/core/tenants html",
    "cut": "GET /api/core/tenants cut",
}
OTHERS = {"wrong_secret": {"QLIK_CLIENT_SECRET": WRONG}, "unknown_authority": {"QLIK_CA_PATH": ""}}


def shown(user: User, *more: Task, **keywords: t.Any) -> str:
    user.environment["ANSIBLE_LOG_PATH"] = str(user.work / "log")
    return play(user, [*TASKS, *more], BOTH, "-vvvvv", **keywords).output


def wait_for_the_end_of_jobs(user: User) -> None:
    """Ansible's async_wrapper looks every five seconds whether its module is done, and then removes it."""
    deadline = time.monotonic() + 20
    while any(path.name.startswith("AnsiballZ") for path in user.files()) and time.monotonic() < deadline:
        time.sleep(0.5)


@pytest.mark.parametrize("pipelining", ["true", pytest.param("false", marks=pytest.mark.once)])
def test_every_success(pipelining: str, member: User, simulator: Simulator) -> None:
    member.environment["ANSIBLE_PIPELINING"] = pipelining
    output = shown(member, *MORE_TASKS)
    assert "ok: [elsewhere]" in output
    wait_for_the_end_of_jobs(member)
    assert_absent(secrets(simulator), member, output)


def test_every_failure(member: User, organization: t.Callable[..., Simulator]) -> None:
    simulators = {name: organization(faults=[Fault.parse(fault)]) for name, fault in FAULTS.items()}
    healthy = organization()
    surroundings = {name: simulator.environment for name, simulator in simulators.items()}
    surroundings |= {name: {**healthy.environment, **changes} for name, changes in OTHERS.items()}
    hosts = {
        f"{way}_{name}": {**variables, "surroundings": {**environment, "QLIK_TIMEOUT": "1"}}
        for way, variables in BOTH.items()
        for name, environment in surroundings.items()
    }
    tasks = [{**task, "environment": "{{ surroundings }}"} for task in TASKS[:2]]
    member.environment["ANSIBLE_LOG_PATH"] = str(member.work / "log")
    outcome = play(member, tasks, hosts, "-vvvvv")
    succeeded = {name for name, results in outcome.results.items() if not any(r["failed"] for r in results)}
    assert not succeeded
    (member.work / "hosts.yml").unlink()
    assert_absent(set().union(*map(secrets, [*simulators.values(), healthy])), member, outcome.output)


@pytest.mark.parametrize("opened", [True, False], ids=["opened", "not opened"])
def test_a_book_with_vault_values_in_a_variable(opened: bool, member: User, simulator: Simulator) -> None:
    value = encrypted(member, simulator.client_secret).replace("\n", "\n      ")
    entry = f"    client_id: {simulator.client_id}\n    client_secret: {value}"
    member.file("book.yml", f"qlik_credentials:\n  organization:\n{entry}\n")
    member.environment |= {"QLIK_CLIENT_ID": "", "QLIK_CLIENT_SECRET": ""}
    if opened:
        member.environment["ANSIBLE_VAULT_PASSWORD_FILE"] = "password"
    output = shown(member, vars_files=["book.yml"])
    assert ("cannot be opened; it is encrypted with Ansible Vault" in output) is not opened
    assert bool(simulator.state.tokens) is opened
    assert_absent(secrets(simulator), member, output)


def test_a_secret_in_the_environment_of_a_task(member: User, simulator: Simulator) -> None:
    """Ansible shows the environment of each command that it starts."""
    given = {name: simulator.environment[name] for name in ("QLIK_CLIENT_ID", "QLIK_CLIENT_SECRET")}
    member.environment |= dict.fromkeys(given, "")
    names = {name: f"{{{{ lookup('ansible.builtin.env', 'MY_{name}') }}}}" for name in given}
    member.environment |= {f"MY_{name}": value for name, value in given.items()}
    tasks = [{**task, "environment": names} for task in TASKS]
    output = play(member, tasks, BOTH, "-vvvvv").output
    assert output.count("FAILED!") == len(BOTH)  # the lookup, which the environment of a task does not reach
    assert_absent(secrets(simulator), member, output)


def test_a_secret_as_an_option(member: User, simulator: Simulator) -> None:
    member.environment |= {"QLIK_CLIENT_ID": "", "QLIK_CLIENT_SECRET": "", "MY_SECRET": simulator.client_secret}
    options = {"client_id": simulator.client_id, "client_secret": "{{ lookup('ansible.builtin.env', 'MY_SECRET') }}"}
    tasks = [{"qlikops.cloud.tenant_info": options}, {"qlikops.cloud.tenant_info": {**options, "timeout": "soon"}}]
    outcome = play(member, tasks, BOTH, "-vvvvv")
    assert [result["failed"] for result in outcome.results["worker"]] == [False, True]
    assert_absent(secrets(simulator), member, outcome.output)


def test_a_book_in_a_broken_file(member: User, simulator: Simulator) -> None:
    member.file("book.yml", yaml.safe_dump(simulator.credentials) + "\n  - [\n")
    member.environment |= {"QLIK_CLIENT_ID": "", "QLIK_CLIENT_SECRET": "", "QLIK_CREDENTIALS_FILE": "book.yml"}
    outcome = play(member, TASKS, BOTH, "-vvvvv")
    assert "book.yml, line " in outcome.output
    assert simulator.client_secret not in outcome.output


@pytest.mark.parametrize("callback", ["minimal", "oneline"])
def test_a_token_in_a_loop_is_shown_by_no_callback(callback: str, member: User, simulator: Simulator) -> None:
    """Nor by junit, which writes files beside either."""
    member.environment |= {"ANSIBLE_STDOUT_CALLBACK": callback, "ANSIBLE_CALLBACKS_ENABLED": "junit"}
    member.environment["JUNIT_OUTPUT_DIR"] = str(member.work / "junit")
    tasks: list[Task] = [{"qlikops.cloud.oauth_token": {"return_token": True}, "loop": [1, 2]}]
    outcome = play(member, tasks, BOTH, "-v")
    for (result,) in outcome.results.values():
        assert result["results"][1]["access_token"] in simulator.state.tokens
    assert list((member.work / "junit").iterdir())
    assert_absent(secrets(simulator), member, outcome.output)


def test_a_faulty_task_is_not_sent_elsewhere(member: User) -> None:
    """There, without the variable that is at fault, it would succeed and be shown."""
    member.environment["QLIK_TIMEOUT"] = "soon"
    outcome = play(member, TASKS[:1], BOTH, "-vvvvv")
    assert all("'timeout'" in results[0]["msg"] for results in outcome.results.values())
    assert "<elsewhere> EXEC" not in outcome.output


def test_a_broken_answer_of_a_module_is_hidden(member: User, simulator: Simulator) -> None:
    cutting = interpreter(member, "cutting", "| sed 's/}$//'")
    broken = {**ELSEWHERE["elsewhere"], "ansible_python_interpreter": str(cutting)}
    outcome = play(member, TASKS[:1], {"broken": broken}, "-v")
    assert outcome.results["broken"][0]["failed"]
    assert simulator.state.tokens
    assert_absent(secrets(simulator), member, outcome.output)


def test_debugging_ansible_sends_no_secret_elsewhere(member: User, simulator: Simulator) -> None:
    """Then it shows the arguments of each module that it starts."""
    member.environment["ANSIBLE_DEBUG"] = "1"
    outcome = play(member, [{"qlikops.cloud.tenant_info": {}}], BOTH)
    assert outcome.results["worker"][0]["count"] == 12
    assert "With ANSIBLE_DEBUG, Ansible would show the secret" in outcome.results["elsewhere"][0]["msg"]
    assert_absent(secrets(simulator), member, outcome.output)
