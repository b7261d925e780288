# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credential book: which credential opens which host. Private to this collection.

A book is a mapping with the keys organization, regions and tenants, bare or under qlik_credentials. Secrets in it may
be Ansible Vault values; such a value is decrypted only when its credential is used.
"""

from __future__ import annotations

import itertools
import json
import re
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import DOMAINS, Target, demand_label, place_of

VARIABLE = "qlik_credentials"
PROOFS = ("client_secret", "private_key")
MOST_SHOWN = 12
DIRECT = ("client_id", *PROOFS, "key_id")
VAULT_HEADER = "$ANSIBLE_VAULT;"
VAULT_ADVICE = (
    "it is encrypted with Ansible Vault: give the right vault secret, "
    "e.g. with --vault-id or ANSIBLE_VAULT_PASSWORD_FILE"
)
SHOWABLE = re.compile(r"[a-z_]{1,40}")  # what looks like a name; a slip of the keyboard may make a secret a key
_KEPT_BY_ROTATION = ("hint", "created_at", "next", "previous")
_OWN = (*DIRECT, "register_url", *_KEPT_BY_ROTATION)
_TIERS = ("organization", "regions", "tenants")


@dataclass(frozen=True)
class Sealed:
    """A secret that shows itself only on request, and then without surrounding white space."""

    value: t.Any = field(repr=False)
    place: str
    one_line: bool = True

    def reveal(self) -> str:
        """The secret. Raises ConfigurationError when its vault cannot be opened or it can be none."""
        text = _opened(self.value, self.place).strip()
        if not text:
            raise ConfigurationError(f"{self.place} is empty.")
        if "{{" in text:
            raise ConfigurationError(f"{self.place} holds a template, which is not filled in there.")
        if not (text.isprintable() if self.one_line else text.isascii()):
            raise ConfigurationError(f"{self.place} holds a line break or an invisible sign; paste it anew.")
        return text


def _opened(value: t.Any, place: str) -> str:
    try:
        return str(value)
    except ConfigurationError:
        raise
    except Exception:
        raise ConfigurationError(f"{place} cannot be opened; {VAULT_ADVICE}.") from None


@dataclass(frozen=True)
class Credential:
    """One OAuth client: an id with a secret, or with a private key and its id; and where it registers, if unusual."""

    client_id: str
    secret: Sealed | None = None
    private_key: Sealed | None = None
    key_id: str | None = None
    register_url: str | None = None

    @classmethod
    def from_mapping(cls, entry: t.Mapping[str, t.Any], place: str) -> Credential:
        """A credential from its keys; None and empty count as absent. Raises ConfigurationError."""
        client_id, key_id = _text(entry, "client_id", place), _text(entry, "key_id", place) or None
        if not client_id:
            raise ConfigurationError(f"There is no client_id in {place}.")
        secret, private_key = (_sealed(entry, key, place) for key in PROOFS)
        if secret and private_key:
            raise ConfigurationError(f"Client {client_id} in {place} has a client_secret and a private_key; give one.")
        if not (secret or private_key):
            raise ConfigurationError(
                f"Client {client_id} in {place} has no client_secret; give it one, or a private_key with its key_id."
            )
        if private_key and not key_id:
            raise ConfigurationError(f"Client {client_id} in {place} has a private_key without its key_id.")
        return cls(client_id, secret, private_key, key_id, _text(entry, "register_url", place) or None)

    def as_row(self) -> list[t.Any]:
        """The credential in types of JSON, but for the secret, which is as it was written."""
        sealed = [part and [part.value, part.place, part.one_line] for part in (self.secret, self.private_key)]
        return [self.client_id, *sealed, self.key_id, self.register_url]

    @classmethod
    def from_row(cls, row: t.Sequence[t.Any], written: t.Callable[[t.Any], t.Any]) -> Credential:
        """A credential from its row, not checked again; written gives a secret back as it was."""
        client_id, *sealed, key_id, register_url = row
        secret, private_key = (part and Sealed(written(part[0]), *part[1:]) for part in sealed)
        return cls(client_id, secret, private_key, key_id, register_url)

    def as_options(self) -> dict[str, str]:
        """The options that a task would give it by, its secret revealed. Raises ConfigurationError."""
        if self.private_key:
            return {"client_id": self.client_id, "private_key": self.material(), "key_id": self.key_id or ""}
        return {"client_id": self.client_id, "client_secret": self.material()}

    def material(self) -> str:
        """What proves this client and is known to nobody else: the secret or the private key."""
        return t.cast(Sealed, self.secret or self.private_key).reveal()


@dataclass(frozen=True)
class RegionEntry:
    """Opens every tenant of one region, of one subscription when that is given."""

    region: str
    subscription_id: str | None
    credential: Credential

    @property
    def place(self) -> tuple[str, str]:
        """Region and domain; the domain is that of the credential's register_url."""
        given = place_of(urlsplit(self.credential.register_url or "").hostname or "")
        return self.region, given[1] if given else DOMAINS[0]


