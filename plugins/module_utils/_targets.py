# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host that a task addresses, with what decides about its credential. Private to this collection."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError

DOMAINS = (".qlikcloud.com", ".qlikcloudgov.com")
_LABELS = 2
_REGION_CODE = re.compile(r"[a-z]{2}-[a-z]+-\d")
_SUBSCRIPTIONS = ("qlik_subscription_id", "qlik_license_number")


@dataclass(frozen=True)
class Target:
    """names are all host names of the tenant as far as known; subscriptions its subscription id and licence number.

    place is region and domain, None outside the service's domains: what a region's credential opens lies in them.
    hostname holds a port unless it is the usual one; an entry for a host does not open another port.
    """

    hostname: str
    is_console: bool
    names: frozenset[str]
    place: tuple[str, str] | None
    subscriptions: tuple[str, ...] = ()

    @classmethod
    def of(cls, url: str, console_url: str, tenant: t.Mapping[str, t.Any] | None = None) -> Target:
        """The target behind a base URL; tenant holds the host variables of the tenant when it is that one."""
        parts, tenant = urlsplit(url), tenant or {}
        hostname, place = parts.netloc, None if parts.port else place_of(parts.netloc)
        known = frozenset(name for name in hostnames_of(tenant) if place_of(name) == place)
        if not place or hostname not in known:
            known, tenant = frozenset(), {}
        ids = tuple(str(tenant[name]) for name in _SUBSCRIPTIONS if tenant.get(name))
        return cls(hostname, url == console_url, known | {hostname}, place, ids)

    def known_as(self, subscriptions: tuple[str, ...], names: tuple[str, ...]) -> Target:
        """The same with what else is known of the tenant; names of another place, or of none, are none of its."""
        more = [name for name in names if self.place and place_of(name) == self.place]
        return replace(self, subscriptions=subscriptions or self.subscriptions, names=self.names.union(more))

    @property
    def is_register(self) -> bool:
        return self.place is not None and self.hostname.startswith("register.")

    @property
    def is_foreign_console(self) -> bool:
        return self.is_console and not (self.hostname.startswith("console.") and self.hostname.endswith(DOMAINS))

    @property
    def region(self) -> str | None:
        return self.place[0] if self.place else None

    def __str__(self) -> str:
        region = f" of region {self.region}" if self.region else ""
        unknown = " (subscription unknown)"
        known = f" and subscription {self.subscriptions[0]}" if self.subscriptions else unknown
        return f"{self.hostname}{region}{known if region else ''}"


def demand_label(region: str, place: str) -> None:
    """Raises ConfigurationError for the code of a region, which does not tell its label."""
    if _REGION_CODE.fullmatch(region):
        raise ConfigurationError(
            f"{place} needs region as the label in its tenants' host names, such as us in north.us.qlikcloud.com, "
            f"not the code {region}."
        )


def place_of(hostname: str) -> tuple[str, str] | None:
    """Region and domain of a tenant's host name or a register host, None for any other name."""
    for domain in DOMAINS:
        labels = hostname.removesuffix(domain).split(".")
        if hostname.endswith(domain) and len(labels) == _LABELS and all(labels):
            return labels[1], domain
    return None


def hostnames_of(tenant: t.Mapping[str, t.Any]) -> frozenset[str]:
    """All host names that host variables hold, in lower case."""
    names = tenant.get("qlik_hostnames")
    return frozenset(str(name).lower() for name in names) if isinstance(names, (list, tuple)) else frozenset()
