# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API of one tenant, as far as this collection uses it by itself. Private to this collection.

Sources: https://qlik.dev/apis/rest/users/, https://qlik.dev/apis/rest/tenants/, https://qlik.dev/apis/rest/licenses/.
"""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from ansible_collections.qlikops.cloud.plugins.module_utils._all_pages import send_for_all
from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError, WrongTenantError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Request

USERS = "/api/v1/users"
LICENSES = "/api/v1/licenses"
ALL = (("limit", "100"), ("totalResults", "true"))


class TenantApi:
    """Reads and configures one tenant. All methods raise ApiError, TransportError, AnswerError."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    def me(self) -> dict[str, t.Any]:
        """The user that the token stands for: id, tenantId, name, subject, clientId, roles."""
        return self._client.document("Asking who we are", Request("GET", f"{USERS}/me", repeatable=True))

    def bots(self) -> list[dict[str, t.Any]]:
        """The users that OAuth clients have made, known by their clientId."""
        rows = self._rows(Request("GET", USERS, ALL, repeatable=True), "its users")
        return [row for row in rows if row.get("clientId")]

    def identity(self, expected: str | None, advice: str = "") -> tuple[str, dict[str, t.Any]]:
        """Which tenant answers, and who we are there. Raises WrongTenantError, with the advice, for another one."""
        me = self.me()
        found = me.get("tenantId")
        if not isinstance(found, str) or not found:
            raise AnswerError(f"{self._client.host} does not tell which tenant it is.")
        if expected and found != expected:
            raise WrongTenantError(
                f"{self._client.host} is the tenant {found}, not {expected}: the host name has moved{advice}."
            )
        return found, me

    def license_overview(self) -> dict[str, t.Any]:
        """The entitlement with what is used of it; its licenseKey is a secret."""
        return self._client.document("Reading the licence", Request("GET", f"{LICENSES}/overview", repeatable=True))

    def license_consumption(self, since: str) -> list[dict[str, t.Any]]:
        """What has been consumed since a point in time. Only endTime is documented of a row."""
        query = (("filter", f'endTime ge "{since}"'), ("limit", "200"))
        request = Request("GET", f"{LICENSES}/consumption", query, repeatable=True)
        return self._rows(request, "the consumption of its licence")

    def license_key(self) -> str:
        """The signed key of the entitlement, a secret."""
        key = self.license_overview().get("licenseKey")
        if not isinstance(key, str) or not key:
            raise AnswerError(f"{self._client.host} answered without a licence key.")
        return key

    def configure(self, tenant_id: str, values: t.Mapping[str, t.Any]) -> None:
        """Set values by their JSON path, such as /name and /hostnames/1."""
        changes = [{"op": "replace", "path": path, "value": value} for path, value in values.items()]
        path = f"/api/v1/tenants/{quote(tenant_id, safe='')}"
        # values are set, not added to, so the request may be repeated
        self._client.call("Configuring the tenant", Request("PATCH", path, body=changes, repeatable=True))

    def _rows(self, request: Request, what: str) -> list[dict[str, t.Any]]:
        document = send_for_all(self._client, request).document
        rows = document.get("data") if isinstance(document, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise AnswerError(f"{self._client.host} listed {what} in an unexpected shape.")
        return rows
