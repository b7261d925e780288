# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module oauth_client. Private to this collection."""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, NotFoundError, QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._oauth_clients import (
    SETTABLE,
    NewClient,
    NewSecret,
    OAuthClient,
    OAuthClients,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Options, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_client_info import (
    PLACE_ARGUMENTS,
    PLACE_LEFT_OUT,
    Opened,
)

PRESENT, ABSENT = "present", "absent"
TRUSTED = "trusted"


def work(invocation: Invocation) -> Result:
    """Bring one client to the state wanted."""
    opened = Opened.by(invocation)
    task = _Task(invocation, opened.clients, opened.credential.client_id)
    if invocation.options["state"] == ABSENT:
        return task.delete()
    client = task.find()
    return task.create() if client is None else task.keep(client)


@dataclass(frozen=True)
class _Task:
    """What the user wants, and the ways to do it; own is the id of the client that authenticates the task."""

    invocation: Invocation
    clients: OAuthClients
    own: str

    @property
    def options(self) -> Options:
        return self.invocation.options

    def find(self) -> OAuthClient | None:
        """The client with the id, or of the name; None when none has the name."""
        if self.options["id"]:
            return self.clients.get(self.options["id"])
        found = [client for client in self.clients.all() if client.name == self.options["name"]]
        if len(found) > 1:
            ids = ", ".join(sorted(client.id for client in found))
            raise ConfigurationError(
                f"{len(found)} OAuth clients of {self.clients.host} have the name {self.options['name']}: give as id "
                f"one of {ids}."
            )
        return found[0] if found else None

    def create(self) -> Result:
        wish = self._wish()
        after = {name: getattr(wish, name) for name in SETTABLE}
        if self.invocation.check_mode:
            return self._told(True, None, {}, after)
        client, secret = self.clients.create(wish)
        return self._told(True, client, {}, _shown(client), secret)

    def keep(self, client: OAuthClient) -> Result:
        """With the values that are given; what is left out stays as it is."""
        given = {name: value for name, value in self._values().items() if value is not None}
        values = client.differences(given)
        after, secret = replace(client, **values), None
        if values and not self.invocation.check_mode:
            value = self.clients.update(client.id, client.changes(values))
            secret = self._surprise(client, value) if value else None
        return self._told(bool(values), after, _shown(client), _shown(after), secret)

    def delete(self) -> Result:
        """Gone; the id that confirms it is the one that the user has written."""
        identity = self.options["id"]
        if identity == self.own and not self.options["allow_own"]:
            raise ConfigurationError(
                f"The OAuth client {identity} is the one that authenticates this task; to delete it all the same, say "
                "'allow_own: true'."
            )
        try:
            client = self.clients.get(identity)
        except NotFoundError:
            return self._told(False, None, {}, {})
        if not self.invocation.check_mode:
            with contextlib.suppress(NotFoundError):
                self.clients.delete(client.id, confirmed=identity)
        return self._told(True, None, _shown(client), {})

    def _values(self) -> dict[str, t.Any]:
        scopes = self.options["scopes"]
        return {**{name: self.options[name] for name in SETTABLE}, "scopes": None if scopes is None else tuple(scopes)}

    def _wish(self) -> NewClient:
        types, methods = (tuple(self.options[name]) for name in ("grant_types", "auth_methods"))
        return NewClient(
            **self._values(), grant_types=types, auth_methods=methods, consent_method=self.options["consent"]
        )

    def _surprise(self, client: OAuthClient, value: str) -> NewSecret:
        """A secret that the service has made for a change; its hint is the one that was not there before."""
        before, marks = {mark.hint for mark in client.secrets}, []
        with contextlib.suppress(QlikError):
            marks = [mark for mark in self.clients.get(client.id).secrets if mark.hint not in before]
        return NewSecret(marks[0].hint if len(marks) == 1 else "", value, None)

    def _told(
        self, changed: bool, client: OAuthClient | None, before: Result, after: Result, secret: NewSecret | None = None
    ) -> Result:
        shown = secret is not None and self.options["return_secret"]
        given = {"client_secret": secret.value, "hint": secret.hint or None} if secret and shown else {}
        diff = {"diff": {"before": before, "after": after}} if self.invocation.diff else {}
        return {"changed": changed, "client": client.facts() if client else None, **given, **diff}


def _shown(client: OAuthClient) -> Result:
    return {name: getattr(client, name) for name in SETTABLE}


OAUTH_CLIENT = Operation(
    name="qlikops.cloud.oauth_client",
    arguments={
        **PLACE_ARGUMENTS,
        "state": {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT},
        "id": {"type": "str"},
        "name": {"type": "str"},
        "description": {"type": "str"},
        "scopes": {"type": "list", "elements": "str"},
        "grant_types": {"type": "list", "elements": "str", "default": ["client_credentials"]},
        "auth_methods": {"type": "list", "elements": "str", "default": ["client_secret"]},
        "consent": {"type": "str", "choices": [TRUSTED]},
        "return_secret": {"type": "bool", "default": False, "no_log": False},
        "allow_own": {"type": "bool", "default": False},
        **CONNECTION_ARGUMENTS,
    },
    rules={"required_one_of": [("id", "name")], "required_if": [("state", ABSENT, ["id"])]},
    work=work,
    left_out={**PLACE_LEFT_OUT, "id": "the client of the name", "name": "the name that it has"},
    is_confidential=lambda options: bool(options["return_secret"]),
)