@dataclass(frozen=True)
class _KeptTenants(t.Mapping[str, Credential]):
    """Credentials of which only those that are wanted are read from content; starts are the places of their rows."""

    content: bytes = field(repr=False)
    starts: t.Mapping[str, int]
    made: t.Callable[[t.Any], Credential]

    def __getitem__(self, hostname: str) -> Credential:
        start = self.starts[hostname]
        end = self.content.index(b"\n", start)
        return self.made(json.loads(self.content[start:end]))

    def __contains__(self, hostname: object) -> bool:
        return hostname in self.starts

    def __iter__(self) -> t.Iterator[str]:
        return iter(self.starts)

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True)
class CredentialBook:
    """All credentials of one source; the organization's opens the console and nothing else.

    Each of tenants opens one tenant, named by any of its host names.
    """

    organization: Credential | None = None
    regions: tuple[RegionEntry, ...] = ()
    tenants: t.Mapping[str, Credential] = field(default_factory=dict)

    @classmethod
    def from_mapping(cls, document: t.Any, source: str) -> CredentialBook:
        """A book from its mapping; source names it in errors. Raises ConfigurationError."""
        book = document.get(VARIABLE, document) if isinstance(document, t.Mapping) else document
        book = _mapping(book, source)
        _only(book, _TIERS, source)
        organization = book.get("organization")
        regions = [_region(e, p) for e, p in _entries(book, "regions", source)]
        tenants = [_tenant(e, p) for e, p in _entries(book, "tenants", source)]
        _unique([(r.place, r.subscription_id) for r in regions], "region", source)
        _unique([hostname for hostname, credential in tenants], "tenant", source)
        return cls(_organization(organization, f"organization in {source}"), tuple(regions), dict(tenants))

    def kept(self, closed: t.Callable[[t.Any], t.Any]) -> bytes:
        """The book in a form that is read fast; closed turns a secret of a type that JSON has not into one it has.

        One line for each tenant, then one for all else, with the places of these lines.
        """
        rows = [
            json.dumps(credential.as_row(), default=closed).encode() + b"\n" for credential in self.tenants.values()
        ]
        rest = {
            "organization": self.organization and self.organization.as_row(),
            "regions": [[r.region, r.subscription_id, r.credential.as_row()] for r in self.regions],
            "tenants": dict(zip(self.tenants, itertools.accumulate(map(len, rows), initial=0), strict=False)),
        }
        return b"".join([*rows, json.dumps(rest, default=closed).encode()])

    @classmethod
    def from_kept(cls, content: bytes, written: t.Callable[[t.Any], t.Any]) -> CredentialBook:
        """A book from what kept has made, not checked again; written gives a secret back as it was."""

        def made(row: t.Sequence[t.Any]) -> Credential:
            return Credential.from_row(row, written)

        rest = json.loads(content.rpartition(b"\n")[2])
        regions = tuple(RegionEntry(name, given, made(row)) for name, given, row in rest["regions"])
        tenants = _KeptTenants(content, rest["tenants"], made)
        return cls(rest["organization"] and made(rest["organization"]), regions, tenants)

    def find(self, target: Target) -> Credential | None:
        """What opens a target: its own entry, then that of its region and subscription, then that of its region."""
        if target.is_console:
            return self.organization
        own = [name for name in target.names if name in self.tenants]
        if own:
            return self.tenants[own[0] if len(own) == 1 else next(name for name in self.tenants if name in own)]
        regions = [entry for entry in self.regions if entry.place == target.place]
        for wanted in (*target.subscriptions, None):
            for entry in regions:
                if entry.subscription_id == wanted:
                    return entry.credential
        return None

    def client_ids(self) -> t.Iterator[str]:
        """Those of all entries."""
        if self.organization:
            yield self.organization.client_id
        yield from (entry.credential.client_id for entry in self.regions)
        yield from (credential.client_id for credential in self.tenants.values())

    def contents(self) -> str:
        """What the book holds, by ids and names alone."""
        parts = [f"the organization's client {self.organization.client_id}"] if self.organization else []
        parts += [
            f"region {entry.region}" + (f" of {entry.subscription_id}" if entry.subscription_id else "")
            for entry in self.regions
        ]
        number = len(parts) + len(self.tenants)
        parts += [f"tenant {hostname}" for hostname in itertools.islice(self.tenants, MOST_SHOWN)]
        more = [f"{number - MOST_SHOWN} more"] if number > MOST_SHOWN else []
        return ", ".join([*parts[:MOST_SHOWN], *more]) or "nothing"


