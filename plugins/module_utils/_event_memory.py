# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the event source remembers: tenants as they were last seen, and events on their way. Private to this collection.

Both stand in one SQLite file and change in one step, so that whoever is killed in between has either not seen a change
or has its event waiting, under the id it keeps.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import threading
import typing as t
import uuid
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant_events import Known

FORMAT = "1"
PATIENCE = 10.0  # seconds; an event source that is just being replaced lets go of its file
_TABLES = (
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS tenants (id TEXT PRIMARY KEY, known TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS pending (number INTEGER PRIMARY KEY AUTOINCREMENT, told REAL, event TEXT)",
)


@dataclass(frozen=True)
class Pending:
    """An event on its way, under the id it keeps; was_told when it may have arrived."""

    number: int
    was_told: bool
    event: dict[str, t.Any]


class EventMemory:
    """Opened by one event source at a time. All methods raise ConfigurationError when the file fails."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path = path
        self._lock = threading.Lock()
        with self._telling():
            self._connection = _opened(path, patience)
        self._facts = dict(self._rows("SELECT name, value FROM facts"))
        if self._facts.get("format", FORMAT) != FORMAT:
            self.close()
            raise ConfigurationError(f"The state file {path} was written by another version of this collection.")

    def close(self) -> None:
        """Let go of the file; whatever a thread still wants to write fails."""
        with self._lock:
            self._connection.close()

    @property
    def owner(self) -> str | None:
        """Whose tenants these are, None before the first list."""
        return self._facts.get("owner")

    def known(self) -> dict[str, Known]:
        """All tenants as they were last seen, by id."""
        rows = self._rows("SELECT id, known FROM tenants")
        return {identity: Known.from_row(json.loads(text)) for identity, text in rows}

    def record(self, owner: str, changed: t.Mapping[str, Known | None], events: t.Iterable[dict[str, t.Any]]) -> None:
        """In one step: what is known of tenants that changed, None of those to forget, and what is to be told."""
        facts = {"format": FORMAT, "id": self._facts.get("id") or str(uuid.uuid4()), "owner": owner}
        rows = [(identity, json.dumps(known.as_row())) for identity, known in changed.items() if known]
        forgotten = [(identity,) for identity, known in changed.items() if not known]
        with self._telling(), self._connection as connection:
            connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())
            connection.executemany("INSERT OR REPLACE INTO tenants VALUES (?, ?)", rows)
            connection.executemany("DELETE FROM tenants WHERE id = ?", forgotten)
            connection.executemany("INSERT INTO pending (event) VALUES (?)", ((json.dumps(event),) for event in events))
        self._facts = facts

    def pending(self) -> list[Pending]:
        """What is to be told, in order."""
        rows = self._rows("SELECT number, told IS NOT NULL, event FROM pending ORDER BY number")
        return [
            Pending(number, bool(told), {"id": self._id(number), **json.loads(text)}) for number, told, text in rows
        ]

    def mark(self, number: int, moment: float) -> None:
        """Remember that an event was told, in seconds since the epoch."""
        self._change("UPDATE pending SET told = ? WHERE number = ?", moment, number)

    def strike(self, number: int) -> None:
        """Forget an event."""
        self._change("DELETE FROM pending WHERE number = ?", number)

    def strike_told(self, moment: float) -> None:
        """Forget all events that were told until then."""
        self._change("DELETE FROM pending WHERE told <= ?", moment)

    def _change(self, statement: str, *values: float) -> None:
        """Outlives the end of this process at once, but not that of the machine, for which nobody should wait here."""
        with self._telling():
            self._connection.execute("PRAGMA synchronous = NORMAL")
            try:
                with self._connection as connection:
                    connection.execute(statement, values)
            finally:
                self._connection.execute("PRAGMA synchronous = FULL")

    def _id(self, number: int) -> str:
        return str(uuid.uuid5(uuid.UUID(self._facts["id"]), str(number)))

    def _rows(self, query: str) -> list[t.Any]:
        with self._telling(), closing(self._connection.execute(query)) as cursor:
            return cursor.fetchall()

    @contextmanager
    def _telling(self) -> t.Iterator[None]:
        try:
            with self._lock:
                yield
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or str(error)
        else:
            return
        if "locked" in reason:
            raise ConfigurationError(f"The state file {self._path} is used by another event source.")
        raise ConfigurationError(
            f"The state file {self._path} cannot be used: {reason}. Name another one by state_file, or remove it to "
            "begin anew; what it was yet to tell is lost then."
        )


def _opened(path: Path, patience: float) -> sqlite3.Connection:
    """The database, ours alone until it is closed, with all tables."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):  # to open and close one that is there would end the lock of another thread's
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if not path.is_file():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    path.chmod(0o600)
    with ExitStack() as refused:
        connection = refused.enter_context(closing(sqlite3.connect(path, timeout=patience, check_same_thread=False)))
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        with connection:
            connection.execute("BEGIN EXCLUSIVE")
            for table in _TABLES:
                connection.execute(table)
        refused.pop_all()
    return connection
