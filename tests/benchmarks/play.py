# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A play of one task on many hosts: a module in the worker and as an ordinary one, against the least there is to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import certifi

from benchmarks.organization import Organization, organization
from benchmarks.report import Figure, ratio, worst
from benchmarks.turns import Turn, alternate, seconds
from benchmarks.workplace import BenchmarkError, Workplace, workplace
from tools.environment import ROOT, say

SOURCE = "org.qlik.yml"
HOSTS = "hosts.yml"
GOAL = 1.3

# As examples/ansible.cfg has it, but for the plugin that reads the prepared hosts.
SETTINGS = {
    "ANSIBLE_CONNECTION_PLUGINS": str(ROOT / "tests" / "connections"),
    "ANSIBLE_GATHERING": "explicit",
    "ANSIBLE_INVENTORY_ENABLED": "qlikops.cloud.tenants,yaml",
}
VARIABLES = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
ELSEWHERE = ("-e", "ansible_connection=elsewhere")
DEBUG = {"ansible.builtin.debug": {"msg": "{{ qlik_id }}"}}
TENANT_INFO = {"qlikops.cloud.tenant_info": {"id": "{{ qlik_id }}"}}

Task = dict[str, Any]

_SUCCESS = re.compile(r" : ok=1 +changed=0 +unreachable=0 +failed=0 ")


@dataclass(frozen=True)
class Play:
    """`ansible-playbook` in a workplace that knows an organization and each of its tenants as a host."""

    place: Workplace
    organization: Organization
    hosts: int

    def prepare(self, *known: str) -> None:
        """Write the hosts with the variables that a task wants to know; leaves a token of the organization."""
        self.place.knows({**SETTINGS, "QLIK_CA_PATH": str(self._authorities())})
        self.place.file(SOURCE, "plugin: qlikops.cloud.tenants\n")
        inventory = {"all": {"hosts": self._listed(known), "vars": VARIABLES}}
        self.place.file(HOSTS, json.dumps(inventory))

    def _authorities(self) -> Path:
        """As many certificates as users have: to load them takes longer than to load the simulator's alone."""
        files = (certifi.where(), self.organization.environment["QLIK_CA_PATH"])
        return self.place.file("authorities.pem", "\n".join(Path(name).read_text(encoding="utf-8") for name in files))

    def _listed(self, known: tuple[str, ...]) -> dict[str, Any]:
        listing = self.place.folder / "listing.json"
        self.place.run(listing, "ansible-inventory", "-i", SOURCE, "--list")
        variables = json.loads(listing.read_bytes(), object_hook=_without_mark)["_meta"]["hostvars"]
        hosts = islice(variables.items(), self.hosts)
        return {host: {name: found[name] for name in known} for host, found in hosts}

    def floor(self) -> Turn:
        return self.turn(DEBUG, reads=0)

    def in_worker(self) -> Turn:
        return self.turn(TENANT_INFO, reads=self.hosts)

    def ordinary(self) -> Turn:
        return self.turn(TENANT_INFO, *ELSEWHERE, reads=self.hosts)

    def turn(self, task: Task, *options: str, reads: int) -> Turn:
        """One run; the task must succeed on each host, by so many requests other than those for tokens."""
        self.place.file("play.yml", json.dumps([{"hosts": "all", "tasks": [task]}]))
        output = self.place.folder / "output"
        self.organization.forget()
        run = self.place.run(output, "ansible-playbook", "-i", HOSTS, "play.yml", *options)
        successes = len(_SUCCESS.findall(output.read_text(encoding="utf-8")))
        asked = self.organization.asked()
        if (successes, asked.reads) != (self.hosts, reads):
            name = next(iter(task))
            raise BenchmarkError(f"{name} succeeded on {successes} of {self.hosts} hosts, by {asked.reads} reads")
        return Turn(run, asked)


def _without_mark(document: dict[str, Any]) -> Any:
    """The text in the mark of untrusted text that ansible-core before 2.19 puts around it."""
    return document.get("__ansible_unsafe", document)


@contextmanager
def play(hosts: int, *known: str) -> Iterator[Play]:
    say(f"Preparing a play on {hosts:,} hosts ...")
    with workplace() as place, organization(place, hosts * 5 // 4) as simulated:
        prepared = Play(place, simulated, hosts)
        prepared.prepare(*known)
        yield prepared


def one_task(hosts: int, turns: int) -> Iterator[Figure]:
    """With a token in the store. The ordinary module has no goal, and one turn of it takes longer than all others."""
    with play(hosts, "qlik_id") as measured:
        floor, worker = alternate({"debug": measured.floor, "in the worker": measured.in_worker}, turns)
        (ordinary,) = alternate({"ordinary module": measured.ordinary}, 1)
    study = f"ansible-playbook, one task on {hosts:,} hosts, token in the store, median of {turns}"
    least, ours = seconds(study, "debug", floor), seconds(study, "tenant_info in the worker", worker)
    apart = seconds(study, "tenant_info as an ordinary module, 1 turn", ordinary)
    yield from (least, ours, ratio(f"{ours.name} / debug", ours, least, GOAL))
    yield worst(study, "reads a run", (turn.asked.reads for turn in worker), "requests", hosts)
    yield worst(study, "token requests a run", (turn.asked.tokens for turn in worker), "requests", 0)
    yield from (apart, ratio(f"{apart.name} / debug", apart, least))
