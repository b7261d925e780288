# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The organization API: the tenants endpoints of the console. Private to this collection.

Source: https://qlik.dev/apis/org-rest/core/tenants/.
"""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass
from urllib.parse import quote

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    IncompleteListError,
    NotFoundError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Query, Request
from ansible_collections.qlikops.cloud.plugins.module_utils._paging import Page, walk, whole_number
from ansible_collections.qlikops.cloud.plugins.module_utils._scim import equal
from ansible_collections.qlikops.cloud.plugins.module_utils._side_by_side import side_by_side
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant

CONSOLE_URL = "https://console.qlikcloud.com"
TENANTS = "/api/core/tenants"
PAGE_SIZE = 100
WALKS = 2  # a tenant created or removed during a walk can make it miss one

Progress = t.Callable[[int, "int | None"], None]
Asking = t.Callable[[Query], Request]


@dataclass(frozen=True)
class TenantList:
    """A complete list; total is what the service says it should hold, None when it does not tell."""

    tenants: tuple[Tenant, ...]
    total: int | None

    @classmethod
    def joined(cls, parts: t.Sequence[TenantList]) -> TenantList:
        tenants = {tenant.id: tenant for part in parts for tenant in part.tenants}
        return cls(tuple(tenants.values()), _sum(part.total for part in parts))


@dataclass(frozen=True)
class _Walk:
    """What one walk brought, and all totals it was told; two of them mean that the list changed meanwhile."""

    tenants: tuple[Tenant, ...]
    totals: frozenset[int]

    @property
    def is_complete(self) -> bool:
        return self.totals <= {len(self.tenants)}


class OrganizationApi:
    """Reads the tenants of one organization. All methods raise ApiError, TransportError, AnswerError."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    def tenants(
        self, scim_filter: str | None = None, progress: Progress | None = None, what: str = "tenants"
    ) -> TenantList:
        """Every tenant, or those that a filter of RFC 7644 selects. Raises IncompleteListError rather than give a part.

        progress is called after each page with the number of tenants so far and, where known, of how many; what names
        them in errors.
        """
        query = (("filter", scim_filter),) if scim_filter else ()
        return self._complete(what, lambda page: Request("GET", TENANTS, query=page, repeatable=True), query, progress)

    def tenants_of(self, subscriptions: t.Collection[str], progress: Progress | None = None) -> TenantList:
        """Every tenant of these subscriptions, which are listed side by side; the first failure ends all.

        It is raised when the requests under way have ended, at the latest by their time-out. The service refuses a
        subscription of another organization.
        """
        self._client.prepare()  # one token serves all
        tally = _Tally(subscriptions, progress)

        def listed(subscription: str) -> TenantList:
            what = f"tenants of subscription {subscription}"
            return self.tenants(equal("subscriptionId", subscription), tally.of(subscription), what)

        return TenantList.joined(side_by_side(listed, subscriptions, self.stop))

    def stop(self) -> None:
        """End what other threads wait for, and send nothing any more."""
        self._client.stop()

    def filtered(self, scim_filter: str | None = None, progress: Progress | None = None) -> TenantList:
        """The same through the call that takes the filter in its body, for filters too long for a URL."""
        path, body = f"{TENANTS}/actions/filter", {"filter": scim_filter} if scim_filter else {}
        return self._complete(
            "tenants", lambda page: Request("POST", path, query=page, body=body, repeatable=True), (), progress
        )

    def tenant(self, tenant_id: str) -> Tenant:
        """One tenant. Raises NotFoundError also for an empty answer."""
        path = f"{TENANTS}/{quote(tenant_id, safe='', errors='replace')}"
        document = self._client.document(f"Reading tenant {tenant_id}", Request("GET", path, repeatable=True))
        # described as one tenant, but specified as a list
        rows = document["data"] if isinstance(document.get("data"), list) else [document]
        if not rows:
            raise NotFoundError(f"{self._client.host} knows no tenant {tenant_id}.", host=self._client.host, status=404)
        if not isinstance(rows[0], dict) or rows[0].get("id") != tenant_id:
            raise AnswerError(f"{self._client.host} answered with another tenant than {tenant_id}.")
        return Tenant.from_api(rows[0])

    def count(self, scim_filter: str) -> int:
        """The number of tenants that a filter selects; the service requires one."""
        request = Request("GET", f"{TENANTS}/actions/count", query=(("filter", scim_filter),), repeatable=True)
        total = whole_number(self._client.document("Counting tenants", request).get("total"))
        if total is None:
            raise AnswerError(f"{self._client.host} answered the count of tenants without a total.")
        return total

    def _complete(self, what: str, asking: Asking, query: Query, progress: Progress | None) -> TenantList:
        for _walk in range(WALKS):
            found = self._walk(what, asking, query, progress)
            if found.is_complete:
                return TenantList(found.tenants, max(found.totals, default=None))
        announced = " and then ".join(map(str, sorted(found.totals)))
        raise IncompleteListError(
            f"{self._client.host} announced {announced} {what} but listed {len(found.tenants)}, {WALKS} times over; "
            "the list is not used, since tenants may be missing. Run again when none are being created or removed."
        )

    def _walk(self, what: str, asking: Asking, query: Query, progress: Progress | None) -> _Walk:
        def fetch(page: Query) -> Page:
            return Page.from_document(self._client.document(f"Listing {what}", asking(page)), what)

        first = (*query, ("limit", str(PAGE_SIZE)), ("totalResults", "true"))
        tenants: dict[str, Tenant] = {}
        totals: set[int] = set()
        for page in walk(fetch, first, what, lambda row: row.get("id")):
            tenants.update((tenant.id, tenant) for tenant in map(Tenant.from_api, page.rows))
            totals |= set() if page.total is None else {page.total}
            if progress:
                progress(len(tenants), page.total or max(totals, default=None))
        return _Walk(tuple(tenants.values()), frozenset(totals))


class _Tally:
    """Adds up how far lists have come that are made side by side."""

    def __init__(self, names: t.Iterable[str], progress: Progress | None) -> None:
        self._progress = progress
        self._parts: dict[str, tuple[int, int | None]] = dict.fromkeys(names, (0, None))
        self._lock = threading.Lock()

    def of(self, name: str) -> Progress:
        """What one of them tells its progress."""

        def note(so_far: int, total: int | None) -> None:
            with self._lock:
                self._parts[name] = (so_far, total)
                if self._progress:
                    self._progress(
                        sum(part[0] for part in self._parts.values()), _sum(p[1] for p in self._parts.values())
                    )

        return note


def _sum(numbers: t.Iterable[int | None]) -> int | None:
    """None when one of them is not known."""
    known = list(numbers)
    return None if None in known else sum(filter(None, known))
