# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The organization API: the tenants endpoints of the console. Private to this collection.

Source: https://qlik.dev/apis/org-rest/core/tenants/.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from urllib.parse import quote

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    IncompleteListError,
    NotFoundError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Query, Request
from ansible_collections.qlikops.cloud.plugins.module_utils._paging import Page, walk, whole_number
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant

CONSOLE_URL = "https://console.qlikcloud.com"
TENANTS = "/api/core/tenants"
PAGE_SIZE = 100
WALKS = 2  # a tenant created or removed during a walk can make it miss one

Progress = t.Callable[[int, "int | None"], None]


@dataclass(frozen=True)
class TenantList:
    """A complete list; total is what the service says it should hold, None when it does not tell."""

    tenants: tuple[Tenant, ...]
    total: int | None


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

    def tenants(self, scim_filter: str | None = None, progress: Progress | None = None) -> TenantList:
        """Every tenant, or those that a filter of RFC 7644 selects. Raises IncompleteListError rather than give a part.

        progress is called after each page with the number of tenants so far and, where known, of how many.
        """
        query = (("filter", scim_filter),) if scim_filter else ()
        return self._complete(lambda page: Request("GET", TENANTS, query=page, repeatable=True), query, progress)

    def filtered(self, scim_filter: str | None = None, progress: Progress | None = None) -> TenantList:
        """The same through the call that takes the filter in its body, for filters too long for a URL."""
        path, body = f"{TENANTS}/actions/filter", {"filter": scim_filter} if scim_filter else {}
        return self._complete(lambda page: Request("POST", path, query=page, body=body, repeatable=True), (), progress)

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

    def _complete(self, request: t.Callable[[Query], Request], query: Query, progress: Progress | None) -> TenantList:
        for _walk in range(WALKS):
            found = self._walk(request, query, progress)
            if found.is_complete:
                return TenantList(found.tenants, max(found.totals, default=None))
        announced = " and then ".join(map(str, sorted(found.totals)))
        raise IncompleteListError(
            f"{self._client.host} announced {announced} tenants but listed {len(found.tenants)}, {WALKS} times over; "
            "the list is not used, since tenants may be missing. Run again when none are being created or removed."
        )

    def _walk(self, request: t.Callable[[Query], Request], query: Query, progress: Progress | None) -> _Walk:
        def fetch(page: Query) -> Page:
            return Page.from_document(self._client.document("Listing tenants", request(page)), "tenants")

        first = (*query, ("limit", str(PAGE_SIZE)), ("totalResults", "true"))
        tenants: dict[str, Tenant] = {}
        totals: set[int] = set()
        for page in walk(fetch, first, "tenants", lambda row: row.get("id")):
            tenants.update((tenant.id, tenant) for tenant in map(Tenant.from_api, page.rows))
            totals |= set() if page.total is None else {page.total}
            if progress:
                progress(len(tenants), page.total or max(totals, default=None))
        return _Walk(tuple(tenants.values()), frozenset(totals))
