# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What qlik-cli keeps in contexts.yml, as entries of a credential book. Private to this collection.

Names of contexts are free text, and all else but hosts may be a secret: messages hold nothing else of the file.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._harmless import harmless
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import DOMAINS, place_of

CONSOLE = f"console{DOMAINS[0]}"
REGISTER = "register."
ID, SECRET = "oauth-client-id", "oauth-client-secret"
KEYS = ("api-key", "Authorization")

Entry = dict[str, str]


@dataclass(frozen=True)
class Place:
    """An entry of a book: its tier, and the key that names it there."""

    tier: str
    key: str = ""
    value: str = ""

    @classmethod
    def of(cls, server: t.Any) -> Place | None:
        """That of a server's URL or host; None for servers that a book has no entry for."""
        host = _host(str(server or ""))
        region, domain = place_of(host) or ("", "")
        if host == CONSOLE:
            return cls("organization")
        if not host.startswith(REGISTER):
            return cls("tenants", "hostname", host) if region else None
        return cls("regions", "region", region) if domain == DOMAINS[0] else None

    def __str__(self) -> str:
        return f"{self.tier.removesuffix('s')} {self.value}".strip()

    @property
    def own(self) -> Entry:
        return {self.key: self.value} if self.key else {}


@dataclass
class CliContexts:
    """Clients by place, the names of the contexts that have them, and why each other context is left out."""

    clients: dict[Place, Entry] = field(default_factory=dict)
    names: dict[Place, list[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, document: t.Any, path: str, given: t.Collection[str]) -> CliContexts:
        """Those of a document, without those of given places. Raises ConfigurationError."""
        contexts = document.get("contexts") if isinstance(document, dict) else None
        if not isinstance(contexts, dict):
            raise ConfigurationError(f"{path} holds no contexts of qlik-cli: it needs a mapping named contexts.")
        found = cls()
        for name, context in contexts.items():
            found._add(shown(name), context if isinstance(context, dict) else {}, path, given)
        return found

    def _add(self, name: str, context: dict[t.Any, t.Any], path: str, given: t.Collection[str]) -> None:
        place, client = Place.of(context.get("server")), _client(context)
        why = _why_not(context, place, client, given)
        if why or place is None:
            self.left_out.append(f"context {name}: left out, since {why}")
            return
        if self.clients.setdefault(place, client) != client:
            raise ConfigurationError(
                f"The contexts {self.names[place][0]} and {name} in {path} have different OAuth clients or secrets for "
                f"{place}; remove one of them there, or give the right one by credentials_{place.tier}."
            )
        self.names.setdefault(place, []).append(name)

    def as_entries(self) -> dict[str, t.Any]:
        """The entries as variables of the role credentials hold them, and the names by what the role calls them."""
        rows = {tier: self._rows(tier) for tier in ("organization", "regions", "tenants")}
        names = {str(place): names for place, names in self.names.items()}
        return {**rows, "organization": (rows["organization"] or [{}])[0], "contexts": names, "left_out": self.left_out}

    def _rows(self, tier: str) -> list[Entry]:
        return [{**place.own, **client} for place, client in self.clients.items() if place.tier == tier]


def shown(name: t.Any) -> str:
    """The name of a context, as messages show it."""
    return f'"{harmless(str(name))}"'


def _host(server: str) -> str:
    """The host of a URL, in lower case; empty when it has an unusual port or anything else but a path."""
    text = server.strip().lower()
    try:
        parts = urlsplit(text if "//" in text else f"//{text}", scheme="https")
        is_usual = parts.scheme == "https" and "@" not in parts.netloc and parts.port in (None, 443)
    except ValueError:
        return ""
    return (parts.hostname or "") if is_usual else ""


def _client(context: dict[t.Any, t.Any]) -> Entry:
    values = {"client_id": context.get(ID), "client_secret": context.get(SECRET)}
    return {key: str(value).strip() for key, value in values.items() if value}


def _why_not(context: dict[t.Any, t.Any], place: Place | None, client: Entry, given: t.Collection[str]) -> str | None:
    """Why the book gets no entry of it; None when it gets one."""
    headers = context.get("headers")
    if str(context.get("server-type") or "cloud").lower() != "cloud":
        return "its server is not Qlik Cloud but of another type"
    if not context.get("server"):
        return "it has no server"
    if place is None:
        return "its server is none of Qlik Cloud"
    if {"client_id", "client_secret"} <= set(client):
        return f"variables give the client of {place}" if str(place) in given else None
    if client:
        return "its OAuth client lacks the id or the secret"
    if any(part.get(key) for part in (context, headers) if isinstance(part, dict) for key in KEYS):
        return "it has an API key or an Authorization header, and a credential book holds OAuth clients alone"
    return "it has no OAuth client"
