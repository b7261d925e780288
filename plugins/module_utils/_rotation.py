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
from datetime import timedelta

from ansible_collections.qlikops.cloud.plugins.module_utils._book_entry import NEXT, PREVIOUS, BookEntry, Values
from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import from_environment, variable_of
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
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource
from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import Tell
from ansible_collections.qlikops.cloud.plugins.module_utils._watch import Watch

ROTATED, RETIRED, KEPT, NOTHING, UNFINISHED = "rotated", "retired", "kept", "nothing", "unfinished"
DAY = 86400.0  # seconds
SAME_TIME = timedelta(minutes=10)  # for an answer that is late, and clocks that differ


@dataclass(frozen=True)
class Door:
    """The host on which a client and its secrets are managed. All methods raise QlikError."""

    connection: Connection
    url: str
    is_console: bool
    watch: Watch
    tell: Tell

    def clients(self, credential: Credential) -> OAuthClients:
        return OAuthClients(ApiClient(self._tokens(credential)), self.is_console)

    def proved(self, credential: Credential) -> OAuthClients:
        """The same, with patience for a secret that was just made. Raises AuthenticationError when it ends."""
        tokens = self._tokens(credential)
        self.watch.until(tokens.token, (AuthenticationError,))
        return OAuthClients(ApiClient(tokens), self.is_console)

    def names(self, credential: Credential) -> set[t.Any]:
        """What createdBy may say of a secret that the client has made; it is not documented."""
        if self.is_console:
            return {credential.client_id}
        me = TenantApi(ApiClient(self._tokens(credential))).me()
        return {credential.client_id, me.get("id"), me.get("subject")} - {None}

    def _tokens(self, credential: Credential) -> TokenSource:
        # a token that is kept is good for hours after its secret was removed, and so proves nothing
        return self.connection.tokens(self.url, credential, self.tell, afresh=True)


