# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes of an answer on their way: whole, in drips, or cut."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from starlette.types import Send

from .messages import Call, Reply

PIECES = 20


class Delivery:
    def __init__(self, send: Send) -> None:
        self._send = send

    async def deliver(self, call: Call, reply: Reply) -> None:
        content = reply.encoded()
        await self._send(
            {"type": "http.response.start", "status": reply.status, "headers": header_rows(reply, content)}
        )
        if reply.delivery == "cut_body":
            await self._body(content[: len(content) // 2], more=True)
        elif reply.delivery == "drip":
            await self._drip(content, reply.seconds)
        else:
            await self._body(content, more=False)

    async def _drip(self, content: bytes, seconds: float) -> None:
        for piece in pieces(content):
            await asyncio.sleep(seconds / PIECES)
            await self._body(piece, more=True)
        await self._body(b"", more=False)

    async def _body(self, content: bytes, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": content, "more_body": more})


def pieces(content: bytes) -> Iterator[bytes]:
    size = max(1, -(-len(content) // PIECES))
    return (content[start : start + size] for start in range(0, len(content), size))


def header_rows(reply: Reply, content: bytes) -> list[tuple[bytes, bytes]]:
    headers = {**reply.headers}
    if reply.status not in (204, 304):
        headers["Content-Length"] = str(len(content))
    if content:
        headers["Content-Type"] = reply.media_type
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
