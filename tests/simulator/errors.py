# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals, and the body each family of endpoints gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FAMILY_A, FAMILY_B, FAMILY_E, FAMILY_RFC = "A", "B", "E", "rfc"


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
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.code = code or f"HTTP-{status}"
        self.detail = detail
        self.parameter = parameter
        self.headers = dict(headers or {})


def error_body(error: ApiError, family: str, trace_id: str) -> dict[str, Any]:
    if family == FAMILY_RFC:
        return {"error": error.code, "error_description": error.detail or error.title}
    row: dict[str, Any] = {"code": error.code, "title": error.title}
    if error.detail:
        row["detail"] = error.detail
    if family == FAMILY_B:
        return {"errors": [row]}
    row["status"] = str(error.status)
    if family == FAMILY_E:
        return {"errors": [row]}
    if error.parameter:
        row["source"] = {"parameter": error.parameter}
    return {"errors": [row], "traceId": trace_id}
