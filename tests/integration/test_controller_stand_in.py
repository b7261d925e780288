# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The released modules of awx.awx against the controller on loopback: what they make, and what they say again."""

from __future__ import annotations

import re
import subprocess
import sys
import typing as t

import pytest
import yaml

from controller import Controller
from tools.awx import awx_collections

from .conftest import User

pytestmark = pytest.mark.once

INPUTS = {
    "fields": [
        {"id": "client_id", "label": "Client", "type": "string"},
        {"id": "client_secret", "label": "Secret", "type": "string", "secret": True},
    ]
}
INJECTORS = {"env": {"OURS_CLIENT_ID": "{{ client_id }}", "OURS_CLIENT_SECRET": "{{ client_secret }}"}}
RRULE = "DTSTART;TZID=Europe/Berlin:20260101T030000 RRULE:FREQ=DAILY;INTERVAL=1"
OURS = {"organization": "Ours"}
SOURCE = {"source": "scm", "source_project": "Project", "source_path": "org.qlik.yml", "source_vars": {"b": 2}}
STEPS: list[dict[str, t.Any]] = [
    {"organization": {"name": "Ours", "description": "Invented"}},
    {"credential_type": {"name": "Kind", "kind": "cloud", "inputs": INPUTS, "injectors": INJECTORS}},
    {
        "credential": {
            "name": "Key",
            "credential_type": "Kind",
            "inputs": {"client_id": "c", "client_secret": "invented"},
            "update_secrets": False,
            **OURS,
        }
    },
    {"execution_environment": {"name": "Environment", "image": "registry.example.com/e:1", **OURS}},
    {"project": {"name": "Project", "scm_type": "git", "scm_url": "https://git.example.com/ours.git", **OURS}},
    {"inventory": {"name": "Inventory", "variables": {"a": 1}, **OURS}},
    {
        "inventory_source": {
            "name": "Source",
            "inventory": "Inventory",
            "credential": "Key",
            "execution_environment": "Environment",
            "overwrite": True,
            "update_on_launch": True,
            "enabled_var": "on",
            "enabled_value": "true",
            **SOURCE,
            **OURS,
        }
    },
    {
        "job_template": {
            "name": "Template",
            "project": "Project",
            "inventory": "Inventory",
            "playbook": "site.yml",
            "execution_environment": "Environment",
            "credentials": ["Key"],
            "extra_vars": {"c": 3},
            "ask_variables_on_launch": True,
            "ask_limit_on_launch": True,
            "job_slice_count": 2,
            **OURS,
        }
    },
    {
        "schedule": {
            "name": "Nightly",
            "unified_job_template": "Template",
            "rrule": RRULE,
            "extra_data": {"c": 4},
            **OURS,
        }
    },
    {"workflow_job_template": {"name": "Workflow", "extra_vars": {"d": 5}, **OURS}},
    {
        "workflow_job_template_node": {
            "workflow_job_template": "Workflow",
            "identifier": "run",
            "unified_job_template": "Template",
            "extra_data": {"c": 6},
            "limit": "web",
            **OURS,
        }
    },
    {
        "workflow_job_template_node": {
            "workflow_job_template": "Workflow",
            "identifier": "sync",
            "unified_job_template": "Source",
            "success_nodes": ["run"],
            **OURS,
        }
    },
]
ENDPOINTS = {
    *("organizations", "credential_types", "credentials", "execution_environments", "projects", "inventories"),
    *("inventory_sources", "job_templates", "schedules", "workflow_job_templates", "workflow_job_template_nodes"),
}


@pytest.fixture
def controller() -> t.Iterator[Controller]:
    with Controller(playbooks=["site.yml"]) as running:
        yield running