@dataclass(frozen=True)
class Rotation:
    """That of one entry. All methods raise QlikError.

    Stepwise, it ends whenever the entry has to be stored elsewhere before it goes on.
    """

    entry: BookEntry
    door: Door
    check_mode: bool = False
    stepwise: bool = False

    def rotate(self, keep_days: int) -> str:
        """Have another secret that is relied on, unless the one before it is there still."""
        kept = self.entry.read()
        if kept.get(PREVIOUS):
            return KEPT
        if not _next(kept).get("client_secret"):
            self._add(kept)
            if self.stepwise and not self.check_mode:
                return UNFINISHED
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
        clients = self.door.proved(credential)
        client = clients.get(credential.client_id)
        self._demand_own(kept.get("hint"), client)
        self._demand_unused(str(previous.get("client_secret") or "").strip(), kept, at_once)
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
            client = self._tidied(_next(kept), own, client, credential)
        _demand_room(client)
        if self.check_mode:
            return
        if not self._is_announced(kept, own, client):
            self.entry.keep(hint=own, next={"started_at": iso_of(time.time()), "before": _hints(client)})
            if self.stepwise:
                return
        self._store(clients, self._made(clients, client), client)

    def _is_announced(self, kept: Values, own: str, client: OAuthClient) -> bool:
        """Whether the step before has told in the entry what this one does."""
        started = parse_iso(str(_next(kept).get("started_at")))
        is_new = started is not None and abs(started.timestamp() - time.time()) < SAME_TIME.total_seconds() / 2
        announced = (kept.get("hint"), sorted(map(str, _next(kept).get("before") or [])))
        return self.stepwise and is_new and announced == (own, sorted(_hints(client)))

    def _made(self, clients: OAuthClients, client: OAuthClient) -> NewSecret:
        try:
            return clients.add_secret(client.id)
        except UnknownOutcomeError as error:
            raise UnknownOutcomeError(
                f"{error.cause} Whether a secret was added to the OAuth client {client} is not known. The present one "
                "is good; run again, and what this run may have left is removed.",
                error.cause,
            ) from None
        except QlikError:
            with contextlib.suppress(ConfigurationError):
                self.entry.keep(next=None)
            raise

    def _store(self, clients: OAuthClients, secret: NewSecret, client: OAuthClient) -> None:
        stored = {"hint": secret.hint, "created_at": secret.created_at, "client_secret": secret.value}
        try:
            self.entry.keep(next=stored)
        except ConfigurationError as error:
            told = f"The secret {secret.hint} that was made for it {self._undone(clients, secret, client)}"
            raise ConfigurationError(f"{error} {told}") from None

    def _undone(self, clients: OAuthClients, secret: NewSecret, client: OAuthClient) -> str:
        if secret.hint in _hints(client):
            return "has the same hint as an older one; remove the newer of the two by hand."
        try:
            with contextlib.suppress(NotFoundError):
                clients.remove_secret(client.id, secret.hint)
        except QlikError:
            return "is there still; run again, and it is removed."
        with contextlib.suppress(ConfigurationError):
            self.entry.keep(next=None)
        return "is removed."

    def _switch(self, keep_days: int) -> None:
        """Rely on the stored secret when it has proved itself."""
        kept = self.entry.read()
        new, hint = _next(kept), _next(kept).get("hint")
        if not hint:
            raise ConfigurationError(f"The next of the {self.entry.place} has no hint; correct it, or remove it.")
        credential = self._credential({**kept, "client_secret": new["client_secret"]})
        try:
            clients = self.door.proved(credential)
        except AuthenticationError:
            raise self._not_proved(kept, str(hint)) from None
        client = clients.get(credential.client_id)
        if _hints(client).count(str(hint)) != 1:
            raise ConfigurationError(
                f"The new secret {hint} of the OAuth client {client} is stored and accepted, but the client has the "
                f"secrets {_listed(client.secrets)}; the present one is good. Run again later."
            )
        retire_after = iso_of(time.time() + keep_days * DAY)
        previous = {"hint": kept.get("hint"), "client_secret": kept["client_secret"], "retire_after": retire_after}
        self.entry.keep(
            hint=hint,
            created_at=new.get("created_at"),
            client_secret=new["client_secret"],
            next=None,
            previous=previous,
        )

    def _not_proved(self, kept: Values, hint: str) -> QlikError:
        credential = self._credential(kept)
        client = self.door.clients(credential).get(credential.client_id)
        if hint in _hints(client):
            return ConfigurationError(
                f"The new secret {hint} of the OAuth client {client} is stored and not yet accepted; the present one "
                "is good. Run again later."
            )
        self.entry.keep(next=None)
        return ConfigurationError(
            f"The new secret {hint} of the OAuth client {client} was removed by somebody; the present one is good. "
            "Run again to have another."
        )

    def _tidied(self, journal: Values, own: str, client: OAuthClient, credential: Credential) -> OAuthClient:
        """The client without the secret that a run made and could not store."""
        known = journal["before"] if isinstance(journal.get("before"), list) else []
        if own not in known:
            # no run has written this
            return client
        known = [*known, *self.entry.hints(client.id)]
        left = [mark for mark in client.secrets if mark.hint not in known]
        names = self.door.names(credential) if left else set()
        ours = [mark for mark in left if mark.created_by in names and _is_of_then(mark, journal)]
        # a run makes one secret at most, so that one of two is of somebody else
        removable = ours if len(ours) == 1 and _hints(client).count(ours[0].hint) == 1 else []
        for mark in left:
            if mark not in removable:
                self.door.tell(
                    f"The secret {mark} of the OAuth client {client} has appeared since a run was cut short, and is "
                    "not known here; it may be a colleague's, and is left alone."
                )
        if removable and not self.check_mode:
            with contextlib.suppress(NotFoundError):
                self.door.clients(credential).remove_secret(client.id, removable[0].hint)
        return replace(client, secrets=tuple(mark for mark in client.secrets if mark not in removable))

    def _own_hint(self, kept: Values, client: OAuthClient) -> str:
        """Which of the client's secrets the entry holds."""
        hints = _hints(client)
        given = kept.get("hint") or self.entry.hint_elsewhere(client.id, str(kept["client_secret"]).strip())
        if not given and len(hints) != 1:
            raise ConfigurationError(
                f"The OAuth client {client} has the secrets {_listed(client.secrets)}, and the {self.entry.place} does "
                "not say which it holds: set its hint there, by the module vault_vars."
            )
        own = str(given or hints[0])
        self._demand_own(own, client)
        return own

    def _demand_own(self, hint: t.Any, client: OAuthClient) -> None:
        if hint is None or _hints(client).count(str(hint)) != 1:
            raise ConfigurationError(
                f"The {self.entry.place} says that its secret has the hint {hint}, but the OAuth client {client} has "
                f"the secrets {_listed(client.secrets)}; correct the hint there, by the module vault_vars."
            )

    def _demand_unused(self, secret: str, kept: Values, at_once: bool) -> None:
        if secret and secret == (from_environment("client_secret") or "").strip() and not at_once:
            raise ConfigurationError(
                f"This run has the previous secret of the {self.entry.place} as {variable_of('client_secret')}; give "
                "it the present one before the previous one is retired."
            )
        if secret == str(kept["client_secret"]).strip():
            raise ConfigurationError(
                f"The {self.entry.place} holds the same secret twice, also under previous, so one of their hints is "
                "wrong; put the newer secret back, or remove the key previous."
            )
        if self.entry.is_elsewhere(kept["client_id"], secret):
            raise ConfigurationError(
                f"The previous secret of the {self.entry.place} stays, since another entry of it relies on that; "
                "rotate it first."
            )

    def _removable(self, previous: Values, kept: Values, client: OAuthClient) -> str:
        """The hint of the previous secret, when nothing else is meant by it."""
        hint = str(previous.get("hint") or "")
        if not hint or hint == str(kept["hint"]) or _hints(client).count(hint) > 1:
            raise ConfigurationError(
                f"Which secret of the OAuth client {client} is the previous one of the {self.entry.place} is not clear "
                f"from its hint, {hint or 'which lacks'}; remove it by hand, and then the key previous."
            )
        return hint

    def _is_due(self, previous: Values) -> bool:
        given = previous.get("retire_after")
        # without quotes, YAML has made a date of it, which reads the same as text
        moment = parse_iso(str(given))
        if moment is None:
            raise ConfigurationError(f"The retire_after of previous in the {self.entry.place} is no date: {given}.")
        return moment.timestamp() <= time.time()

    def _credential(self, entry: Values) -> Credential:
        return Credential.from_mapping(entry, self.entry.place)


def _is_of_then(mark: SecretMark, journal: Values) -> bool:
    """Whether a secret was made at the time of a journal, which is written right before."""
    made, started = parse_iso(mark.created_at or ""), parse_iso(str(journal.get("started_at")))
    return made is not None and started is not None and abs(made - started) <= SAME_TIME


def _hints(client: OAuthClient) -> list[str]:
    return [mark.hint for mark in client.secrets]


def _next(kept: Values) -> Values:
    return kept.get(NEXT) or {}


def _demand_room(client: OAuthClient) -> None:
    if len(client.secrets) >= MOST_SECRETS:
        raise ConfigurationError(
            f"The OAuth client {client} has {MOST_SECRETS} secrets, which is the most: {_listed(client.secrets)}; "
            "remove one that nobody uses, in the console or by the module oauth_client_secret with own_hint."
        )


def _listed(marks: t.Iterable[SecretMark]) -> str:
    return ", ".join(map(str, marks)) or "none"
