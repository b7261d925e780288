# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remembers creations of tenants from before they are tried until they are finished. Private to this collection.

A creation whose outcome is unknown must not be tried again unless somebody has looked, also after a loss of power.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import time
import typing as t
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._private_files import durable_folder, locked, write_private
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import iso_of

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True)
class Attempt:
    """One creation: what was wanted, the ids of all tenants that were there before, the id of the new one if known."""

    name: str
    started_at: str
    alias: str
    subscription: str | None
    before: tuple[str, ...]
    created: str | None = None


class Journal:
    """The creations at one register host, whatever the OAuth client. All methods raise ConfigurationError."""

    def __init__(self, folder: str, register_host: str) -> None:
        self._folder = Path(folder)
        self._prefix = _UNSAFE.sub("_", f"create-{register_host}")

    @contextlib.contextmanager
    def alone(self, wait: float) -> t.Iterator[None]:
        """Keep every other run on this machine from creating there; wait so many seconds for one that does."""
        with _writing(self._folder):
            durable_folder(self._folder)
        with locked(self._folder / f"{self._prefix}.lock", wait) as held:
            if not held:
                raise ConfigurationError(
                    f"Another run is creating a tenant there, or {self._folder} takes no locks: nothing was sent. "
                    "Run again later, or name another folder with journal_dir."
                )
            yield

    def attempts(self) -> list[Attempt]:
        """Those that are not finished, the oldest first."""
        names: list[str] = []
        # a glob takes a folder that cannot be read for an empty one
        with _writing(self._folder), contextlib.suppress(FileNotFoundError):
            names = [name for name in os.listdir(self._folder) if _is_of(name, self._prefix)]
        found = [attempt for name in names if (attempt := _read(self._folder / name))]
        return sorted(found, key=lambda attempt: attempt.started_at)

    def begin(self, alias: str, subscription: str | None, before: t.Iterable[str]) -> Attempt:
        """Nothing stays behind when it raises."""
        # a letter first, or YAML would read some names as numbers of another base when they are pasted
        attempt = Attempt(f"c{secrets.token_hex(4)}", iso_of(time.time()), alias, subscription, tuple(before))
        try:
            self._write(attempt)
        except ConfigurationError:
            with contextlib.suppress(ConfigurationError):
                self.finish(attempt)
            raise
        return attempt

    def found(self, attempt: Attempt, created: str) -> None:
        """The id of the new tenant is known; it remains to be configured."""
        self._write(replace(attempt, created=created, before=()))

    def finish(self, attempt: Attempt) -> None:
        with _writing(self._folder):
            self._path(attempt).unlink(missing_ok=True)

    def _path(self, attempt: Attempt) -> Path:
        return self._folder / f"{self._prefix}.{attempt.name}.json"

    def _write(self, attempt: Attempt) -> None:
        with _writing(self._folder):
            write_private(self._path(attempt), json.dumps(asdict(attempt)).encode(), durable=True)


def _is_of(name: str, prefix: str) -> bool:
    return re.fullmatch(rf"{re.escape(prefix)}\.[^.]+\.json", name) is not None


def _read(path: Path) -> Attempt | None:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        return Attempt(**{**row, "before": tuple(row["before"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError):
        raise ConfigurationError(
            f"The journal {path} cannot be read, so nothing is created: compare it with the list of tenants, "
            "and remove it when the tenant of that time is accounted for."
        ) from None


@contextlib.contextmanager
def _writing(folder: Path) -> t.Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"The journal of creations cannot be kept in {folder}: {error.strerror or error}; "
            "name another folder with journal_dir."
        ) from None


def user_state_dir() -> str:
    base = os.environ.get("XDG_STATE_HOME", "")
    # a relative one is to be ignored, says the specification; the journal must be the same wherever a run starts
    usable = base if os.path.isabs(base) else os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(usable, "qlikops.cloud")