@pytest.fixture
def play(user: User, controller: Controller) -> t.Callable[..., list[bool]]:
    """Runs tasks of awx.awx and gives what each one says of `changed`."""
    settings = {
        "ANSIBLE_COLLECTIONS_PATH": str(awx_collections()),
        "ANSIBLE_INVENTORY_ENABLED": "ansible.builtin.host_list",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        **controller.environment,
    }

    def run(steps: list[dict[str, t.Any]], *options: str, **environment: str) -> list[bool]:
        done = user.run(
            "ansible-playbook", "-i", "localhost,", *options, book(user, steps), **{**settings, **environment}
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return reports(done)

    return run


def book(user: User, steps: list[dict[str, t.Any]]) -> str:
    tasks = [
        {f"awx.awx.{name}": {key: raw(value) for key, value in arguments.items()}}
        for step in steps
        for name, arguments in step.items()
    ]
    head = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    return str(user.file("play.yml", yaml.dump([{**head, "tasks": tasks}])))


def raw(value: t.Any) -> t.Any:
    """Templates of the controller are none of ours."""
    if isinstance(value, dict):
        return {key: raw(item) for key, item in value.items()}
    if isinstance(value, list):
        return [raw(item) for item in value]
    return f"{{% raw %}}{value}{{% endraw %}}" if isinstance(value, str) and "{{" in value else value


def reports(done: subprocess.CompletedProcess[str]) -> list[bool]:
    return [word == "changed" for word in re.findall(r"^(ok|changed): \[localhost\]", done.stdout, re.MULTILINE)]


def test_a_life(play: t.Callable[..., list[bool]], controller: Controller) -> None:
    assert play(STEPS) == [True] * len(STEPS)
    made = {endpoint: controller.of(endpoint) for endpoint in ENDPOINTS}
    check_what_is_stored(controller)
    controller.forget()
    assert play(STEPS) == [False] * len(STEPS)
    assert {endpoint: controller.of(endpoint) for endpoint in ENDPOINTS} == made
    # it sends null for what it was not told, which the controller keeps as an empty text
    assert [(asked.method, asked.path) for asked in controller.changes] == [("PATCH", "/api/v2/inventories/1/")]
    assert play(gone()) == [True] * len(STEPS)
    assert play(gone()[-1:]) == [False]
    assert not controller.of("unified_job_templates")


def check_what_is_stored(controller: Controller) -> None:
    assert all(controller.of(endpoint) for endpoint in ENDPOINTS)
    assert controller.named("credentials", "Key")["inputs"] == {"client_id": "c", "client_secret": "invented"}
    template = controller.named("job_templates", "Template")
    assert template["extra_vars"] == '{"c": 3}'
    assert template["credentials"] == [controller.named("credentials", "Key")["id"]]
    source = controller.named("inventory_sources", "Source")
    assert (source["source_vars"], source["enabled_value"]) == ('{"b": 2}', "true")
    nodes = {name: controller.named("workflow_job_template_nodes", name) for name in ("sync", "run")}
    assert nodes["sync"]["success_nodes"] == [nodes["run"]["id"]]
    assert (nodes["run"]["extra_data"], nodes["run"]["limit"]) == ({"c": 6}, "web")


def gone() -> list[dict[str, t.Any]]:
    """The same objects, to be removed from the last to the first."""
    keys = {"name", "identifier", "organization", "workflow_job_template", "inventory", "credential_type"}
    steps = [(name, arguments) for step in reversed(STEPS) for name, arguments in step.items()]
    return [
        {name: {key: value for key, value in arguments.items() if key in keys} | {"state": "absent"}}
        for name, arguments in steps
    ]


def test_check_mode_changes_nothing(play: t.Callable[..., list[bool]], controller: Controller) -> None:
    assert play(STEPS[:2], "--check") == [True, True]
    assert not controller.changes


def test_a_name_and_a_password(play: t.Callable[..., list[bool]], controller: Controller) -> None:
    login = {name: value for name, value in controller.login.items() if "HOST" not in name and "SSL" not in name}
    assert play(STEPS[:1], CONTROLLER_OAUTH_TOKEN="", **login) == [True]
    assert [(asked.method, asked.path) for asked in controller.changes] == [
        ("POST", "/api/v2/tokens/"),
        ("POST", "/api/v2/organizations/"),
        ("DELETE", "/api/v2/tokens/2/"),
    ]
