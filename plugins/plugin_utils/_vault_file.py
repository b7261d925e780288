# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file that is encrypted with Ansible Vault. Private to this collection, for the controller only.

Plain text is in memory only; what is written is written in one step. All methods raise ConfigurationError.
"""

from __future__ import annotations

import contextlib
import glob
import os
import stat
import typing as t
from datetime import datetime, timezone
from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import Wish
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._private_files import UNFINISHED, locked, write_private
from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault import Vault
from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault_document import VaultDocument

SHOWN_BY_INVENTORIES = ("group_vars", "host_vars")


class VaultFile:
    """One file; wait is for how many seconds another run may keep it to itself."""

    def __init__(self, path: str, vault: Vault, wait: float) -> None:
        self._path, self._vault, self._wait = Path(os.path.abspath(path)), vault, wait

    def __str__(self) -> str:
        return str(self._path)

    @property
    def advice(self) -> str | None:
        """A warning about where it lies."""
        shown = next((part for part in self._path.parts[:-1] if part in SHOWN_BY_INVENTORIES), None)
        if shown is None:
            return None
        return (
            f"{self._path} lies in {shown}: 'ansible-inventory --export' prints what is there, decrypted when a file "
            "is encrypted as a whole, and controllers store that; keep it in a folder of its own and name it by "
            "QLIK_CREDENTIALS_FILE."
        )

    @contextlib.contextmanager
    def alone(self) -> t.Iterator[None]:
        """Keep other runs from changing it, and remove what an interrupted one has left."""
        self._demand_safe()
        with locked(self._beside(".lock"), self._wait) as held:
            if not held:
                raise ConfigurationError(
                    f"Another run is changing {self._path}, or its folder takes no locks; run again later."
                )
            for left in self._path.parent.glob(glob.escape(f".{self._path.name}{UNFINISHED}") + "*"):
                with contextlib.suppress(OSError):
                    left.unlink()
            yield

    def read(self, wish: Wish) -> VaultDocument:
        """What it holds; nothing when there is no such file."""
        self._demand_safe()
        return VaultDocument(self._content() or b"", self._vault, wish, str(self._path))

    def also_opens_with(self, password_file: str) -> None:
        """Take what it holds also when it is closed with the secret in a password file."""
        self._vault.add(password_file)

    def rekey(self, document: VaultDocument, vault_id: str | None, password_file: str | None) -> None:
        """Close all that is closed with the vault secret of another id, or with that of a password file."""
        document.rekey(self._vault.keys(vault_id, password_file))

    def write(self, document: VaultDocument) -> None:
        self._write(self._path, document.content())

    def back_up(self, document: VaultDocument) -> str | None:
        """Keep what is there in a file beside it, encrypted as a whole; its name."""
        content = self._content()
        if content is None:
            return None
        path = self._path.with_name(f"{self._path.name}.{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%S.%fZ}~")
        self._write(path, document.sealed(content))
        return str(path)

    def _beside(self, ending: str) -> Path:
        return self._path.with_name(f".{self._path.name}{ending}")

    def _content(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigurationError(f"{self._path} cannot be read: {error.strerror}.") from None

    def _write(self, path: Path, content: bytes) -> None:
        try:
            write_private(path, content, durable=True, prefix=f".{self._path.name}{UNFINISHED}")
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from None

    def _demand_safe(self) -> None:
        """Refuse to replace what is no file of ours, or to work where others could put another file in its place."""
        folder = self._path.parent
        try:
            mode = folder.stat().st_mode
        except OSError as error:
            raise ConfigurationError(f"The folder {folder} cannot be used: {error.strerror}.") from None
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise ConfigurationError(
                f"Everybody can put another file in place of {self._path}, since the folder {folder} is writable by "
                "others; take that away with 'chmod o-w'."
            )
        with contextlib.suppress(FileNotFoundError):
            self._demand_own(self._path.lstat())

    def _demand_own(self, status: os.stat_result) -> None:
        if stat.S_ISLNK(status.st_mode):
            raise ConfigurationError(f"{self._path} is a symbolic link; name the file that it leads to.")
        if not stat.S_ISREG(status.st_mode):
            raise ConfigurationError(f"{self._path} is no file.")
        if status.st_uid != os.geteuid():
            raise ConfigurationError(f"{self._path} belongs to another user, and would not any more; run as its owner.")
