# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tokens that live in a tenant.

Source: https://qlik.dev/apis/rest/oauth-tokens/.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import ApiError
from .listing import Listing, page_reply, restored
from .messages import Call, Reply
from .models import Token
from .paging import OVERRIDING_PAGE
from .routing import Endpoint
from .selection import order
from .service import Service
from .tenant_row import tenant_of
from .timestamps import write_timestamp

PATH = "/api/v1/oauth-tokens"
SORT_KEYS: dict[str, Callable[[Token], Any]] = {
    "userId": lambda token: token.user_id or "",
    "lastUsed": lambda token: token.used_at or 0.0,
}


class TenantTokens:
    def __init__(self, service: Service) -> None:
        self._service = service

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("GET", PATH, self.list_all),
            Endpoint("DELETE", PATH + "/{token_id}", self.delete, 2),
        ]

    def list_all(self, call: Call) -> Reply:
        pager = self._service.pager(tenant_of(call), "oauth-tokens")
        call = restored(call, pager, OVERRIDING_PAGE)
        user_id, sort = call.query.get("userId"), call.query.get("sort")
        tokens = self._alive(call)
        chosen = [token for token in tokens if user_id in (None, token.user_id)]
        listing = Listing(
            pager=pager,
            base=f"https://{call.host}{PATH}",
            key=repr((user_id, sort)),
            stored=len(tokens),
            build=lambda: order(chosen, sort, SORT_KEYS),
            render=token_row,
            style=OVERRIDING_PAGE,
        )
        return page_reply(self._service, call, listing)

    def delete(self, call: Call) -> Reply:
        for token in self._alive(call):
            if token.id == call.params["token_id"]:
                del self._service.state.tokens[token.value]
                return Reply(204)
        raise ApiError(404, "Not found", detail="there is no such token")

    def _alive(self, call: Call) -> list[Token]:
        tenant, now = tenant_of(call), self._service.clock()
        tokens = list(self._service.state.tokens.values())
        return [token for token in tokens if token.tenant_id == tenant.id and token.expires_at > now]


def token_row(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "tenantId": token.tenant_id,
        "userId": token.user_id,
        "clientId": token.client_id,
        "description": "",
        "deviceType": "machine",
        "lastUsed": write_timestamp(token.used_at) if token.used_at else "",
    }
