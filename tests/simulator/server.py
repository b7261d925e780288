# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxy and TLS server, run together on one event loop."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn

from .application import Application
from .proxy import HEAD_LIMIT, Proxy
from .service import Service

QUIET = logging.CRITICAL + 1


class Servers:
    def __init__(self, service: Service, certificate: Path, proxy_port: int) -> None:
        self._service = service
        self._certificate = certificate
        self._proxy_socket = listen(proxy_port)
        self._server_socket = listen(0)
        self._stop = asyncio.Event()
        self.proxy_port: int = self._proxy_socket.getsockname()[1]

    def stop(self) -> None:
        self._stop.set()

    async def serve(self, ready: Callable[[], None]) -> None:
        """Returns after `stop`, with every connection closed."""
        proxy = Proxy(self._service.record, self._server_socket.getsockname()[1])
        web = self._web_server(Application(self._service, proxy.connection_of, proxy.abort))
        serving = asyncio.create_task(web.serve(sockets=[self._server_socket]))
        front = await asyncio.start_server(proxy.accept, sock=self._proxy_socket, limit=HEAD_LIMIT)
        try:
            while not web.started and not serving.done():
                await asyncio.sleep(0.002)
            ready()
            await self._stop.wait()
        finally:
            front.close()
            await proxy.close()
            await end(web, serving)

    def _web_server(self, application: Application) -> uvicorn.Server:
        logging.getLogger("uvicorn").setLevel(QUIET)
        logging.getLogger("uvicorn.error").setLevel(QUIET)
        config = uvicorn.Config(
            application,
            ssl_certfile=self._certificate,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_keep_alive=300,
        )
        return uvicorn.Server(config)


async def end(web: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    """Without the pauses of an orderly shutdown: all connections are gone already."""
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
    for server in getattr(web, "servers", ()):
        server.close()


def listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener
