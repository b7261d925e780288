# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import threading

import uvicorn
from starlette.types import ASGIApp

from simulator.server import QUIET, end, listen
from simulator.simulator import cancel_all

START_TIMEOUT, STOP_TIMEOUT = 30.0, 10.0


class Server:
    """Plain HTTP on a port of loopback."""

    def __init__(self, application: ASGIApp) -> None:
        for name in ("uvicorn", "uvicorn.error"):
            logging.getLogger(name).setLevel(QUIET)
        options = {"log_config": None, "access_log": False, "lifespan": "off", "ws": "none", "server_header": False}
        self._web = uvicorn.Server(uvicorn.Config(application, timeout_keep_alive=300, **options))  # type: ignore[arg-type]
        self._socket = listen(0)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self.port: int = self._socket.getsockname()[1]

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="controller", daemon=True)
        self._thread.start()
        if not self._ready.wait(START_TIMEOUT) or not self._web.started:
            raise RuntimeError("the controller did not start")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_TIMEOUT)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            cancel_all(self._loop)
            self._loop.close()
            self._ready.set()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        serving = asyncio.create_task(self._web.serve(sockets=[self._socket]))
        try:
            while not self._web.started and not serving.done():
                await asyncio.sleep(0.002)
            self._ready.set()
            await self._stop.wait()
        finally:
            await end(self._web, serving)
