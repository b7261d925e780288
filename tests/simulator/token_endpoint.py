# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""POST /oauth/token on the console, on register hosts and on tenant hosts.

Source: https://qlik.dev/apis/rest/oauth/.
"""

from __future__ import annotations

import base64
import secrets
from typing import Any
from urllib.parse import parse_qsl

from .assertions import check_assertion
from .errors import FAMILY_E, ApiError
from .messages import Call, Reply
from .models import ORGANIZATION, REGION, TENANT, Client, Tenant, Token
from .regions import CONSOLE_HOST, DOMAIN, region_of_host
from .routing import Endpoint
from .service import Service
from .timestamps import write_timestamp

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONG_LIFE, SHORT_LIFE = 21_600, 3_600


class TokenEndpoint:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._readings = service.readings

    def endpoints(self) -> list[Endpoint]:
        return [Endpoint("POST", "/oauth/token", self.grant, 2, FAMILY_E, "token", open=True)]

    def grant(self, call: Call) -> Reply:
        form = read_form(call)
        if form.get("grant_type") != "client_credentials":
            raise ApiError(400, "Unsupported grant type", code="unsupported_grant_type")
        if not form.get("client_id"):
            raise ApiError(400, "client_id is required", code="invalid_request")
        self._check_proofs(form)
        client = self._service.state.clients.get(form["client_id"])
        if client is None or client.disable_tag:
            raise refused()
        self._count(client, call)
        self._authenticate(client, form, self._audience(call))
        self._check_reach(client, call)
        return self._answer(self._issue(client, call, requested_scope(client, form)), client)

    def _check_proofs(self, form: dict[str, str]) -> None:
        has_secret, has_assertion = bool(form.get("client_secret")), bool(form.get("client_assertion"))
        if has_assertion and form.get("client_assertion_type") != ASSERTION_TYPE:
            raise ApiError(400, "Unsupported assertion type", code="unsupported_client_assertion_type")
        if self._readings.a("C15") and not has_secret:
            raise ApiError(400, "client_secret is required", code="invalid_request")
        if self._readings.b("C15") and has_secret == has_assertion:
            raise ApiError(400, "Exactly one of client_secret and client_assertion is required", code="invalid_request")

    def _count(self, client: Client, call: Call) -> None:
        tenant = call.tenant
        users = self._service.state.users_of(tenant) if tenant else None
        self._service.limiter.admit(tenant.id if tenant else call.host, client.client_id, 2, users)

    def _authenticate(self, client: Client, form: dict[str, str], audience: str) -> None:
        assertion, now = form.get("client_assertion"), self._service.clock()
        if "client_credentials" not in client.grant_types:
            raise ApiError(401, "Unauthorized", code="unauthorized_client")
        if ("private_key_jwt" if assertion else "client_secret") not in client.auth_methods:
            raise ApiError(401, "Unauthorized", code="unauthorized_client")
        if assertion:
            check_assertion(assertion, client, audience, self._readings, now, self._service.spent_assertions)
        elif not client.is_opened_by(form["client_secret"], now):
            raise refused()

    def _audience(self, call: Call) -> str:
        if call.tenant and self._readings.a("C16"):
            return f"https://{call.host.partition('.')[0]}.{DOMAIN}/oauth/token"
        return f"https://{call.host}/oauth/token"

    def _check_reach(self, client: Client, call: Call) -> None:
        """Which levels a host is for, and whether this client's part of the service holds it."""
        if client.level not in levels_of(call):
            raise ApiError(403, "Forbidden", detail="This client is of another level")
        if not holds(client, call):
            raise refused()
        if client.level != ORGANIZATION and client.consent_method != "trusted":
            raise ApiError(401, "Unauthorized", code="unauthorized_client", detail="The client is not trusted")

    def _issue(self, client: Client, call: Call, scope: str) -> Token:
        bot = self._service.state.bot(client, call.tenant) if call.tenant else None
        if bot and bot.status != "active":
            raise ApiError(403, "Forbidden", detail="The user is disabled")
        token = Token(
            value=secrets.token_urlsafe(32) if client.level == ORGANIZATION else jwt_lookalike(),
            host=call.host,
            client_id=client.client_id,
            level=client.level,
            scope=scope,
            expires_at=self._service.clock() + self._life(),
            user_id=bot.id if bot else None,
            subscription_id=client.subscription_id,
            tenant_id=call.tenant.id if call.tenant else None,
            id=self._service.state.ids.id(24),
            cursor=self._service.state.ids.cursor(),
        )
        self._service.state.tokens[token.value] = token
        return token

    def _life(self) -> int:
        return self._service.token_life or (SHORT_LIFE if self._readings.b("C2") else LONG_LIFE)

    def _answer(self, token: Token, client: Client) -> Reply:
        at_console = client.level == ORGANIZATION
        lower_case = self._readings.b("C1") or (self._readings["C1"] == "AB" and not at_console)
        body: dict[str, Any] = {
            "access_token": token.value,
            "token_type": "bearer" if lower_case else "Bearer",
            "expires_at": write_timestamp(token.expires_at),
        }
        if self._readings.a("C2"):
            body["expires_in"] = self._life()
        if client.level != REGION:
            body["scope"] = token.scope
        return Reply(body=body)


def read_form(call: Call) -> dict[str, str]:
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(call.body.decode(errors="replace"), keep_blank_values=True))
    if media_type != "application/json":
        raise ApiError(400, "Unsupported content type", code="invalid_request")
    form = call.json()
    if not isinstance(form, dict) or not all(isinstance(value, str) for value in form.values()):
        raise ApiError(400, "The body must be an object of strings", code="invalid_request")
    return form


def requested_scope(client: Client, form: dict[str, str]) -> str:
    wanted = form.get("scope", "").split()
    if not set(wanted) <= set(client.scopes):
        raise ApiError(400, "A scope is not assigned to the client", code="invalid_scope")
    return " ".join(wanted or client.scopes)


def levels_of(call: Call) -> tuple[str, ...]:
    if call.tenant:
        return (REGION, TENANT)
    return (ORGANIZATION,) if call.host == CONSOLE_HOST else (REGION,)


def holds(client: Client, call: Call) -> bool:
    if client.level == TENANT:
        return call.tenant is not None and client.tenant_id == call.tenant.id
    if client.level == REGION:
        return client.region == region_of_host(call.host) and covers(client, call.tenant)
    return True


def covers(client: Client, tenant: Tenant | None) -> bool:
    return tenant is None or client.subscription_id == tenant.subscription_id


def refused() -> ApiError:
    return ApiError(401, "Unauthorized", code="invalid_client")


def jwt_lookalike() -> str:
    parts = (b'{"alg":"ES384","typ":"JWT"}', secrets.token_bytes(48), secrets.token_bytes(96))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
