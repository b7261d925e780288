# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A call to each tenant of a fleet, with credentials from a large book under Ansible Vault."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret

from benchmarks.play import DEBUG, Play, play
from benchmarks.report import Figure, ratio, worst
from benchmarks.turns import Turn, alternate, seconds

GOAL = 1.7
TIMES_LESS = 10
FORKS = "10"
REGIONS = 14
KNOWN = ("qlik_id", "qlik_url", "qlik_hostname", "qlik_hostnames", "qlik_subscription_id", "qlik_license_number")
PATH = "/api/v1/licenses/status"
REST_INFO = {"qlikops.cloud.rest_info": {"path": PATH}}
URI = {
    "ansible.builtin.uri": {
        "url": "{{ qlik_url }}" + PATH,
        "headers": {"Authorization": "Bearer {{ lookup('qlikops.cloud.oauth_token', qlik_hostname) }}"},
        "ca_path": "{{ lookup('ansible.builtin.env', 'QLIK_CA_PATH') }}",
    },
    "no_log": True,
}


class _Encrypted(str):
    """A text that YAML shows as a vault value."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(_Encrypted, lambda dumper, text: dumper.represent_scalar("!vault", text, style="|"))


@dataclass(frozen=True)
class Fleet:
    """A play on tenants, by a user whose book is encrypted as a whole (whole) or value by value (values)."""

    play: Play
    entries: int

    def prepare(self) -> None:
        """Write both books; they share the vault's password."""
        place, password = self.play.place, secrets.token_hex()
        book = _padded(json.loads(self.play.organization.book.read_text(encoding="utf-8")), self.entries)
        vault = VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(password.encode()))])
        place.file("whole.yml", vault.encrypt(yaml.safe_dump(book)).decode())
        sealed = {name: [_sealed(entry, vault) for entry in book[name]] for name in ("regions", "tenants")}
        place.file("values.yml", yaml.dump({**book, **sealed}, Dumper=_Dumper, sort_keys=False))
        place.knows({"ANSIBLE_VAULT_PASSWORD_FILE": str(place.file("password", password)), "ANSIBLE_FORKS": FORKS})

    def floor(self) -> Turn:
        return self.play.turn(DEBUG, reads=0)

    def whole(self) -> Turn:
        return self._turn("whole.yml", REST_INFO)

    def values(self) -> Turn:
        return self._turn("values.yml", REST_INFO)

    def uri(self) -> Turn:
        return self._turn("whole.yml", URI)

    def _turn(self, book: str, task: dict[str, Any]) -> Turn:
        self.play.place.knows({"QLIK_CREDENTIALS_FILE": str(self.play.place.folder / book)})
        return self.play.turn(task, reads=self.play.hosts)


def _padded(book: dict[str, Any], entries: int) -> dict[str, Any]:
    """The book with invented entries that open nothing, so that it holds as many as a large user has."""
    regions = [_invented(region=f"r{number}") for number in range(REGIONS - len(book["regions"]))]
    tenants = [_invented(hostname=f"t{number}.zz.qlikcloud.com") for number in range(entries)]
    return {**book, "regions": [*book["regions"], *regions], "tenants": tenants}


def _invented(**what: str) -> dict[str, str]:
    return {**what, "client_id": secrets.token_hex(16), "client_secret": secrets.token_hex(32)}


def _sealed(entry: dict[str, Any], vault: VaultLib) -> dict[str, Any]:
    return {**entry, "client_secret": _Encrypted(vault.encrypt(entry["client_secret"]).decode())}


def one_call(hosts: int, turns: int, entries: int) -> Iterator[Figure]:
    """The first run fetches one token for each tenant, the others none. One turn of uri takes longer than all else."""
    with play(hosts, *KNOWN) as prepared:
        fleet = Fleet(prepared, entries)
        fleet.prepare()
        first = fleet.whole()
        contestants = {"debug": fleet.floor, "rest_info": fleet.whole, "rest_info, !vault values": fleet.values}
        floor, whole, values = alternate(contestants, turns)
        (uri,) = alternate({"uri": fleet.uri}, 1)
    study = f"ansible-playbook, one call to each of {hosts:,} tenants, {FORKS} forks, median of {turns}"
    least, ours = seconds(study, "debug", floor), seconds(study, "rest_info, book encrypted as a whole", whole)
    sealed, theirs = seconds(study, "rest_info, book of !vault values", values), seconds(study, "uri, 1 turn", uri)
    yield from (least, ours, ratio(f"{ours.name} / debug", ours, least, GOAL))
    yield from (sealed, ratio(f"{sealed.name} / debug", sealed, least, GOAL))
    yield from (theirs, ratio("rest_info / uri", ours, theirs, 1 / TIMES_LESS))
    yield worst(study, "token requests of the first run", [first.asked.tokens], "requests", hosts)
    yield worst(study, "token requests of later runs", (turn.asked.tokens for turn in [*whole, *values]), "requests", 0)
