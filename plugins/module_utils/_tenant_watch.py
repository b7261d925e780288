# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks at the tenants of an organization, and puts down what has happened. Private to this collection.

The organization's API tells of no change by itself.
Source: https://qlik.dev/apis/org-rest/core/tenants/.
"""

from __future__ import annotations

import json
import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    ConfigurationError,
    IncompleteListError,
    NotFoundError,
    PermissionDeniedError,
    TransportError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._event_memory import EventMemory
from ansible_collections.qlikops.cloud.plugins.module_utils._harmless import harmless
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import OrganizationApi
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant_events import (
    APPEARED,
    GONE,
    Calendar,
    Event,
    Known,
    first_seen,
    seen_again,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import iso_of
from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import Tell

Listed = dict[str, Tenant]


@dataclass
class TenantWatch:
    """Looks again and again; find brings the credential, which is read anew once it is refused.

    days are those before a licence ends; organization is the label that events carry.
    """

    connection: Connection
    find: t.Callable[[], Credential]
    memory: EventMemory
    days: tuple[int, ...]
    organization: str | None
    expect_at_least: int
    tell: Tell
    clock: t.Callable[[], float] = time.time
    _api: OrganizationApi | None = None
    _is_over: bool = False
    _credential: Credential | None = None
    _known: dict[str, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known = self.memory.known()

    def look(self) -> int:
        """Put down what is new, and tell how many tenants there are. Raises QlikError, and then nothing is put down."""
        credential = self._credential = self._credential or self.find()
        if self._is_over:
            raise TransportError("Nobody wants to know any more.", transient=False)
        api = self._api = self.connection.organization(credential, self.tell)
        try:
            listed = self._listed(api, self._owner(credential))
        except ApiError:
            self._credential = None
            raise
        self._put_down(listed, self._owner(credential))
        return len(listed)

    def stop(self) -> None:
        """Send nothing any more."""
        self._is_over = True
        if self._api:
            self._api.stop()

    def _owner(self, credential: Credential) -> str:
        return json.dumps([self.connection.console_url, credential.client_id])

    def _listed(self, api: OrganizationApi, owner: str) -> Listed:
        """All tenants. One that is missing is asked for, since a list can be incomplete without telling."""
        listed = {tenant.id: tenant for tenant in api.tenants().tenants}
        if len(listed) < self.expect_at_least:
            raise IncompleteListError(
                f"{len(listed)} tenants were listed, but expect_at_least wants {self.expect_at_least}."
            )
        if self.memory.owner not in (None, owner) and self._known and listed.keys().isdisjoint(self._known):
            raise ConfigurationError(
                f"None of the {len(self._known):,} tenants that the state file knows is in the list, and the OAuth "
                "client is another one: give the credential of the same organization, or another state_file."
            )
        return listed | {
            tenant.id: tenant for missing in self._known.keys() - listed.keys() for tenant in self._asked(api, missing)
        }

    def _asked(self, api: OrganizationApi, missing: str) -> t.Iterator[Tenant]:
        """A tenant that the list leaves out, as the service shows it, or as it was where it shows nothing of it."""
        try:
            yield api.tenant(missing)
        except NotFoundError:
            return
        except (PermissionDeniedError, AnswerError) as error:
            self.tell(f"{error} The tenant counts as unchanged.")
            yield self._known[missing].tenant

    def _put_down(self, listed: Listed, owner: str) -> None:
        changed, events = self._compared(listed)
        is_first = self.memory.owner is None
        told = [event for event in events if not (is_first and event.type == APPEARED)]
        if changed or owner != self.memory.owner:
            self.memory.record(owner, changed, map(self._worded, told))
        self._known.update({identity: known for identity, known in changed.items() if known})
        for identity in self._known.keys() - listed.keys():
            del self._known[identity]

    def _compared(self, listed: Listed) -> tuple[dict[str, Known | None], list[Event]]:
        calendar = Calendar(self.clock(), self.days)
        changed: dict[str, Known | None] = {}
        events = []
        for identity, tenant in sorted(listed.items()):
            before = self._known.get(identity)
            known, happened = seen_again(before, tenant, calendar) if before else first_seen(tenant, calendar)
            events += happened
            if known != before:
                changed[identity] = known
        for identity in sorted(self._known.keys() - listed.keys()):
            events.append(Event(GONE, self._known[identity].tenant))
            changed[identity] = None
        return changed, events

    def _worded(self, event: Event) -> dict[str, t.Any]:
        worded = {"organization": self.organization, "observed_at": iso_of(self.clock()), **event.as_mapping()}
        return t.cast("dict[str, t.Any]", harmless(worded))
