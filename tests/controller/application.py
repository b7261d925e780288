# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application: who may ask, and how answers travel."""

from __future__ import annotations

import base64
import json
import secrets
import traceback
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .api import VERSION, Api, Call, Reply
from .errors import ApiError, broken, malformed, not_allowed, not_found
from .state import State

PREFIX = "/api/v2/"
USERNAME, PASSWORD = "admin", "invented-password"
LOGIN = "To establish a login session, visit /api/login/."
HEADERS = {"X-API-Product-Name": "AWX", "X-API-Product-Version": VERSION}


@dataclass(frozen=True)
class Asked:
    """A request as tests look at it."""

    method: str
    path: str
    body: Any
    status: int


class Application:
    def __init__(self, state: State) -> None:
        self._state = state
        self._api = Api(state)
        self.requests: list[Asked] = []
        self.changes_left: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        text = (await request.body()).decode()
        status, body = self._answer(request, text)
        self.requests.append(Asked(request.method, request.url.path, loaded(text), status))
        await response(status, body)(scope, receive, send)

    def _answer(self, request: Request, text: str) -> Reply:
        try:
            return self._route(request, text)
        except ApiError as error:
            return error.status, error.body
        except Exception:
            traceback.print_exc()
            return broken().status, broken().body

    def _route(self, request: Request, text: str) -> Reply:
        path = request.url.path
        if not path.startswith(PREFIX) or not path.endswith("/"):
            raise not_found()
        parts = path.removeprefix(PREFIX).strip("/").split("/")
        if parts != ["ping"]:
            self._admit(request.headers.get("authorization", ""))
        self._demand_room(request.method)
        if parts[0] == "tokens":
            return self._token(request.method, parts[1:])
        body = loaded(text) if text else {}
        if body is None:
            raise malformed("JSON parse error - no JSON")
        return self._api.answer(Call(request.method, path, request.query_params.multi_items(), body), parts)

    def _admit(self, authorization: str) -> None:
        scheme, _unused, value = authorization.partition(" ")
        basic = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        if (scheme, value) == ("Basic", basic) or (scheme == "Bearer" and value in self._state.tokens.values()):
            return
        told = "Invalid username/password. " if scheme == "Basic" else "Authentication credentials were not provided. "
        raise ApiError(401, {"detail": told + LOGIN})

    def _demand_room(self, method: str) -> None:
        """Fail when the changes are used up that a test lets through."""
        if method in ("GET", "HEAD") or self.changes_left is None:
            return
        if not self.changes_left:
            raise ApiError(503, {"detail": "The service is unavailable."})
        self.changes_left -= 1

    def _token(self, method: str, parts: list[str]) -> Reply:
        tokens = self._state.tokens
        if not parts and method == "POST":
            number = max(tokens) + 1
            tokens[number] = secrets.token_hex(15)
            return 201, {"id": number, "type": "o_auth2_access_token", "token": tokens[number], "scope": "write"}
        if not parts or method != "DELETE":
            raise not_allowed(method)
        if not parts[0].isdigit() or tokens.pop(int(parts[0]), None) is None:
            raise not_found()
        return 204, None


def loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def response(status: int, body: Any) -> Response:
    if isinstance(body, str):
        return Response(body, status, HEADERS, "text/html")
    return Response(b"" if body is None else json.dumps(body), status, HEADERS, "application/json")
