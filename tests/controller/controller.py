# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller as tests hold it."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from .application import PASSWORD, USERNAME, Application, Asked
from .errors import ApiError
from .fields import Values
from .managed import filled, install
from .relations import associate
from .resources import READ_ONLY, RESOURCES
from .server import Server
from .state import Row, State
from .writing import create


class Controller:
    """A controller on loopback. Use it as a context manager; `environment` is what modules need to reach it.

    `playbooks` are those every project holds: names, or a folder whose top level has them.
    """

    def __init__(self, playbooks: Path | Iterable[str] = ()) -> None:
        found = [path.name for path in playbooks.glob("*.yml")] if isinstance(playbooks, Path) else playbooks
        self._state = State(frozenset(found))
        install(self._state)
        self._application = Application(self._state)

    def __enter__(self) -> Controller:
        self._server = Server(self._application)
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def token(self) -> str:
        return self._state.tokens[1]

    @property
    def environment(self) -> dict[str, str]:
        return {
            "CONTROLLER_HOST": self.url,
            "CONTROLLER_OAUTH_TOKEN": self.token,
            "CONTROLLER_VERIFY_SSL": "false",
        }

    @property
    def login(self) -> dict[str, str]:
        """The same with a user's name and password in place of a token."""
        account = {"CONTROLLER_USERNAME": USERNAME, "CONTROLLER_PASSWORD": PASSWORD}
        return {name: value for name, value in self.environment.items() if "TOKEN" not in name} | account

    @property
    def requests(self) -> list[Asked]:
        return list(self._application.requests)

    @property
    def changes(self) -> list[Asked]:
        """The requests that may have changed something."""
        return [asked for asked in self.requests if asked.method not in ("GET", "HEAD")]

    def forget(self) -> None:
        """Forget the requests so far."""
        self._application.requests.clear()

    def let_through(self, changes: int | None) -> None:
        """Fail all changes after so many; None ends that."""
        self._application.changes_left = changes

    def of(self, endpoint: str) -> list[Values]:
        """All objects of a kind, with their secrets, and with the ids they are associated with."""
        return [whole(row) for row in self._state.rows(endpoint)]

    def named(self, endpoint: str, name: str) -> Values:
        """The one object of this name (for nodes: of this identifier)."""
        label = RESOURCES[endpoint].label
        found = [row for row in self.of(endpoint) if row[label] == name]
        if len(found) != 1:
            raise LookupError(f"there are {len(found)} {endpoint} named {name!r}")
        return found[0]

    def add(self, endpoint: str, **values: Any) -> int:
        """Make an object as the API would, or one that the API does not make; the id it has got."""
        resource = RESOURCES[endpoint]
        fields = {name: value for name, value in values.items() if name not in resource.associations}
        try:
            row = self._made(endpoint, fields)
            for name in values.keys() - fields.keys():
                for row_id in values[name]:
                    associate(self._state, row, name, {"id": row_id})
        except ApiError as error:
            raise ValueError(f"{endpoint}: {error.body}") from None
        return row.id

    def _made(self, endpoint: str, fields: Values) -> Row:
        if endpoint in READ_ONLY:
            return self._state.add(endpoint, filled(endpoint, **fields))
        return create(self._state, RESOURCES[endpoint], fields)


def whole(row: Row) -> Values:
    links = {name: list(row.links.get(name, ())) for name in row.resource.associations}
    return copy.deepcopy({"id": row.id, "type": row.resource.type, **row.values, **links})
