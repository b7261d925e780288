# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An organization at a glance, as one document in types of JSON. Private to this collection."""

from __future__ import annotations

import typing as t
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant, same_status
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import day_of

FORMAT = 1
DUE_WITHIN = (30, 60, 90)  # days
MONTHS = 24
LICENSE, DELETION = "license", "deletion"
DATES = {LICENSE: "license_ends_at", DELETION: "deletion_starts_at"}
NONE = "(none)"

Row = dict[str, t.Any]


@dataclass(frozen=True)
class Finding:
    """What is known of a tenant besides what the organization tells; answer is what the tenant itself told."""

    host: str | None = None
    client_id: str | None = None
    is_expected_to_open: bool = False
    answer: t.Mapping[str, t.Any] = field(default_factory=dict)

    def as_row(self) -> Row:
        known = {"host": self.host, "client_id": self.client_id}
        return {**known, "access": self.answer.get("access"), "license": self.answer.get("license")}


@dataclass(frozen=True)
class Estate:
    """All tenants with what was found of each, by id; now is in UTC, previous the document of the report before."""

    title: str
    now: datetime
    tenants: t.Sequence[Tenant]
    findings: t.Mapping[str, Finding]
    previous: t.Mapping[str, t.Any] | None = None
    unknown_hosts: t.Sequence[str] = ()

    def document(self) -> Row:
        """The whole report; tenants are in the order of their names."""
        due = sorted((row for kind in DATES for row in self._due(kind)), key=lambda row: (row["days"], row["id"]))
        counts = self._counts()
        return {
            "format": FORMAT,
            "title": self.title,
            "generated_at": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "totals": self._totals(counts),
            "by": counts,
            "due": due,
            "due_totals": {kind: _due_totals([row for row in due if row["what"] == kind]) for kind in DATES},
            "timeline": self._timeline(),
            "unreadable_dates": [row for kind in DATES for row in self._unreadable(kind)],
            "changes": changes_since(self.previous, self.tenants) if self.previous else None,
            "without_credential": [_short(x) for x in self.tenants if self._lacks_credential(x)],
            "unknown_hosts": sorted(self.unknown_hosts),
            "access": self._access(),
            "tenants": [self._row(x) for x in sorted(self.tenants, key=lambda x: ((x.name or "").lower(), x.id))],
        }

    def _row(self, tenant: Tenant) -> Row:
        return {**tenant.facts(), **self.findings[tenant.id].as_row()}

    def _lacks_credential(self, tenant: Tenant) -> bool:
        finding = self.findings[tenant.id]
        return finding.is_expected_to_open and not finding.client_id

    def _totals(self, counts: t.Mapping[str, t.Mapping[str, int]]) -> Row:
        known = {name: len(set(rows) - {NONE}) for name, rows in counts.items()}
        enabled = sum(tenant.is_enabled for tenant in self.tenants)
        kinds = {"regions": known["region"], "countries": known["country"], "subscriptions": known["subscription"]}
        return {"tenants": len(self.tenants), "active": enabled, **kinds}

    def _counts(self) -> dict[str, dict[str, int]]:
        """How many tenants there are of each region, country, subscription and status, the most frequent first."""
        return {
            "region": _counted(tenant.region or tenant.region_code for tenant in self.tenants),
            "country": _counted(tenant.country_code for tenant in self.tenants),
            "subscription": _counted(tenant.subscription_id for tenant in self.tenants),
            "status": _counted(same_status(tenant.status or "") for tenant in self.tenants),
        }

    def _dated(self, kind: str) -> t.Iterator[tuple[Tenant, str, date | None]]:
        """The tenants that have such a date, as it is written and read; what is deleted already has none."""
        for tenant in self.tenants:
            text = getattr(tenant, DATES[kind])
            if text and not tenant.is_deleted:
                yield tenant, text, day_of(text)

    def _due(self, kind: str) -> t.Iterator[Row]:
        for tenant, text, day in self._dated(kind):
            days = (day - self.now.date()).days if day else None
            if days is not None and days <= max(DUE_WITHIN):
                yield {**_short(tenant), "what": kind, "at": text, "days": days}

    def _unreadable(self, kind: str) -> list[Row]:
        return [{**_short(x), "field": DATES[kind], "value": text} for x, text, day in self._dated(kind) if not day]

    def _timeline(self) -> list[Row]:
        """The months from this one on; what comes after them is in the last row, whose month is null."""
        first = self.now.year * 12 + self.now.month - 1
        numbers = [
            (kind, day.year * 12 + day.month - 1 - first) for kind in DATES for _x, _y, day in self._dated(kind) if day
        ]
        counts = Counter((kind, min(number, MONTHS)) for kind, number in numbers)
        months = [f"{(first + n) // 12:04}-{(first + n) % 12 + 1:02}" for n in range(MONTHS)]
        return [
            {"month": month, **{kind: counts[kind, number] for kind in DATES}}
            for number, month in enumerate([*months, None])
        ]

    def _access(self) -> dict[str, int] | None:
        kinds = [f.answer["access"]["kind"] for f in self.findings.values() if f.answer.get("access")]
        return _counted(kinds) if kinds else None


def changes_since(previous: t.Mapping[str, t.Any], tenants: t.Iterable[Tenant]) -> Row:
    """What has happened to the list since a report: who appeared, who vanished, whose status is another."""
    before = {row["id"]: row for row in previous["tenants"]}
    now = {tenant.id: tenant for tenant in tenants}
    kept = [(row, now[key]) for key, row in before.items() if key in now]
    return {
        "since": previous["generated_at"],
        "appeared": [_short(tenant) for key, tenant in now.items() if key not in before],
        "vanished": [{name: row.get(name) for name in _SHORT} for key, row in before.items() if key not in now],
        "status": [
            {**_short(tenant), "before": row.get("status")}
            for row, tenant in kept
            if same_status(row.get("status") or "") != same_status(tenant.status or "")
        ],
    }


_SHORT = ("id", "name", "hostname", "region", "subscription_id", "status")


def _short(tenant: Tenant) -> Row:
    return {name: getattr(tenant, name) for name in _SHORT}


def _counted(values: t.Iterable[str | None]) -> dict[str, int]:
    counts = Counter(value or NONE for value in values)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _due_totals(rows: t.Sequence[Row]) -> Row:
    """How many are due within so many days from today, and how many were before today."""
    within = {str(most): sum(0 <= row["days"] <= most for row in rows) for most in DUE_WITHIN}
    return {"past": sum(row["days"] < 0 for row in rows), **within}
