# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals, and the body each family of endpoints gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FAMILY_A, FAMILY_B, FAMILY_C, FAMILY_E, FAMILY_RFC = "A", "B", "C", "E", "rfc"


class ApiError(Exception):
    """A refusal with its HTTP status."""

    def __init__(
        self,
        status: int,
        title: str,
        *,
        code: str = "",
        detail: str = "",
        parameter: str = "",
        meta: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.code = code or f"HTTP-{status}"
        self.detail = detail
        self.parameter = parameter
        self.meta = meta
        self.headers = dict(headers or {})


def error_body(error: ApiError, family: str, trace_id: str) -> dict[str, Any]:
    if family == FAMILY_RFC:
        return {"error": error.code, "error_description": error.detail or error.title}
    row: dict[str, Any] = {"code": error.code, "title": error.title}
    if error.detail:
        row["detail"] = error.detail
    if family == FAMILY_B:
        return {"errors": [row]}
    if family == FAMILY_C:
        return {"errors": [row], "error": error.code, "message": error.title}
    row["status"] = str(error.status)
    if error.meta is not None:
        row["meta"] = error.meta
    if family == FAMILY_E:
        return {"errors": [row]}
    if error.parameter:
        row["source"] = {"parameter": error.parameter}
    return {"errors": [row], "traceId": trace_id}
