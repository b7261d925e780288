# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request as handlers see it, and one answer as they give it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers, QueryParams

from .errors import ApiError
from .models import Tenant, Token

if TYPE_CHECKING:
    from .paging import CursorStyle, Pager


@dataclass
class Call:
    method: str
    host: str
    path: str
    query: QueryParams
    headers: Headers
    body: bytes
    connection: int
    params: dict[str, Any] = field(default_factory=dict)
    tenant: Tenant | None = None
    token: Token | None = None

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise ApiError(400, "The body is not well-formed JSON") from None

    @property
    def bearer(self) -> str:
        scheme, _unused, value = self.headers.get("authorization", "").partition(" ")
        return value.strip() if scheme.lower() == "bearer" else ""

    @property
    def caller(self) -> Token:
        if self.token is None:
            raise ApiError(401, "Unauthorized")
        return self.token


@dataclass
class Reply:
    """`content` takes the place of the JSON body; `delivery` says how the bytes travel."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    media_type: str = "application/json"
    delivery: str = "whole"
    seconds: float = 0.0
    row_before: dict[str, Any] | None = None
    pager: Pager[Any] | None = None
    style: CursorStyle | None = None

    @property
    def is_page(self) -> bool:
        body = self.body if self.status == 200 and isinstance(self.body, dict) else {}
        return isinstance(body.get("links"), dict) and isinstance(body.get("data"), list)

    def encoded(self) -> bytes:
        if self.content is not None:
            return self.content
        return b"" if self.body is None else encode_json(self.body)


def encode_json(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
