# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module oauth_client_secret. Private to this collection."""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, NotFoundError, QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._oauth_clients import (
    MOST_SECRETS,
    NewSecret,
    OAuthClient,
    SecretMark,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Options, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_client_info import (
    PLACE_ARGUMENTS,
    PLACE_LEFT_OUT,
    Opened,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._secret_turn import TURNS, is_turn, turn
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import parse_iso

PRESENT, ABSENT = "present", "absent"

Marks = tuple[SecretMark, ...]


def work(invocation: Invocation) -> Result:
    """Do to the secrets of one client what the state says."""
    if is_turn(invocation.options):
        return turn(invocation)
    _demand_sense(invocation.options)
    return STATES[invocation.options["state"]](_Task(invocation, Opened.by(invocation)))


def _demand_sense(options: Options) -> None:
    for name in ("hint", "keep"):
        if options["state"] != ABSENT and options[name] is not None:
            raise ConfigurationError(f"The option {name} is for 'state: {ABSENT}', not for {options['state']}.")
    if options["book_is_copy"]:
        raise ConfigurationError(f"The option book_is_copy is for 'state: {TURNS[0]}' and 'state: {TURNS[1]}'.")
    if options["keep"] is not None and options["keep"] < 1:
        raise ConfigurationError(f"The option keep must be at least 1, not {options['keep']}.")


@dataclass(frozen=True)
class _Task:
    """What the user wants, and the ways to do it."""

    invocation: Invocation
    opened: Opened

    @property
    def options(self) -> Options:
        return self.invocation.options

    @cached_property
    def client(self) -> OAuthClient:
        """The client as it was when the task first looked."""
        return self.opened.clients.get(self.options["client"] or self.opened.credential.client_id)

    def add(self) -> Result:
        """One secret more, each time."""
        marks = self.client.secrets
        if len(marks) >= MOST_SECRETS:
            raise ConfigurationError(
                f"The OAuth client {self.client} has {len(marks)} secrets, and {MOST_SECRETS} are the most: "
                f"{', '.join(map(str, marks))}; remove one with 'state: {ABSENT}' first."
            )
        if self.invocation.check_mode:
            return {**self._told(True, marks, (*_hints(marks), "a new one")), "hint": None, "created_at": None}
        secret = self.opened.clients.add_secret(self.client.id)
        after = (*marks, SecretMark(secret.hint, secret.created_at, None))
        return {**self._told(True, after, _hints(after)), **self._given(secret)}

    def remove(self) -> Result:
        """Without the secret of the hint, or without all but the newest."""
        doomed = self._doomed()
        for mark in doomed:
            _demand_unique(mark, self.client)
        if doomed:
            self._demand_usable(doomed)
        if not self.invocation.check_mode:
            self._remove_all(doomed)
        after = tuple(mark for mark in self.client.secrets if mark not in doomed)
        return {**self._told(bool(doomed), after, _hints(after)), "removed": list(_hints(doomed))}

    def _doomed(self) -> Marks:
        """What is to be removed, the oldest first."""
        marks, keep = self.client.secrets, self.options["keep"]
        if keep is None:
            return tuple(mark for mark in marks if mark.hint == self.options["hint"])
        if len(marks) <= keep:
            return ()
        oldest = sorted(marks, key=lambda mark: _age(mark, self.client))[:-keep]
        return tuple(mark for mark in oldest if not (self._is_own and mark.hint == self.options["own_hint"]))

    @property
    def _is_own(self) -> bool:
        """Whether one of the secrets may authenticate this task; a private key is none of them."""
        credential = self.opened.credential
        return self.client.id == credential.client_id and credential.secret is not None

    def _demand_usable(self, doomed: Marks) -> None:
        """Raises ConfigurationError when a secret would go that authenticates this task."""
        if not self._is_own or self.options["allow_own"]:
            return
        own, hints = self.options["own_hint"], _hints(self.client.secrets)
        if own is None and len(hints) > 1:
            raise ConfigurationError(
                f"The OAuth client {self.client} authenticates this task, with one of its {len(hints)} secrets: give "
                "the hint of that one as own_hint, or say 'allow_own: true' if any may go."
            )
        if own is not None and own not in hints:
            raise ConfigurationError(
                f"The OAuth client {self.client} has no secret of the own_hint {own}; it has {', '.join(hints)}."
            )
        if own in (None, *_hints(doomed)):
            raise ConfigurationError(
                f"The secret {doomed[0]} of the OAuth client {self.client} is the one that authenticates this task; to "
                "remove it all the same, say 'allow_own: true'."
            )

    def _remove_all(self, doomed: Marks) -> None:
        for number, mark in enumerate(doomed):
            try:
                with contextlib.suppress(NotFoundError):
                    self.opened.clients.remove_secret(self.client.id, mark.hint)
            except QlikError as error:
                error.changed = number > 0
                raise

    def _given(self, secret: NewSecret) -> Result:
        value = {"client_secret": secret.value} if self.options["return_secret"] else {}
        return {"hint": secret.hint, "created_at": secret.created_at, **value}

    def _told(self, changed: bool, marks: Marks, after: t.Sequence[str]) -> Result:
        states = {"before": {"hints": list(_hints(self.client.secrets))}, "after": {"hints": list(after)}}
        diff = {"diff": states} if self.invocation.diff else {}
        secrets = replace(self.client, secrets=marks).facts()["secrets"]
        return {"changed": changed, "client": self.client.id, "secrets": secrets, **diff}


def _hints(marks: t.Iterable[SecretMark]) -> tuple[str, ...]:
    return tuple(mark.hint for mark in marks)


def _demand_unique(mark: SecretMark, client: OAuthClient) -> None:
    if _hints(client.secrets).count(mark.hint) > 1:
        raise ConfigurationError(
            f"The OAuth client {client} has several secrets of the hint {mark.hint}, by which they cannot be told "
            "apart; remove them in the Cloud Console or in the tenant."
        )


def _age(mark: SecretMark, client: OAuthClient) -> tuple[datetime, str]:
    """What orders secrets by their age, to the last digit that the service tells."""
    text = mark.created_at or ""
    moment = parse_iso(text)
    if moment is None:
        raise ConfigurationError(
            f"The OAuth client {client} has a secret of unknown age, {mark.hint}, so the newest are not known; remove "
            "secrets by their hint."
        )
    return moment, text


STATES: dict[str, t.Callable[[_Task], Result]] = {PRESENT: _Task.add, ABSENT: _Task.remove}

OAUTH_CLIENT_SECRET = Operation(
    name="qlikops.cloud.oauth_client_secret",
    arguments={
        **PLACE_ARGUMENTS,
        "client": {"type": "str"},
        "state": {"type": "str", "choices": [*STATES, *TURNS], "default": PRESENT},
        "hint": {"type": "str"},
        "keep": {"type": "int"},
        "own_hint": {"type": "str"},
        "allow_own": {"type": "bool", "default": False},
        "return_secret": {"type": "bool", "default": False, "no_log": False},
        "keep_days": {"type": "int", "default": 7},
        "retire_now": {"type": "bool", "default": False},
        "book_is_copy": {"type": "bool", "default": False},
        "prove_timeout": {"type": "int", "default": 60},
        **CONNECTION_ARGUMENTS,
    },
    rules={"required_if": [("state", ABSENT, ["hint", "keep"], True)], "mutually_exclusive": [("hint", "keep")]},
    work=work,
    left_out={
        **PLACE_LEFT_OUT,
        "client": "the client that authenticates the task",
        "hint": "no secret",
        "own_hint": "an unknown one",
    },
    is_confidential=lambda options: bool(options["return_secret"]),
    runs_here=is_turn,
)
