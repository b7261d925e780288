# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each kind of fault does to a request or an answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from email.utils import formatdate
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from .errors import ApiError, error_body
from .faults import Fault
from .messages import Call, Reply
from .page_faults import PAGE_FAULTS
from .service import Service
from .sites import Sites, family_of_path

FOREIGN_HOST = "elsewhere.us.qlikcloud.com"
HTML = b"<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Something went wrong</h1></body></html>"
SHAPES: dict[str, Callable[[Any], Any]] = {
    "list": lambda body: [body],
    "string": lambda body: "ok",
    "number": lambda body: 42,
    "null": lambda body: None,
    "empty": lambda body: {},
    "rows": lambda body: {**body, "data": ["row", 1, None, ["x"]]},
    "data": lambda body: {**body, "data": {"id": "x"}},
}


class Playback:
    def __init__(self, service: Service, sites: Sites) -> None:
        self._service = service
        self._sites = sites
        self._instead: dict[str, Callable[[Fault, Call], Reply]] = {
            "status": self._status,
            "html": lambda fault, call: Reply(200, content=HTML, media_type="text/html"),
            "redirect": redirect,
            "echo_secret": self._echo_secret,
            "cut": lambda fault, call: Reply(0, delivery="cut"),
        }
        self._after: dict[str, Callable[[Fault, Reply], bool]] = {
            "lost": lose,
            "cut_body": lambda fault, reply: deliver(reply, "cut_body", 0.0),
            "drip": lambda fault, reply: deliver(reply, "drip", fault.seconds),
            "malformed": cut_short,
            "shape": reshape,
        }

    async def answer(self, call: Call) -> Reply:
        await self._delay(self._due(call, latency=True))
        due = self._due(call, latency=False)
        for fault in due:
            if fault.kind == "expire_tokens":
                fault.played += 1
                self._service.state.tokens.clear()
            elif fault.kind in self._instead:
                fault.played += 1
                return self._instead[fault.kind](fault, call)
        reply = self._sites.answer(call)
        for fault in due:
            fault.played += self._alter(fault, call, reply)
        return reply

    def _due(self, call: Call, latency: bool) -> list[Fault]:
        faults = [fault for fault in self._service.faults if (fault.kind == "latency") == latency]
        return [fault for fault in faults if fault.matches(call) and fault.is_due()]

    async def _delay(self, faults: list[Fault]) -> None:
        for fault in faults:
            fault.played += 1
        await asyncio.sleep(self._service.latency + sum(fault.seconds for fault in faults))

    def _alter(self, fault: Fault, call: Call, reply: Reply) -> bool:
        """Whether the fault found something to do."""
        if fault.kind in PAGE_FAULTS and reply.is_page:
            return PAGE_FAULTS[fault.kind](self._service, call, reply)
        return fault.kind in self._after and self._after[fault.kind](fault, reply)

    def _status(self, fault: Fault, call: Call) -> Reply:
        headers = {} if fault.retry_after is None else {"Retry-After": self._retry_after(str(fault.retry_after))}
        status = fault.status or 503
        if fault.body == "empty":
            return Reply(status, headers=headers)
        if fault.body == "html":
            return Reply(status, headers=headers, content=HTML, media_type="text/html")
        error = ApiError(status, fault.title or "Scripted fault", code=fault.code, headers=headers)
        return self._refusal(error, call, fault.body)

    def _retry_after(self, text: str) -> str:
        if not text.startswith("date:"):
            return text
        return formatdate(self._service.clock() + float(text[5:]), usegmt=True)

    def _refusal(self, error: ApiError, call: Call, family: str = "") -> Reply:
        trace = self._service.state.ids.trace()
        if family:
            return Reply(error.status, error_body(error, family, trace), error.headers)
        return self._sites.refusal(error, family_of_path(call.path), trace)

    def _echo_secret(self, fault: Fault, call: Call) -> Reply:
        sent = call.body.decode(errors="replace")
        detail = f"cannot accept {sent} with {call.headers.get('authorization', 'no Authorization')}"
        return self._refusal(ApiError(fault.status or 400, "Invalid request", detail=detail), call, fault.body)


def redirect(fault: Fault, call: Call) -> Reply:
    query = urlencode(call.query.multi_items())
    scheme, host = {"other": ("https", FOREIGN_HOST), "http": ("http", call.host)}.get(fault.to, ("https", call.host))
    target = urlunsplit((scheme, host, call.path, query, ""))
    location = fault.to if urlsplit(fault.to).scheme else target
    return Reply(fault.status or 302, headers={"Location": location})


def deliver(reply: Reply, delivery: str, seconds: float) -> bool:
    reply.delivery, reply.seconds = delivery, seconds
    return bool(reply.encoded())


def lose(fault: Fault, reply: Reply) -> bool:
    reply.status, reply.delivery = 0, "cut"
    return True


def cut_short(fault: Fault, reply: Reply) -> bool:
    text = reply.encoded()
    reply.content = text[: len(text) // 2]
    return bool(text)


def reshape(fault: Fault, reply: Reply) -> bool:
    if reply.status >= 300 or not isinstance(reply.body, dict):
        return False
    reply.content = json.dumps(SHAPES[fault.shape](reply.body)).encode()
    return True
