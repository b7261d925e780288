# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A play of one task: a module inside the worker and as an ordinary module, against the least that a task can do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
FLOOR = "debug.yml"
MODULE = "tenant_info.yml"
GOAL = 1.3

# As examples/ansible.cfg has it, but for the plugin that reads the prepared hosts.
SETTINGS = {
    "ANSIBLE_CONNECTION_PLUGINS": str(ROOT / "tests" / "connections"),
    "ANSIBLE_GATHERING": "explicit",
    "ANSIBLE_INVENTORY_ENABLED": "qlikops.cloud.tenants,yaml",
}
VARIABLES = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
ELSEWHERE = ("-e", "ansible_connection=elsewhere")
TASKS = {
    FLOOR: {"ansible.builtin.debug": {"msg": "{{ qlik_id }}"}},
    MODULE: {"qlikops.cloud.tenant_info": {"id": "{{ qlik_id }}"}},
}

_SUCCESS = re.compile(r" : ok=1 +changed=0 +unreachable=0 +failed=0 ")


@dataclass(frozen=True)
class Play:
    """`ansible-playbook` in a workplace that knows an organization and each of its tenants as a host."""

    place: Workplace
    organization: Organization
    hosts: int

    def prepare(self) -> None:
        """Write the hosts and the playbooks; leaves a token in the store."""
        self.place.knows({**SETTINGS, "QLIK_CA_PATH": str(self._authorities())})
        self.place.file(SOURCE, "plugin: qlikops.cloud.tenants\nstatuses: [all]\n")
        inventory = {"all": {"hosts": self._listed(), "vars": VARIABLES}}
        self.place.file(HOSTS, json.dumps(inventory))
        for playbook, task in TASKS.items():
            self.place.file(playbook, json.dumps([{"hosts": "all", "tasks": [task]}]))

    def _authorities(self) -> Path:
        """As many certificates as users have: to load them takes longer than to load the simulator's alone."""
        files = (certifi.where(), self.organization.environment["QLIK_CA_PATH"])
        return self.place.file("authorities.pem", "\n".join(Path(name).read_text(encoding="utf-8") for name in files))

    def _listed(self) -> dict[str, Any]:
        listing = self.place.folder / "listing.json"
        self.place.run(listing, "ansible-inventory", "-i", SOURCE, "--list")
        variables = json.loads(listing.read_bytes(), object_hook=_without_mark)["_meta"]["hostvars"]
        return {host: {"qlik_id": known["qlik_id"]} for host, known in variables.items()}

    def floor(self) -> Turn:
        return self._turn(FLOOR, reads=0)

    def in_worker(self) -> Turn:
        return self._turn(MODULE, reads=self.hosts)

    def ordinary(self) -> Turn:
        return self._turn(MODULE, *ELSEWHERE, reads=self.hosts)

    def _turn(self, playbook: str, *options: str, reads: int) -> Turn:
        """One run; the task must succeed on each host."""
        output = self.place.folder / "output"
        self.organization.forget()
        run = self.place.run(output, "ansible-playbook", "-i", HOSTS, playbook, *options)
        successes = len(_SUCCESS.findall(output.read_text(encoding="utf-8")))
        asked = self.organization.asked()
        if (successes, asked.reads) != (self.hosts, reads):
            raise BenchmarkError(f"{playbook} succeeded on {successes} of {self.hosts} hosts, by {asked.reads} reads")
        return Turn(run, asked)


def _without_mark(document: dict[str, Any]) -> Any:
    """The text in the mark of untrusted text that ansible-core before 2.19 puts around it."""
    return document.get("__ansible_unsafe", document)


@contextmanager
def play(hosts: int) -> Iterator[Play]:
    say(f"Preparing a play on {hosts:,} hosts ...")
    with workplace() as place, organization(place, hosts) as simulated:
        prepared = Play(place, simulated, hosts)
        prepared.prepare()
        yield prepared


def one_task(hosts: int, turns: int) -> Iterator[Figure]:
    """With a token in the store. The ordinary module has no goal, and one turn of it takes longer than all others."""
    with play(hosts) as measured:
        floor, worker = alternate({"debug": measured.floor, "in the worker": measured.in_worker}, turns)
        (ordinary,) = alternate({"ordinary module": measured.ordinary}, 1)
    study = f"ansible-playbook, one task on {hosts:,} hosts, token in the store, median of {turns}"
    least, ours = seconds(study, "debug", floor), seconds(study, "tenant_info in the worker", worker)
    apart = seconds(study, "tenant_info as an ordinary module, 1 turn", ordinary)
    yield from (least, ours, ratio(f"{ours.name} / debug", ours, least, GOAL))
    yield worst(study, "reads a run", (turn.asked.reads for turn in worker), "requests", hosts)
    yield worst(study, "token requests a run", (turn.asked.tokens for turn in worker), "requests", 0)
    yield from (apart, ratio(f"{apart.name} / debug", apart, least))
