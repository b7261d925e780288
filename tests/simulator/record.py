# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked and how it was answered. Holds no secret and no token, only a fingerprint of the token."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from .messages import Call

UNRECORDED = {"authorization", "proxy-authorization", "cookie"}
MASKED_FIELDS = {"licenseKey"}
MASK = "***"
LONGEST_TEXT = 100_000


@dataclass
class Entry:
    """`status` is 0 when the connection was cut before an answer."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    status: int
    connection: int
    token: str | None = None


class Record:
    """All requests in the order of their answers."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.copy())

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, position: int) -> Entry:
        return self._entries[position]

    def append(self, entry: Entry) -> None:
        self._entries.append(entry)

    def clear(self) -> None:
        self._entries.clear()

    def find(
        self,
        method: str | None = None,
        path: str | None = None,
        host: str | None = None,
        status: int | None = None,
    ) -> list[Entry]:
        """Entries that match; `path` and `host` may hold `*`."""
        return [
            entry
            for entry in self
            if (method is None or entry.method == method)
            and (path is None or fnmatchcase(entry.path, path))
            and (host is None or fnmatchcase(entry.host, host))
            and (status is None or entry.status == status)
        ]

    def count(
        self,
        method: str | None = None,
        path: str | None = None,
        host: str | None = None,
        status: int | None = None,
    ) -> int:
        return len(self.find(method, path, host, status))

    @property
    def connections(self) -> int:
        """How many connections carried the recorded requests."""
        return len({entry.connection for entry in self})

    def to_json(self) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in self]


def entry_of(call: Call, status: int) -> Entry:
    return Entry(
        method=call.method,
        host=call.host,
        path=call.path,
        query=dict(call.query),
        headers=recorded_headers(call.headers),
        body=recorded_body(call),
        status=status,
        connection=call.connection,
        token=fingerprint(call.headers.get("authorization", "")),
    )


def recorded_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in UNRECORDED}


def recorded_body(call: Call) -> Any:
    if not call.body or call.path.startswith("/oauth/"):
        return None
    try:
        return masked(json.loads(call.body))
    except (ValueError, RecursionError):
        pass
    if len(call.body) > LONGEST_TEXT:
        return f"<{len(call.body)} bytes>"
    return call.body.decode(errors="replace")


def masked(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    return {name: MASK if name in MASKED_FIELDS else value for name, value in body.items()}


def fingerprint(authorization: str) -> str | None:
    """The first twelve hexadecimal digits of the SHA-256 of a token."""
    token = authorization.partition(" ")[2].strip() or authorization
    return hashlib.sha256(token.encode()).hexdigest()[:12] if token else None
