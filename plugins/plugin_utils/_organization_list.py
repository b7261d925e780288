# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tenants of one organization, from the service or, in an outage, from the last complete list.

Private to this collection, for the controller only.
"""

from __future__ import annotations

import hashlib
import json
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import QlikError, is_outage
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import iso_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._last_list import LastList

FORMAT = 1


class Display(t.Protocol):
    """The part of ansible's Display that is used here."""

    def v(self, msg: str) -> None:
        """Shown at -v."""

    def warning(self, msg: str) -> None:
        """Always shown, on standard error."""


@dataclass(frozen=True)
class OrganizationList:
    """How to list the tenants, all or those of some subscriptions.

    stale_if_error is in seconds, 0 for never; source names the list in messages.
    """

    connection: Connection
    credential: Credential
    subscriptions: frozenset[str]
    stale_if_error: int
    source: str
    display: Display

    @property
    def key(self) -> str:
        """Stands for all that the list depends on besides the time; made without any secret."""
        parts = [FORMAT, self.connection.console_url, self.credential.client_id, *sorted(self.subscriptions)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def fetch(self) -> tuple[list[Tenant], bool]:
        """The tenants, and whether they are as of now. Raises QlikError."""
        api = self.connection.organization(self.credential, self.display.warning)
        try:
            if self.subscriptions:
                found = api.tenants_of(self.subscriptions, self._tell)
            else:
                found = api.tenants(progress=self._tell)
        except QlikError as error:
            return self._stale(error), False
        if found.total is None:
            self.display.v(f"{self.source}: the service gave no total, so the list could not be checked against it")
        return list(found.tenants), True

    def keep(self, tenants: t.Sequence[Tenant]) -> None:
        """Remember a complete list for an outage, when that is wanted."""
        if self.stale_if_error:
            try:
                self._last().keep(tenants)
            except OSError as error:
                self.display.warning(f"The list for stale_if_error could not be kept: {error.strerror or error}.")

    def _stale(self, error: QlikError) -> list[Tenant]:
        if not (self.stale_if_error and is_outage(error)):
            raise error
        last = self._last().recall(self.stale_if_error)
        if last is None:
            self.display.warning(
                f"{self.source}: no list is kept that this client and these subscriptions brought in the last "
                f"{self.stale_if_error:,} seconds (stale_if_error)."
            )
            raise error
        tenants, age = last
        self.display.warning(f"{error} The list of {iso_of(time.time() - age)} is used instead (stale_if_error).")
        return tenants

    def _last(self) -> LastList:
        return LastList(self.connection.kept_in, self.key, self.credential.material())

    def _tell(self, so_far: int, total: int | None) -> None:
        self.display.v(f"{self.source}: {so_far:,} tenants" + (" so far" if total is None else f" of {total:,}"))
