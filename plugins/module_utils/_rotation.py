# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replaces the secret of an OAuth client, and loses access at no instant. Private to this collection.

The entry of the book tells what is done already, so that a run that was cut short can be run again:

- next with the hints there were before: a secret may have been made whose value is lost;
- next with a secret: it is stored, and not relied on before it has proved itself;
- previous: the new secret is relied on, and the old one is good until it is removed.

Source: https://qlik.dev/apis/org-rest/core/oauth-clients/ (at most five secrets, a new one is shown once).
"""

from __future__ import annotations

import contextlib
import time
import typing as t
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone

from ansible_collections.qlikops.cloud.plugins.module_utils._book_entry import BookEntry, Values
from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AuthenticationError,
    ConfigurationError,
    NotFoundError,
    QlikError,
    UnknownOutcomeError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._oauth_clients import (
    MOST_SECRETS,
    NewSecret,
    OAuthClient,
    OAuthClients,
    SecretMark,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant import TenantApi
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import iso_of, parse_iso
from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import Tell
from ansible_collections.qlikops.cloud.plugins.module_utils._watch import Watch

ROTATED, RETIRED, KEPT, NOTHING = "rotated", "retired", "kept", "nothing"
DAY = 86400.0  # seconds
NEXT, PREVIOUS = "next", "previous"


@dataclass(frozen=True)
class Door:
    """The host on which a client and its secrets are managed. All methods raise QlikError."""

    connection: Connection
    url: str
    is_console: bool
    watch: Watch
    tell: Tell

    def clients(self, credential: Credential) -> OAuthClients:
        return OAuthClients(self._opened(credential), self.is_console)

    def prove(self, credential: Credential) -> None:
        """Have a new token; a secret that was just made may need a while."""
        tokens = self.connection.tokens(self.url, credential, self.tell, afresh=True)
        self.watch.until(tokens.token, (AuthenticationError,))

    def names(self, credential: Credential) -> set[t.Any]:
        """What createdBy may say of a secret that the client has made; it is not documented."""
        if self.is_console:
            return {credential.client_id}
        me = TenantApi(self._opened(credential)).me()
        return {credential.client_id, me.get("id"), me.get("subject")} - {None}

    def _opened(self, credential: Credential) -> ApiClient:
        return ApiClient(self.connection.tokens(self.url, credential, self.tell))


@dataclass(frozen=True)
class Rotation:
    """That of one entry. All methods raise QlikError."""

    entry: BookEntry
    door: Door
    check_mode: bool = False

    def rotate(self, keep_days: int) -> str:
        """Have another secret that is relied on, unless the one before it is there still."""
        kept = self.entry.read()
        if kept.get(PREVIOUS):
            return KEPT
        if not _next(kept).get("client_secret"):
            self._add(kept)
        if not self.check_mode:
            self._switch(keep_days)
        return ROTATED

    def retire(self, at_once: bool = False) -> str:
        """Remove the previous secret when its date has passed, once the present one has proved itself."""
        kept = self.entry.read()
        previous = kept.get(PREVIOUS)
        if not previous:
            return NOTHING
        if not (at_once or self._is_due(previous)):
            return KEPT
        credential = self._credential(kept)
        self.door.prove(credential)
        clients = self.door.clients(credential)
        client = clients.get(credential.client_id)
        self._demand_own(kept.get("hint"), client)
        hint = self._removable(previous, kept, client)
        if not self.check_mode:
            with contextlib.suppress(NotFoundError):
                clients.remove_secret(client.id, hint)
            self.entry.keep(previous=None)
        return RETIRED

    def _add(self, kept: Values) -> None:
        """Make a secret and store it, so that whatever cuts this short can be told from the entry."""
        credential = self._credential(kept)
        clients = self.door.clients(credential)
        client = clients.get(credential.client_id)
        own = self._own_hint(kept, client)
        if NEXT in kept:
            client = self._tidied(_next(kept), client, credential)
        _demand_room(client)
        if self.check_mode:
            return
        before = [mark.hint for mark in client.secrets]
        self.entry.keep(hint=own, next={"started_at": iso_of(time.time()), "before": before})
        self._store(clients, self._made(clients, client), client)

    def _made(self, clients: OAuthClients, client: OAuthClient) -> NewSecret:
        try:
            return clients.add_secret(client.id)
        except UnknownOutcomeError as error:
            raise UnknownOutcomeError(
                f"{error.cause} Whether a secret was added to the OAuth client {client} is not known. The present one "
                "is good; run again, and what this run may have left is removed.",
                error.cause,
            ) from None

    def _store(self, clients: OAuthClients, secret: NewSecret, client: OAuthClient) -> None:
        stored = {"hint": secret.hint, "created_at": secret.created_at, "client_secret": secret.value}
        try:
            self.entry.keep(next=stored)
        except ConfigurationError as error:
            with contextlib.suppress(QlikError):
                clients.remove_secret(client.id, secret.hint)
                self.entry.keep(next=None)
            raise ConfigurationError(f"{error} The secret {secret.hint} that was made for it is removed.") from None

    def _switch(self, keep_days: int) -> None:
        """Rely on the stored secret when it has proved itself."""
        kept = self.entry.read()
        new = _next(kept)
        try:
            self.door.prove(self._credential({**kept, **new}))
        except AuthenticationError as error:
            raise self._not_proved(error, kept, new["hint"]) from None
        retire_after = iso_of(time.time() + keep_days * DAY)
        previous = {"hint": kept.get("hint"), "client_secret": kept["client_secret"], "retire_after": retire_after}
        self.entry.keep(**new, next=None, previous=previous)

    def _not_proved(self, error: AuthenticationError, kept: Values, hint: str) -> QlikError:
        credential = self._credential(kept)
        client = self.door.clients(credential).get(credential.client_id)
        if hint in [mark.hint for mark in client.secrets]:
            return ConfigurationError(
                f"The new secret {hint} of the OAuth client {client} is stored and not yet accepted; the present one "
                f"is good. Run again later. The service said: {error}"
            )
        self.entry.keep(next=None)
        return ConfigurationError(
            f"The new secret {hint} of the OAuth client {client} was removed by somebody; the present one is good. "
            "Run again to have another."
        )

    def _tidied(self, journal: Values, client: OAuthClient, credential: Credential) -> OAuthClient:
        """The client without the secret that a run made and could not store."""
        left = [mark for mark in client.secrets if mark.hint not in journal.get("before", ())]
        names = self.door.names(credential) if left else set()
        own = [mark for mark in left if mark.created_by in names]
        # a run makes one secret at most, so that one of two is of somebody else
        removable = own if len(own) == 1 else []
        for mark in left:
            if mark not in removable:
                self.door.tell(
                    f"The secret {mark} of the OAuth client {client} appeared since {journal.get('started_at')} and is "
                    "not known here; it may be a colleague's, and is left alone."
                )
        if removable and not self.check_mode:
            clients = self.door.clients(credential)
            clients.remove_secret(client.id, removable[0].hint)
        return replace(client, secrets=tuple(mark for mark in client.secrets if mark not in removable))

    def _own_hint(self, kept: Values, client: OAuthClient) -> str:
        """Which of the client's secrets the entry holds."""
        hints = [mark.hint for mark in client.secrets]
        if not kept.get("hint") and len(hints) != 1:
            raise ConfigurationError(
                f"The OAuth client {client} has the secrets {_listed(client.secrets)}, and the {self.entry.place} does "
                "not say which it holds: set its hint, by 'store'."
            )
        own = str(kept.get("hint") or hints[0])
        self._demand_own(own, client)
        return own

    def _demand_own(self, hint: str | None, client: OAuthClient) -> None:
        if [mark.hint for mark in client.secrets].count(str(hint)) != 1:
            raise ConfigurationError(
                f"The {self.entry.place} says that its secret has the hint {hint}, but the OAuth client {client} has "
                f"the secrets {_listed(client.secrets)}; correct the entry, by 'store'."
            )

    def _removable(self, previous: Values, kept: Values, client: OAuthClient) -> str:
        """The hint of the previous secret, when nothing else is meant by it."""
        hint = str(previous.get("hint") or "")
        if not hint or hint == kept["hint"] or [mark.hint for mark in client.secrets].count(hint) > 1:
            raise ConfigurationError(
                f"Which secret of the OAuth client {client} is the previous one of the {self.entry.place} is not clear "
                f"from its hint, {hint or 'which lacks'}; remove it by hand, and then the key previous."
            )
        return hint

    def _is_due(self, previous: Values) -> bool:
        given = previous.get("retire_after")
        # without quotes, YAML makes a date of it
        moment = parse_iso(given.isoformat() if isinstance(given, date) else str(given))
        if moment is None:
            raise ConfigurationError(f"The retire_after of previous in the {self.entry.place} is no date: {given}.")
        return moment <= datetime.now(timezone.utc)

    def _credential(self, entry: Values) -> Credential:
        return Credential.from_mapping(entry, self.entry.place)


def _next(kept: Values) -> Values:
    return kept.get(NEXT) or {}


def _demand_room(client: OAuthClient) -> None:
    if len(client.secrets) >= MOST_SECRETS:
        raise ConfigurationError(
            f"The OAuth client {client} has {MOST_SECRETS} secrets, which is the most: {_listed(client.secrets)}; "
            "remove one that is not in use, by the module oauth_client_secret."
        )


def _listed(marks: t.Iterable[SecretMark]) -> str:
    return ", ".join(map(str, marks)) or "none"
