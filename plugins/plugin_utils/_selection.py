# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tenants of the list become hosts. Private to this collection, for the controller only."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import KNOWN_STATUSES, Tenant, same_status
from ansible_collections.qlikops.cloud.plugins.plugin_utils._conditions import EXCLUDE, Condition, conditions, verdict

ALL = "all"
Holds = t.Callable[["str | bool"], bool]


@dataclass(frozen=True)
class Selection:
    """The options statuses, regions, subscriptions and filters; an empty list selects all."""

    statuses: frozenset[str]
    regions: frozenset[str]
    subscriptions: frozenset[str]
    conditions: tuple[Condition, ...]

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> Selection:
        """Raises ConfigurationError."""
        wanted = frozenset(map(same_status, _named(options, "statuses")))
        return cls(
            frozenset() if ALL in wanted else wanted,
            frozenset(region.lower() for region in _named(options, "regions")),
            _named(options, "subscriptions"),
            tuple(conditions(options["filters"])),
        )

    def why_left_out(self, tenant: Tenant, holds: Holds) -> str | None:
        """The reason for which a tenant is no host, None when it is one."""
        if self.statuses and same_status(tenant.status or "") not in self.statuses:
            return f"its status is {tenant.status!r}"
        if self.regions and self.regions.isdisjoint(_regions(tenant)):
            return f"its region is {tenant.region!r}"
        if self.subscriptions and tenant.subscription_id not in self.subscriptions:
            return f"its subscription is {tenant.subscription_id!r}"
        row = verdict(self.conditions, holds)
        return f"it is excluded by the condition {row.expression}" if row and row.action == EXCLUDE else None

    def unknown(self, tenants: t.Sequence[Tenant]) -> list[str]:
        """Statuses, regions and subscriptions that no tenant has and which may be misspelt, a sentence each."""
        regions = {name for tenant in tenants for name in _regions(tenant)}
        subscriptions = {tenant.subscription_id for tenant in tenants}
        statuses = {same_status(tenant.status or "") for tenant in tenants} | KNOWN_STATUSES
        labels = ", ".join(sorted({tenant.region for tenant in tenants if tenant.region and tenant.region.isalnum()}))
        nobody = "no tenant of the named subscriptions has" if self.subscriptions else "no tenant has"
        words = ", ".join(sorted(filter(str.isalnum, statuses)))
        missing = [f"{nobody} the status {name}; there are {words}" for name in sorted(self.statuses - statuses)]
        missing += [f"{nobody} the region {name}; there are {labels}" for name in sorted(self.regions - regions)]
        return missing + [
            f"no tenant has the subscription {name}" for name in sorted(self.subscriptions - subscriptions)
        ]


def _named(options: t.Mapping[str, t.Any], name: str) -> frozenset[str]:
    entries = options[name]
    if any(isinstance(entry, (bool, list, t.Mapping)) for entry in entries):
        raise ConfigurationError(f"The option {name} must be a list of words or numbers.")
    named = frozenset("" if entry is None else str(entry).strip() for entry in entries)
    if "" in named:
        raise ConfigurationError(f"The option {name} has an empty entry; an empty list means all.")
    return named


def _regions(tenant: Tenant) -> set[str]:
    return {name.lower() for name in (tenant.region, tenant.region_code) if name}
