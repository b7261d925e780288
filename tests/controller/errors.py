# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals in the shape of the controller."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal with its HTTP status and body."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def invalid(field: str, *messages: str) -> ApiError:
    return ApiError(400, {field: list(messages)})


def malformed(detail: str) -> ApiError:
    return ApiError(400, {"detail": detail})


def forbidden(detail: str) -> ApiError:
    return ApiError(403, {"detail": detail})


def not_found(detail: str = "Not found.") -> ApiError:
    return ApiError(404, {"detail": detail})


def not_allowed(method: str) -> ApiError:
    return ApiError(405, {"detail": f'Method "{method}" not allowed.'})


def broken() -> ApiError:
    """What comes of an exception that the controller does not catch."""
    return ApiError(500, "<h1>Server Error (500)</h1>")
