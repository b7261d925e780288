# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host that a task addresses, with what decides about its credential. Private to this collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import region_of

DOMAINS = (".qlikcloud.com", ".qlikcloudgov.com")
_SUBSCRIPTIONS = ("qlik_subscription_id", "qlik_license_number")


@dataclass(frozen=True)
class Target:
    """names are all host names of the tenant as far as known; subscriptions its subscription id and licence number.

    region is None outside the service's domains: what a credential of a region opens must lie in them.
    """

    hostname: str
    is_console: bool
    names: frozenset[str]
    region: str | None
    subscriptions: tuple[str, ...] = ()

    @classmethod
    def of(cls, url: str, console_url: str, tenant: t.Mapping[str, t.Any] | None = None) -> Target:
        """The target behind a base URL; tenant holds the host variables of the tenant when it is that one."""
        hostname = urlsplit(url).hostname or ""
        tenant = tenant or {}
        known = frozenset(str(name).lower() for name in tenant.get("qlik_hostnames") or ())
        if hostname not in known:
            known, tenant = frozenset(), {}
        region = region_of(hostname) if hostname.endswith(DOMAINS) else None
        ids = tuple(str(tenant[name]) for name in _SUBSCRIPTIONS if tenant.get(name))
        return cls(hostname, url == console_url, known | {hostname}, region, ids)

    def __str__(self) -> str:
        region = f" of region {self.region}" if self.region else ""
        subscription = f" and subscription {self.subscriptions[0]}" if self.subscriptions else ""
        return f"{self.hostname}{region}{subscription}"