def _organization(entry: t.Any, place: str) -> Credential | None:
    if entry is None:
        return None
    entry = _mapping(entry, place)
    _only(entry, _OWN, place)
    return Credential.from_mapping(entry, place)


def _region(entry: t.Mapping[str, t.Any], place: str) -> RegionEntry:
    _only(entry, ("region", "subscription_id", "license_number", *_OWN), place)
    region = _text(entry, "region", place).lower()
    if not region:
        raise ConfigurationError(f"{place} has no region.")
    demand_label(region, place)
    subscription = _text(entry, "subscription_id", place) or _text(entry, "license_number", place) or None
    return RegionEntry(region, subscription, Credential.from_mapping(entry, place))


def _tenant(entry: t.Mapping[str, t.Any], place: str) -> tuple[str, Credential]:
    _only(entry, ("hostname", *_OWN), place)
    hostname = _text(entry, "hostname", place).lower()
    if not hostname:
        raise ConfigurationError(f"{place} has no hostname.")
    return hostname, Credential.from_mapping(entry, place)


def _entries(book: t.Mapping[str, t.Any], tier: str, source: str) -> t.Iterator[tuple[t.Mapping[str, t.Any], str]]:
    rows = book.get(tier) or []
    if isinstance(rows, (str, bytes)) or not isinstance(rows, t.Sequence):
        raise ConfigurationError(f"{tier} in {source} must be a list of entries.")
    for number, row in enumerate(rows, start=1):
        place = f"entry {number} of {tier} in {source}"
        yield _mapping(row, place), place


def _mapping(value: t.Any, place: str) -> t.Mapping[str, t.Any]:
    if not isinstance(value, t.Mapping):
        raise ConfigurationError(f"{place} must be a mapping.")
    return value


def _only(entry: t.Mapping[str, t.Any], known: t.Sequence[str], place: str) -> None:
    for key in map(str, entry):
        if key not in known:
            shown = f"the unknown key {key}" if SHOWABLE.fullmatch(key) else "an unknown key"
            raise ConfigurationError(f"{place} has {shown}; known are {', '.join(known)}.")


def _unique(keys: t.Sequence[t.Any], what: str, source: str) -> None:
    if len(set(keys)) != len(keys):
        raise ConfigurationError(f"{source} names a {what} twice.")


def _sealed(entry: t.Mapping[str, t.Any], key: str, place: str) -> Sealed | None:
    value = entry.get(key)
    if value is None or (isinstance(value, str) and not value):
        return None
    if isinstance(value, (bool, list, t.Mapping)):
        raise ConfigurationError(f"The {key} in {place} must be text.")
    return Sealed(value, f"The {key} in {place}", one_line=key == "client_secret")


def _text(entry: t.Mapping[str, t.Any], key: str, place: str) -> str:
    value = entry.get(key)
    return "" if value is None else _opened(value, f"The {key} in {place}").strip()
