# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last complete list of tenants, kept for the option stale_if_error. Private to this collection."""

from __future__ import annotations

import json
import time
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.module_utils._private_files import private_folder, write_private
from ansible_collections.qlikops.cloud.plugins.module_utils._sealing import seal, unseal
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant


@dataclass(frozen=True)
class LastList:
    """A file of its own, encrypted with the client's secret."""

    folder: str
    name: str
    secret: str = field(repr=False)

    def keep(self, tenants: t.Sequence[Tenant]) -> None:
        """Raises OSError when the folder cannot be used."""
        content = json.dumps([tenant.as_row() for tenant in tenants]).encode()
        write_private(private_folder(self.folder) / self._file, seal(content, self.secret))

    def recall(self, max_age: float) -> tuple[list[Tenant], float] | None:
        """The kept tenants and their age in seconds; None when there is no list as young as max_age."""
        path = Path(self.folder) / self._file
        try:
            age = time.time() - path.stat().st_mtime
            content = unseal(path.read_bytes(), self.secret)
        except OSError:
            return None
        if content is None or age > max_age:
            return None
        return [Tenant.from_api(row) for row in json.loads(content)], age

    @property
    def _file(self) -> str:
        return f"{self.name}.tenants"
