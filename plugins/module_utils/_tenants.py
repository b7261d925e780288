# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tenant as the organization API shows it. Private to this collection.

Source: https://qlik.dev/apis/org-rest/core/tenants/.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, fields

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError

ACTIVE = "active"
DEACTIVATED = "deactivated"
DELETED = "deleted"
KNOWN_STATUSES = frozenset({ACTIVE, DEACTIVATED, DELETED})
_SAME_STATUS = {"disabled": DEACTIVATED}
_LABELS_BEFORE_DOMAIN = 2


def same_status(status: str) -> str:
    """The one word for statuses that mean the same: the two tiers call a deactivated tenant differently."""
    return _SAME_STATUS.get(status.lower(), status.lower())


@dataclass(frozen=True)
class Tenant:
    """One tenant; texts as the service gives them, None when absent, host names in lower case."""

    id: str
    name: str | None
    hostnames: tuple[str, ...]
    status: str | None
    region_code: str | None
    country_code: str | None
    subscription_id: str | None
    license_number: str | None
    license_starts_at: str | None
    license_ends_at: str | None
    deletion_starts_at: str | None
    created_at: str | None
    created_by: str | None
    updated_at: str | None

    @classmethod
    def from_api(cls, row: t.Mapping[str, t.Any]) -> Tenant:
        """A tenant from a row of the API. Raises AnswerError when it has no id, since it could not be told apart."""
        identity = row.get("id")
        if not isinstance(identity, str) or not identity:
            raise AnswerError("The service listed a tenant without an id.")
        names = row.get("hostnames")
        hostnames = tuple(n.lower() if isinstance(n, str) else "" for n in names) if isinstance(names, list) else ()
        texts = {field: _text(row.get(key)) for field, key in _API_NAMES.items()}
        return cls(id=identity, hostnames=hostnames, **texts)

    def __str__(self) -> str:
        return f"{self.id} ({self.alias or self.hostname or 'without a host name'})"

    def as_row(self) -> dict[str, t.Any]:
        """The fields under their API names, for keeping; from_api reads it back."""
        texts = {key: getattr(self, field) for field, key in _API_NAMES.items()}
        return {"id": self.id, "hostnames": list(self.hostnames), **texts}

    def facts(self) -> dict[str, t.Any]:
        """All there is to know, named as the host variables of the inventory are after their prefix."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        derived = {"hostname": self.hostname, "alias": self.alias, "url": self.url, "region": self.region}
        return {**own, **derived, "hostnames": list(self.hostnames), "enabled": self.is_enabled}

    @property
    def hostname(self) -> str | None:
        """The system-generated host name, which never changes."""
        return (self.hostnames[0] if self.hostnames else None) or None

    @property
    def alias(self) -> str | None:
        return (self.hostnames[1] if len(self.hostnames) > 1 else None) or None

    @property
    def url(self) -> str | None:
        return self.hostname and f"https://{self.hostname}"

    @property
    def region(self) -> str | None:
        """The label of the region in the host name; region codes do not tell it (they are ambiguous for ap and sg)."""
        labels = (self.hostname or self.alias or "").split(".")
        return labels[1] if len(labels) > _LABELS_BEFORE_DOMAIN + 1 else None

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Its subscription id and licence number, by either of which a credential may be kept."""
        return tuple(filter(None, (self.subscription_id, self.license_number)))

    @property
    def is_enabled(self) -> bool:
        return same_status(self.status or "") == ACTIVE

    @property
    def is_deactivated(self) -> bool:
        return same_status(self.status or "") == DEACTIVATED

    @property
    def is_deleted(self) -> bool:
        return same_status(self.status or "") == DELETED


_API_NAMES = {
    field.name: "".join(word.title() if place else word for place, word in enumerate(field.name.split("_")))
    for field in fields(Tenant)
    if field.name not in ("id", "hostnames")
}


def _text(value: t.Any) -> str | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else str(value)
