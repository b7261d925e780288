# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTPS proxy: the one way in. It opens tunnels to hosts of the service and to nothing else."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, QueryParams

from .messages import Call
from .record import Record, entry_of
from .regions import is_service_host

HEAD_LIMIT = 65_536
CHUNK = 262_144


@dataclass
class Tunnel:
    number: int
    client: asyncio.StreamWriter
    server: asyncio.StreamWriter

    def abort(self) -> None:
        for writer in (self.client, self.server):
            writer.transport.abort()


class Proxy:
    def __init__(self, record: Record, server_port: int) -> None:
        self._record = record
        self._server_port = server_port
        self._tunnels: dict[int, Tunnel] = {}
        self._connections = 0
        self._handlers: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}

    def connection_of(self, port: int) -> int:
        """The number of the tunnel that reaches the server from this port; 0 when there is none."""
        tunnel = self._tunnels.get(port)
        return tunnel.number if tunnel else 0

    def abort(self, port: int) -> None:
        if port in self._tunnels:
            self._tunnels[port].abort()

    async def close(self) -> None:
        """Drops all connections and lets their handlers see it."""
        for tunnel in list(self._tunnels.values()):
            tunnel.abort()
        for writer in list(self._handlers.values()):
            writer.transport.abort()
        if self._handlers:
            await asyncio.wait(list(self._handlers), timeout=0.5)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        task = asyncio.current_task()
        if task:
            self._handlers[task] = writer
            task.add_done_callback(self._handlers.pop)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await self._serve(head.decode("latin-1"), self._connections, reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            with suppress(OSError, RuntimeError):
                writer.close()

    async def _serve(self, head: str, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, _unused, rest = head.partition("\r\n")[0].partition(" ")
        target = rest.partition(" ")[0]
        if method == "CONNECT" and opens(target):
            await self._tunnel(number, reader, writer)
        elif (method, target) == ("GET", "/record"):
            await answer(writer, "200 OK", json.dumps(self._record.to_json()), "application/json")
        elif (method, target) == ("POST", "/reset-record"):
            self._record.clear()
            await answer(writer, "204 No Content")
        else:
            self._record_refusal(method, target, number)
            await answer(writer, "403 Forbidden", f"This proxy does not open {target[:200]}.\n")

    async def _tunnel(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server = await asyncio.open_connection("127.0.0.1", self._server_port)
        port = server.get_extra_info("sockname")[1]
        self._tunnels[port] = Tunnel(number, writer, server)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(pipe(reader, writer, server), pipe(server_reader, server, writer))
        finally:
            self._tunnels.pop(port).abort()

    def _record_refusal(self, method: str, target: str, number: int) -> None:
        host = target.rpartition(":")[0] if method == "CONNECT" else target
        call = Call(method, host.lower(), "", QueryParams(), Headers({}), b"", number)
        self._record.append(entry_of(call, 403))


def opens(target: str) -> bool:
    host, _unused, port = target.rpartition(":")
    return port == "443" and is_service_host(host)


def acknowledge(sender: asyncio.StreamWriter) -> None:
    """At once: urllib3 leaves Nagle's algorithm on towards proxies, and a late ACK holds back a body for 40 ms."""
    connection = sender.get_extra_info("socket")
    if hasattr(socket, "TCP_QUICKACK"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


async def pipe(reader: asyncio.StreamReader, sender: asyncio.StreamWriter, writer: asyncio.StreamWriter) -> None:
    """Passes bytes on until the sender ends, then tells the receiver so."""
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            acknowledge(sender)
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def answer(writer: asyncio.StreamWriter, status: str, text: str = "", media_type: str = "text/plain") -> None:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode("latin-1") + body)
    await writer.drain()
