# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-inventory and ansible-playbook do with a source of ours: output, exit codes, failures."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import typing as t

import pytest

from simulator import Fault, Simulator

from .conftest import User, plain, told

GRAPH = re.compile(r"^[ |]*--([^@\s]\S*)$", re.MULTILINE)
FAILED_PARSING = 1
Start = t.Callable[..., Simulator]


def listed(done: subprocess.CompletedProcess[str]) -> dict[str, t.Any]:
    assert done.returncode == 0, done.stderr
    return t.cast("dict[str, t.Any]", plain(json.loads(done.stdout)))


def test_list_gives_every_active_tenant_with_its_variables(member: User, simulator: Simulator) -> None:
    hosts = listed(member.run("ansible-inventory", "-i", member.source, "--list"))["_meta"]["hostvars"]
    expected = {tenant.hostnames[0]: tenant for tenant in simulator.state.tenants if tenant.status == "active"}
    assert set(hosts) == set(expected)
    for name, variables in hosts.items():
        assert variables["qlik_name"] == expected[name].name
        assert variables["qlik_id"] == expected[name].id


def test_ordinary_tenants_carry_no_marks_of_untrusted_text(member: User) -> None:
    done = member.run("ansible-inventory", "-i", member.source, "--list")
    assert "__ansible_unsafe" not in done.stdout


def test_graph_shows_real_host_names(member: User, simulator: Simulator) -> None:
    done = member.run("ansible-inventory", "-i", member.source, "--graph")
    assert done.returncode == 0
    assert set(GRAPH.findall(done.stdout)) == {x.hostnames[0] for x in simulator.state.tenants if x.status == "active"}
    assert not done.stderr


def test_a_play_runs_on_the_tenants_of_a_group(member: User, simulator: Simulator) -> None:
    play = "- {hosts: qlik_region_eu, tasks: [{ansible.builtin.debug: {msg: 'this is {{ qlik_url }}'}}]}"
    done = member.run("ansible-playbook", "-i", member.source, member.file("play.yml", play))
    assert done.returncode == 0, done.stdout + done.stderr
    said = set(re.findall(r"this is https://(\S+?)\"", done.stdout))
    assert said == {
        x.hostnames[0] for x in simulator.state.tenants if x.status == "active" and ".eu." in x.hostnames[0]
    }


def test_a_module_runs_on_the_controller_with_its_python(member: User) -> None:
    play = "- {hosts: qlik, tasks: [{ansible.builtin.command: {argv: ['{{ ansible_python_interpreter }}', -V]}}]}"
    done = member.run("ansible-playbook", "-i", member.source, member.file("play.yml", play), "-l", "qlik[0]", "-v")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Python {sys.version.split()[0]}" in done.stdout


def test_a_source_that_fails_fails_the_run(member: User) -> None:
    done = member.run("ansible-inventory", "-i", member.source, "--list", QLIK_CLIENT_SECRET="wrong")
    assert done.returncode == FAILED_PARSING
    assert "wrong or expired credentials" in told(done)
    assert "hostvars" not in done.stdout


def test_without_the_setting_ansible_goes_on_with_nothing(member: User) -> None:
    done = member.run(
        "ansible-inventory",
        "-i",
        member.source,
        "--list",
        ANSIBLE_CONFIG=str(member.file("empty.cfg", "")),
        QLIK_CLIENT_SECRET="wrong",
    )
    assert done.returncode == 0
    assert not listed(done)["_meta"]["hostvars"]
    assert "wrong or expired credentials" in told(done)


def test_a_failure_in_the_middle_adds_no_host(user: User, organization: Start) -> None:
    user.knows(organization(tenants=250, faults=[Fault("GET /api/core/tenants", "cut", after=1)]))
    user.file("static.yml", "all: {hosts: {kept: {}}}")
    enabled = {
        "ANSIBLE_INVENTORY_ENABLED": "qlikops.cloud.tenants,yaml",
        "ANSIBLE_CONFIG": str(user.file("empty.cfg", "")),
    }
    done = user.run("ansible-inventory", "-i", "static.yml", "-i", user.source, "--list", **enabled)
    assert set(listed(done)["_meta"]["hostvars"]) <= {"kept"}
    assert "The connection to console.qlikcloud.com through the proxy 127.0.0.1" in told(done)


def test_a_cut_network_says_so(member: User) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        proxy = f"http://u:p4ssw0rd@127.0.0.1:{port}"
        done = member.run("ansible-inventory", "-i", member.source, "--list", HTTPS_PROXY=proxy, https_proxy=proxy)
    assert done.returncode == FAILED_PARSING
    assert f"The proxy 127.0.0.1:{port} did not connect to console.qlikcloud.com: Connection refused" in told(done)
    assert "p4ssw0rd" not in done.stdout + done.stderr


def test_a_certificate_of_an_unknown_authority_is_refused(member: User) -> None:
    done = member.run("ansible-inventory", "-i", member.source, "--list", QLIK_CA_PATH="")
    assert done.returncode == FAILED_PARSING
    assert "The certificate of console.qlikcloud.com does not verify" in told(done)
    assert "QLIK_CA_PATH" in told(done)


