# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory source against a script that prints the same inventory."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.organization import PAGE, Organization, organization
from benchmarks.report import Figure, median, ratio, worst
from benchmarks.turns import Turn, alternate, seconds
from benchmarks.workplace import BenchmarkError, Workplace, workplace
from tools.environment import say

SOURCE = "org.qlik.yml"
CACHED = "cached.qlik.yml"
SCRIPT = "inventory.py"
GOAL = 1.3

# All statuses, so that each tenant is a host.
OPTIONS = "plugin: qlikops.cloud.tenants\nstatuses: [all]\n"
CACHE = "cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: kept\ncache_timeout: 86400\n"

# The fastest script there can be: Python, as most are, the same one, and nothing to do but to print a finished answer,
# _meta with its profile included, so that Ansible asks once. What it prints is the --list output of the source.
PRINTER = '#!/usr/bin/env python3\nprint(open("listing.json", encoding="utf-8").read())\n'


@dataclass(frozen=True)
class Inventory:
    """`ansible-inventory --list` in a workplace that knows an organization."""

    place: Workplace
    organization: Organization

    def prepare(self) -> None:
        """Write the sources and the script; leaves a token in the store and the list in the inventory cache."""
        self.place.file(SOURCE, OPTIONS)
        self.place.file(CACHED, OPTIONS + CACHE)
        self.place.file(SCRIPT, PRINTER).chmod(0o755)
        self.place.run(self.place.folder / "listing.json", "ansible-inventory", "-i", SOURCE, "--list")
        for source in (SCRIPT, CACHED):
            self.turn(source)

    def turn(self, source: str) -> Turn:
        """One run; it must tell of the same hosts, groups and variables, in the same order, as all others."""
        listing, output = self.place.folder / "listing.json", self.place.folder / "output.json"
        self.organization.forget()
        run = self.place.run(output, "ansible-inventory", "-i", source, "--list")
        if not filecmp.cmp(listing, output, shallow=False):
            raise BenchmarkError(f"{source} led to another inventory than {SOURCE} did at first")
        asked = self.organization.asked()
        if source == SOURCE and not asked.lists:
            raise BenchmarkError("the simulator recorded no request for a list")
        return Turn(run, asked)

    def script_alone(self) -> Turn:
        """One run of the script for a user without this collection: Ansible loads each enabled plugin, used or not."""
        self.place.environment["ANSIBLE_INVENTORY_ENABLED"] = "script"
        try:
            return self.turn(SCRIPT)
        finally:
            del self.place.environment["ANSIBLE_INVENTORY_ENABLED"]

    def cold_turn(self) -> Turn:
        """One run of the source without a token in the store."""
        shutil.rmtree(self.place.cache)
        return self.turn(SOURCE)


@contextmanager
def inventory(tenants: int) -> Iterator[Inventory]:
    say(f"Preparing an organization of {tenants:,} tenants ...")
    with workplace() as place, organization(place, tenants) as simulated:
        prepared = Inventory(place, simulated)
        prepared.prepare()
        yield prepared


def warm(tenants: int, turns: int) -> Iterator[Figure]:
    """With a token in the store, and with the list in Ansible's inventory cache."""
    with inventory(tenants) as measured:
        source, script, cached, alone = alternate(
            {
                "source": lambda: measured.turn(SOURCE),
                "script": lambda: measured.turn(SCRIPT),
                "source with inventory cache": lambda: measured.turn(CACHED),
                "script alone": measured.script_alone,
            },
            turns,
        )
    study = f"ansible-inventory --list, {tenants:,} tenants, token in the store, median of {turns}"
    ours, theirs = seconds(study, "source", source), seconds(study, "script", script)
    apart = seconds(study, "script, collection not enabled", alone)
    cache = seconds(study, "source, warm inventory cache", cached)
    yield from (ours, theirs, ratio("source / script", ours, theirs, GOAL))
    yield from (apart, ratio(f"source / {apart.name}", ours, apart, GOAL))
    yield worst(study, "list requests a run", (turn.asked.lists for turn in source), "requests", _pages(tenants))
    yield worst(study, "token requests a run", (turn.asked.tokens for turn in source), "requests", 0)
    yield from (cache, ratio(f"{cache.name} / script", cache, theirs))
    yield worst(study, "requests a run, warm inventory cache", (turn.asked.all for turn in cached), "requests", 0)


def cold(tenants: int, turns: int) -> Iterator[Figure]:
    """Without a token in the store: requests, memory and, without a goal, time."""
    with inventory(tenants) as measured:
        source, script = alternate({"source": measured.cold_turn, "script": lambda: measured.turn(SCRIPT)}, turns)
    study = f"ansible-inventory --list, {tenants:,} tenants, no token in the store, median of {turns}"
    yield worst(study, "list requests a run", (turn.asked.lists for turn in source), "requests", _pages(tenants) + 1)
    yield worst(study, "token requests a run", (turn.asked.tokens for turn in source), "requests", 1)
    ours, theirs = _peak(study, "peak memory, source", source), _peak(study, "peak memory, script", script)
    yield from (ours, theirs, ratio("peak memory, source / script", ours, theirs, GOAL))
    ours, theirs = seconds(study, "source", source), seconds(study, "script", script)
    yield from (ours, theirs, ratio("source / script", ours, theirs))


def _peak(study: str, name: str, turns: list[Turn]) -> Figure:
    return median(study, name, (turn.run.peak for turn in turns), "MiB")


def _pages(tenants: int) -> int:
    return -(-tenants // PAGE)
