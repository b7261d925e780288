# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory sources of one organization, and what is measured beside them: a script, core's own way, a peer."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.organization import Asked, Organization, organization
from benchmarks.peer import Peer, peer
from benchmarks.turns import Turn
from benchmarks.workplace import BenchmarkError, Workplace, workplace
from tools.environment import ROOT, say
from tools.packaged import packaged_collections

OURS, BY_CORE, PEERS, SCRIPTS = "qlikops.cloud.tenants", "by_core", "hetzner.hcloud.hcloud", "script"
SUBSCRIPTIONS = 10

# All statuses, so that each tenant is a host.
OPTIONS = "statuses: [all]\n"
CACHE = "cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: kept\ncache_timeout: 86400\n"
FIVE = """\
compose: {display_name: "qlik_name | default(qlik_hostname, true)"}
groups: {with_alias: qlik_alias is not none}
keyed_groups:
  - {prefix: license_ends, key: "qlik_license_ends_at[:4]"}
  - {prefix: region, key: qlik_region}
  - {prefix: place, key: "qlik_country_code ~ '_' ~ qlik_status"}
"""
FIVE_OF_PEER = """\
compose: {display_name: "name | default(ipv4, true)"}
groups: {with_image: image_id is not none}
keyed_groups:
  - {prefix: datacenter, key: "datacenter[:4]"}
  - {prefix: location, key: location}
  - {prefix: place, key: "architecture ~ '_' ~ status"}
"""

# The fastest script there can be: Python, as most are, the same one, and nothing to do but to print a finished answer,
# _meta with its profile included, so that Ansible asks once. What it prints is the --list output of the source.
PRINTER = '#!/usr/bin/env python3\nprint(open("listing.json", encoding="utf-8").read())\n'


@dataclass(frozen=True)
class Source:
    """A contestant: its file, the one plugin that is enabled for it, and the listing that it must lead to.

    One that keeps the list has it from a run before; others have not even a token.
    """

    file: str
    plugin: str
    listing: str = "listing.json"
    keeps: bool = False


SCRIPT = Source("inventory.py", SCRIPTS)
WARM = Source("warm.qlik.yml", OURS, keeps=True)
BUILT = Source("built.qlik.yml", OURS, "built.json", keeps=True)
BUILT_BY_CORE = Source("by_core.qlik.yml", BY_CORE, "built.json", keeps=True)
COLD = Source("cold.qlik.yml", OURS)
NAMED = Source("named.qlik.yml", OURS)
PEER = Source("cold.hcloud.yml", PEERS, "peer.json")
PEER_BUILT = Source("built.hcloud.yml", PEERS, "peer_built.json", keeps=True)


@dataclass(frozen=True)
class Inventory:
    """`ansible-inventory --list` in a workplace that knows an organization, and a peer with as many hosts."""

    place: Workplace
    organization: Organization
    peer: Peer
    tenants: int

    def prepare(self, sources: Iterable[Source]) -> None:
        """Write all sources; leaves in the inventory caches what these keep, and the listing each must lead to."""
        self._write()
        for source in sources:
            if source is not SCRIPT and not (self.place.folder / source.listing).exists():
                self._run(source, source.listing)
            elif source.keeps:
                self.turn(source)

    def _write(self) -> None:
        file, ours = self.place.file, f"plugin: {OURS}\n{OPTIONS}"
        file(SCRIPT.file, PRINTER).chmod(0o755)
        file(COLD.file, ours)
        file(NAMED.file, f"{ours}subscriptions: {json.dumps(self.organization.subscriptions())}\n")
        file(WARM.file, ours + CACHE)
        file(BUILT.file, ours + CACHE + FIVE)
        file(BUILT_BY_CORE.file, f"plugin: {BY_CORE}\n{OPTIONS}{CACHE}{FIVE}")
        file(PEER.file, f"plugin: {PEERS}\n")
        file(PEER_BUILT.file, f"plugin: {PEERS}\n{CACHE}{FIVE_OF_PEER}")
        (self.place.folder / "plugins").mkdir()
        file("plugins/by_core.py", by_core())
        self.place.environment["ANSIBLE_INVENTORY_PLUGINS"] = str(self.place.folder / "plugins")
        self.place.environment["ANSIBLE_COLLECTIONS_PATH"] += f"{os.pathsep}{packaged_collections()}"
        self.place.knows(self.peer.environment)

    def turn(self, source: Source) -> Turn:
        """One run; it must tell of the same hosts, groups and variables, in the same order, as all others."""
        if not source.keeps:
            shutil.rmtree(self.place.cache, ignore_errors=True)
        self.organization.forget()
        turn = self._run(source, "output.json")
        if not filecmp.cmp(self.place.folder / source.listing, self.place.folder / "output.json", shallow=False):
            raise BenchmarkError(f"{source.file} led to another inventory than {source.listing}")
        return turn

    def _run(self, source: Source, output: str) -> Turn:
        # Ansible loads each enabled plugin, used or not
        self.place.environment["ANSIBLE_INVENTORY_ENABLED"] = source.plugin
        run = self.place.run(self.place.folder / output, "ansible-inventory", "-i", source.file, "--list")
        return Turn(run, self.organization.asked() if source.plugin != PEERS else self._asked_of_peer())

    def _asked_of_peer(self) -> Asked:
        asked = self.peer.asked()
        return Asked(asked, asked, 0, 0)


def by_core() -> str:
    """The source of the plugin, but on the templar that core itself gives a plugin."""
    text = Path(ROOT, "plugins", "inventory", "tenants.py").read_text(encoding="utf-8")
    ours = 't.cast("t.Any", QuickTemplar(loader))'
    if ours not in text:
        raise BenchmarkError("the plugin cannot be put on core's own templar: it does not name another one")
    return text.replace(ours, "self.templar").replace(OURS, BY_CORE)


@contextmanager
def inventory(tenants: int, latency: int, sources: Iterable[Source]) -> Iterator[Inventory]:
    """Sources of so many tenants; latency is in milliseconds."""
    say(f"Preparing an organization of {tenants:,} tenants, {latency} ms away ...")
    with (
        workplace() as place,
        organization(place, tenants, latency, SUBSCRIPTIONS) as simulated,
        peer(tenants, latency) as theirs,
    ):
        prepared = Inventory(place, simulated, theirs, tenants)
        prepared.prepare(sources)
        yield prepared
