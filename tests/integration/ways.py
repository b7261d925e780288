# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tasks on several hosts at once, each reached in its own way, and brings back what they registered."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

import yaml

from .conftest import ROOT, User, plain

# `make matrix` names another version than Ansible's.
ELSEWHERES_PYTHON = os.environ.get("ELSEWHERES_PYTHON", sys.executable)
Task = dict[str, t.Any]
Hosts = dict[str, dict[str, t.Any]]

WORKER: Hosts = {"worker": {"ansible_connection": "local"}}
ELSEWHERE: Hosts = {"elsewhere": {"ansible_connection": "elsewhere"}}
BOTH: Hosts = {**WORKER, **ELSEWHERE}
RESULTS = "results.json"
COLLECT = (
    "{%% set all = {} %%}{%% for host in groups['all'] %%}"
    "{{ all.update({host: %s}) or '' }}{%% endfor %%}{{ all | to_json }}"
)
OWN = ("ANSIBLE_PIPELINING",)
SHOWN = re.compile(r"^(ok|changed|fatal|skipping): \[(\w+)\](?:: FAILED!)?(?: => (.*))?$", re.MULTILINE)
TRACE_ID = re.compile(r"\b[0-9a-f]{32}\b")


@dataclass(frozen=True)
class Outcome:
    """What a play did: results by host and task, and the run itself."""

    results: dict[str, list[t.Any]]
    done: subprocess.CompletedProcess[str]

    @property
    def output(self) -> str:
        return self.done.stdout + self.done.stderr

    def lines(self, host: str) -> list[str]:
        """What was shown of a host's results."""
        found = SHOWN.findall(TRACE_ID.sub("a-trace-id", self.done.stdout))
        return [f"{word} {result}" for word, name, result in found if name == host]


def play(user: User, tasks: list[Task], hosts: Hosts, *arguments: str, **keywords: t.Any) -> Outcome:
    """Run all tasks on all hosts, whatever fails; keywords are those of the play."""
    variables = {"ansible_python_interpreter": str(interpreter(user))}
    user.file("hosts.yml", yaml.safe_dump({"all": {"hosts": hosts, "vars": variables}}))
    names = [f"result_{number}" for number in range(len(tasks))]
    steps = [{"ignore_errors": True, **task, "register": name} for task, name in zip(tasks, names, strict=True)]
    row = "[" + ", ".join(f"hostvars[host].{name}" for name in names) + "]"
    content = COLLECT % row
    keep = {"qlikops.specimen.keep": {"content": content, "dest": str(user.work / RESULTS)}, "no_log": True}
    document = [
        {"hosts": "all", "gather_facts": False, **keywords, "tasks": steps},
        {"hosts": "localhost", "gather_facts": False, "tasks": [keep]},
    ]
    user.file("play.yml", yaml.safe_dump(document, sort_keys=False))
    settings = {**_settings(user), **{name: user.environment[name] for name in OWN if name in user.environment}}
    done = user.run("ansible-playbook", "-i", "hosts.yml", "play.yml", *arguments, **settings)
    return Outcome(_read(user, done), done)


def interpreter(user: User, name: str = "python", behind: str = "") -> Path:
    """The Python of ordinary modules at a path without spaces, which asynchronous tasks need; behind follows it."""
    path = user.temporary / name
    path.write_text(f'#!/bin/sh\n{shlex.quote(ELSEWHERES_PYTHON)} "$@" {behind}\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def _settings(user: User) -> dict[str, str]:
    collections = (user.environment["ANSIBLE_COLLECTIONS_PATH"], str(ROOT / "tests" / "specimen"))
    return {
        "ANSIBLE_CONNECTION_PLUGINS": str(ROOT / "tests" / "connections"),
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(collections),
        "ANSIBLE_INVENTORY_ENABLED": "yaml",
        "ANSIBLE_REMOTE_TEMP": str(user.temporary / "remote"),
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_ASYNC_DIR": str(user.temporary / "jobs"),
        "ANSIBLE_HOST_KEY_CHECKING": "false",
    }


def _read(user: User, done: subprocess.CompletedProcess[str]) -> dict[str, list[t.Any]]:
    path = user.work / RESULTS
    assert path.is_file(), done.stdout[-3000:] + done.stderr[-3000:]
    text = TRACE_ID.sub("a-trace-id", path.read_text(encoding="utf-8"))
    path.unlink()
    return t.cast("dict[str, list[t.Any]]", plain(json.loads(text)))


def assert_same(outcome: Outcome, names: t.Iterable[str]) -> None:
    """Each task led to the same result on all hosts, whole."""
    rows = zip(names, zip(*outcome.results.values(), strict=True), strict=True)
    different = {name: results for name, results in rows if any(result != results[0] for result in results)}
    assert not different, json.dumps(different, indent=1)
