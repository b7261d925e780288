# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which handler answers a method and path, and under which rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from re import Pattern
from typing import Any

from starlette.convertors import Convertor
from starlette.routing import compile_path

from .errors import FAMILY_A, ApiError
from .messages import Call, Reply

Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Endpoint:
    """`area` names the API (readings C18 and C28 single some out); an `open` endpoint wants no token."""

    method: str
    path: str
    handler: Handler
    tier: int = 1
    family: str = FAMILY_A
    area: str = ""
    open: bool = False


class Routes:
    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._rows: list[tuple[Pattern[str], dict[str, Convertor[Any]], Endpoint]] = []
        for endpoint in endpoints:
            pattern, _unused, convertors = compile_path(endpoint.path)
            self._rows.append((pattern, convertors, endpoint))

    def find(self, method: str, path: str) -> tuple[Endpoint, dict[str, Any]]:
        allowed: list[str] = []
        for pattern, convertors, endpoint in self._rows:
            match = pattern.match(path)
            if match and endpoint.method == method:
                return endpoint, {name: convertors[name].convert(text) for name, text in match.groupdict().items()}
            if match:
                allowed.append(endpoint.method)
        if allowed:
            raise ApiError(405, "Method not allowed", headers={"Allow": ", ".join(allowed)})
        raise ApiError(404, "Not found")
