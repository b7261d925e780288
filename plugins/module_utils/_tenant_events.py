# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happened to a tenant between two lists. Private to this collection."""

from __future__ import annotations

import math
import typing as t
from dataclasses import dataclass, field

from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant, same_status
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import parse_iso

APPEARED = "tenant_appeared"
CHANGED = "tenant_changed"
STATUS_CHANGED = "tenant_status_changed"
LICENSE_ENDS_SOON = "tenant_license_ends_soon"
GONE = "tenant_gone"

DAY = 86_400.0  # seconds
_OF_STATUS = ("status", "enabled")
_NO_NEWS = "updated_at"  # follows every change, and some that cannot be seen


@dataclass(frozen=True)
class Event:
    """One thing that happened; tenant is as it is now, or was last."""

    type: str
    tenant: Tenant
    details: t.Mapping[str, t.Any] = field(default_factory=dict)

    def as_mapping(self) -> dict[str, t.Any]:
        return {"type": self.type, "tenant": self.tenant.facts(), **self.details}


@dataclass(frozen=True)
class Reminder:
    """That a licence ends, given so many days or fewer before."""

    ends_at: str
    days: int


@dataclass(frozen=True)
class Known:
    """A tenant as it was last seen, and the last reminder of its licence."""

    tenant: Tenant
    reminder: Reminder | None = None

    def as_row(self) -> dict[str, t.Any]:
        """In types of JSON; from_row reads it back."""
        return {
            "tenant": self.tenant.as_row(),
            "reminder": self.reminder and [self.reminder.ends_at, self.reminder.days],
        }

    @classmethod
    def from_row(cls, row: t.Mapping[str, t.Any]) -> Known:
        return cls(Tenant.from_api(row["tenant"]), row["reminder"] and Reminder(*row["reminder"]))


@dataclass(frozen=True)
class Calendar:
    """The present, in seconds since the epoch, and how many days before its end a licence is worth a reminder."""

    now: float
    days: tuple[int, ...]

    def due(self, tenant: Tenant) -> Reminder | None:
        """The reminder that the time has come for. Tenants that are deleted need none."""
        ends_at, left = tenant.license_ends_at, self.left(tenant)
        reached = [days for days in self.days if left <= days]
        return Reminder(ends_at, min(reached)) if ends_at and reached and not tenant.is_deleted else None

    def left(self, tenant: Tenant) -> float:
        """Days until the licence ends, below 0 afterwards, infinite when no end is known."""
        moment = parse_iso(tenant.license_ends_at or "")
        return (moment.timestamp() - self.now) / DAY if moment else math.inf


def first_seen(tenant: Tenant, calendar: Calendar) -> tuple[Known, list[Event]]:
    """What to remember of a tenant that was not known, and what is to be told; a licence long ended is no news."""
    due = calendar.due(tenant)
    told = [_reminding(tenant, due, calendar)] if due and calendar.left(tenant) >= 0 else []
    return Known(tenant, due), [Event(APPEARED, tenant), *told]


def seen_again(known: Known, tenant: Tenant, calendar: Calendar) -> tuple[Known, list[Event]]:
    """What to remember of a tenant from now on, and what happened to it."""
    changes = _differences(known.tenant, tenant)
    of_status = {name: changes.pop(name) for name in _OF_STATUS if name in changes}
    events = [Event(CHANGED, tenant, {"changes": changes})] if changes else []
    if same_status(known.tenant.status or "") != same_status(tenant.status or ""):
        events.append(Event(STATUS_CHANGED, tenant, {"changes": of_status}))
    due, last = calendar.due(tenant), known.reminder
    if due and not (last and last.ends_at == due.ends_at and last.days <= due.days):
        return Known(tenant, due), [*events, _reminding(tenant, due, calendar)]
    return Known(tenant, last), events


def _differences(before: Tenant, after: Tenant) -> dict[str, dict[str, t.Any]]:
    if before == after:
        return {}
    old, new = before.facts(), after.facts()
    differing = (name for name in new if old[name] != new[name] and name != _NO_NEWS)
    return {name: {"before": old[name], "after": new[name]} for name in differing}


def _reminding(tenant: Tenant, due: Reminder, calendar: Calendar) -> Event:
    details = {"days_left": math.floor(calendar.left(tenant)), "within_days": due.days}
    return Event(LICENSE_ENDS_SOON, tenant, details)