@pytest.mark.parametrize("names_subscriptions", [False, True], ids=["one list", "lists side by side"])
def test_interrupting_leaves_no_trace_and_no_traceback(
    names_subscriptions: bool, user: User, organization: Start
) -> None:
    simulator = organization(faults=[Fault("GET /api/core/tenants", "latency", seconds=30)])
    user.knows(simulator)
    with tempfile.TemporaryFile("w+") as output:
        wanted = ",".join(simulator.state.subscriptions if names_subscriptions else ())
        command = ("ansible-inventory", "-i", user.source, "--list")
        process = user.start(*command, output=output, QLIK_SUBSCRIPTIONS=wanted)
        while not simulator.record.count("POST", "/oauth/token") and process.poll() is None:
            time.sleep(0.1)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) != 0
        output.seek(0)
        shown = output.read()
    assert "Traceback" not in shown
    assert "hostvars" not in shown
    assert not [path for path in user.files() if path.name.startswith((".new-", "ansible-local"))]


def test_verbose_tells_how_far_it_is(user: User, organization: Start) -> None:
    user.knows(organization(tenants=150))
    done = user.run("ansible-inventory", "-i", user.source, "--graph", "-v")
    assert "org.qlik.yml: 100 tenants of 150" in done.stdout + done.stderr
    assert "org.qlik.yml: 150 tenants of 150" in done.stdout + done.stderr


def test_a_warm_cache_needs_no_network(member: User, simulator: Simulator) -> None:
    cache = {
        "ANSIBLE_INVENTORY_CACHE": "1",
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(member.home / "lists"),
    }
    first = member.run("ansible-inventory", "-i", member.source, "--list", **cache)
    simulator.record.clear()
    alone = {"QLIK_TOKEN_CACHE": "none", "PYTHONPROFILEIMPORTTIME": "1"}
    second = member.run("ansible-inventory", "-i", member.source, "--list", **cache, **alone)
    assert listed(first) == listed(second)
    assert not len(simulator.record)
    loaded = {line.rpartition("|")[2].strip() for line in second.stderr.splitlines()}
    assert "ansible_collections.qlikops.cloud.plugins.module_utils._connection" in loaded
    assert loaded.isdisjoint({"requests", "urllib3", "cryptography.hazmat.primitives.ciphers.aead"})
    play = member.file("play.yml", "- {hosts: qlik, tasks: []}")
    member.run("ansible-playbook", "-i", member.source, play, "--list-hosts", "--flush-cache", **cache)
    assert simulator.record.count("GET", "/api/core/tenants") == 1


@pytest.mark.once
def test_ten_thousand_tenants_take_101_requests(user: User, organization: Start) -> None:
    simulator = organization(tenants=10_000)
    user.knows(simulator)
    hosts = listed(user.run("ansible-inventory", "-i", user.source, "--list", QLIK_STATUSES="all"))["_meta"]["hostvars"]
    assert len(hosts) == 10_000
    assert simulator.record.count("POST", "/oauth/token") == 1
    assert simulator.record.count("GET", "/api/core/tenants") <= 101
    assert simulator.record.connections == 1


OBTAIN = """
import multiprocessing, os, requests
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential

options = {"timeout": 60, "retries": 4, "max_wait": 60, "token_cache": "user", "ca_path": os.environ["QLIK_CA_PATH"]}
entry = {"client_id": os.environ["QLIK_CLIENT_ID"], "client_secret": os.environ["QLIK_CLIENT_SECRET"]}
processes = multiprocessing.get_context("fork")
start, found = processes.Barrier(50), processes.SimpleQueue()

def obtain():
    api = Connection.from_options(options, None).organization(Credential.from_mapping(entry, "the environment"))
    start.wait(60)
    found.put(len(api.tenants().tenants))

started = [processes.Process(target=obtain) for _number in range(50)]
for process in started:
    process.start()
for process in started:
    process.join(60)
print(*(found.get() for process in started if process.exitcode == 0))
"""


@pytest.mark.once
def test_fifty_processes_at_once_ask_for_one_token(member: User, simulator: Simulator) -> None:
    """They are forked, as Ansible's workers are, before any of them knows a connection."""
    simulator.faults.append(Fault("POST /oauth/token", "latency", seconds=0.5))
    collections = member.environment["ANSIBLE_COLLECTIONS_PATH"]
    done = member.run(sys.executable, "-c", OBTAIN, PYTHONPATH=collections)
    assert done.stdout.split() == ["12"] * 50, done.stderr
    assert simulator.record.count("POST", "/oauth/token") == 1


def test_the_documentation_can_be_read(user: User) -> None:
    done = user.run("ansible-doc", "-t", "inventory", "qlikops.cloud.tenants", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)["qlikops.cloud.tenants"]["doc"]
    assert {"client_secret", "statuses", "compose", "cache_timeout"} <= set(document["options"])
