# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API of a region's register host: the life of its tenants. Private to this collection.

Sources: https://qlik.dev/manage/platform-operations/create-a-tenant/, https://qlik.dev/manage/tenants/delete-tenants/.
"""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Request
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource

TENANTS = "/api/v1/tenants"
CONFIRM = "qlik-confirm-hostname"


class RegionApi:
    """Creates, deactivates and reactivates tenants. All methods raise ApiError, TransportError, AnswerError."""

    def __init__(self, tokens: TokenSource) -> None:
        self._tokens = tokens
        self._client = ApiClient(tokens)

    def prepare(self) -> None:
        """Have a token, so that a creation fails for nothing else than itself."""
        self._tokens.token()

    def create(self, license_key: str, datacenter: str | None) -> str:
        """The id of a new tenant. The request is never repeated once the service may have acted on it."""
        body = {"licenseKey": license_key, **({"datacenter": datacenter} if datacenter else {})}
        request = Request("POST", TENANTS, body=body, secrets=(license_key,))
        identity = self._client.document("Creating a tenant", request).get("id")
        if not isinstance(identity, str) or not identity:
            raise AnswerError(f"{self._client.host} answered the creation of a tenant without an id.")
        return identity

    def deactivate(self, tenant_id: str, confirmed: str, purge_after_days: int | None) -> str | None:
        """When the tenant is to be deleted, as the service writes it. Doing so again restarts the countdown."""
        body = {} if purge_after_days is None else {"purgeAfterDays": purge_after_days}
        answer = self._act("deactivate", tenant_id, confirmed, body)
        purge = answer.get("estimatedPurgeDate")
        return purge if isinstance(purge, str) else None

    def reactivate(self, tenant_id: str, confirmed: str) -> None:
        self._act("reactivate", tenant_id, confirmed, {})

    def _act(self, action: str, tenant_id: str, confirmed: str, body: dict[str, t.Any]) -> dict[str, t.Any]:
        path = f"{TENANTS}/{quote(tenant_id, safe='')}/actions/{action}"
        request = Request("POST", path, body=body, headers={CONFIRM: confirmed})
        return self._client.document(f"The call to {action} tenant {tenant_id}", request)
