# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application behind the proxy: every host of the service."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from .delivery import Delivery
from .messages import Call
from .playback import Playback
from .record import entry_of
from .service import Service
from .sites import Sites


class Application:
    """`connection_of` turns the port a request comes from into a connection number, `abort` drops it."""

    def __init__(self, service: Service, connection_of: Callable[[int], int], abort: Callable[[int], None]) -> None:
        self._service = service
        self._playback = Playback(service, Sites(service))
        self._connection_of = connection_of
        self._abort = abort

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        port = request.client.port if request.client else 0
        try:
            call = await self._read(request, port)
            reply = await self._playback.answer(call)
        except ClientDisconnect:
            return
        except Exception:
            traceback.print_exc()
            raise
        self._service.record.append(entry_of(call, reply.status))
        if reply.delivery == "cut":
            self._abort(port)
        else:
            await Delivery(send).deliver(call, reply)

    async def _read(self, request: Request, port: int) -> Call:
        return Call(
            method=request.method,
            host=request.headers.get("host", "").partition(":")[0].lower(),
            path=request.scope["path"],
            query=request.query_params,
            headers=request.headers,
            body=await request.body(),
            connection=self._connection_of(port),
        )
