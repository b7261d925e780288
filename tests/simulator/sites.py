# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a request to its answer: the host it names, who may ask, how often, and the handler."""

from __future__ import annotations

from .console_clients import AREA as CLIENTS
from .console_clients import ConsoleClients
from .console_tenants import AREA as TENANTS
from .console_tenants import ConsoleTenants
from .errors import FAMILY_A, FAMILY_B, FAMILY_E, ApiError, error_body
from .messages import Call, Reply
from .models import ORGANIZATION, Tenant, Token
from .regions import CONSOLE_HOST, REGIONS, is_service_host, region_of_host
from .register_host import RegisterHost
from .routing import Endpoint, Routes
from .service import Service
from .tenant_host import TenantHost
from .token_endpoint import TokenEndpoint

SPENT_STATUSES = ("deactivated", "disabled")


def console_endpoints(service: Service) -> list[Endpoint]:
    """All that the console serves."""
    tenants, clients = ConsoleTenants(service).endpoints(), ConsoleClients(service).endpoints()
    return [*TokenEndpoint(service).endpoints(), *tenants, *clients]


class Sites:
    def __init__(self, service: Service) -> None:
        self._service = service
        token = TokenEndpoint(service).endpoints()
        self._console = Routes(console_endpoints(service))
        register = RegisterHost(service).endpoints()
        self._register = Routes([*token, *register])
        self._tenant = Routes([*token, *TenantHost(service).endpoints(), *register])

    def answer(self, call: Call) -> Reply:
        self._service.state.purge()
        trace = self._service.state.ids.trace()
        family = FAMILY_A
        try:
            endpoint = self._find(call)
            family = endpoint.family
            self._admit(call, endpoint)
            reply = endpoint.handler(call)
        except ApiError as error:
            reply = self.refusal(error, family, trace)
        reply.headers.setdefault("X-B3-Traceid", trace)
        return reply

    def refusal(self, error: ApiError, family: str, trace: str) -> Reply:
        if family in (FAMILY_A, FAMILY_B) and self._service.readings["C21"] != "AB":
            family = FAMILY_A if self._service.readings.a("C21") else FAMILY_B
        return Reply(error.status, error_body(error, family, trace), dict(error.headers))

    def _find(self, call: Call) -> Endpoint:
        routes = self._routes(call)
        if call.tenant and call.tenant.blocked:
            raise ApiError(403, "Forbidden", code="IP-POLICY", detail="An IP policy does not admit this address")
        if call.tenant and call.tenant.status in SPENT_STATUSES:
            raise ApiError(401, "The tenant is deactivated", code="TENANT_DISABLED")
        endpoint, call.params = routes.find(call.method, call.path)
        return endpoint

    def _routes(self, call: Call) -> Routes:
        if call.host == CONSOLE_HOST:
            return self._console
        if call.host.startswith("register.") and region_of_host(call.host) in REGIONS:
            return self._register
        call.tenant = self._tenant_of(call.host)
        return self._tenant

    def _tenant_of(self, host: str) -> Tenant:
        tenant = self._service.state.tenant_of_host(host) if is_service_host(host) else None
        if tenant is None or tenant.status == "deleted" or tenant.ready_at > self._service.clock():
            raise ApiError(404, "Not found")
        return tenant

    def _admit(self, call: Call, endpoint: Endpoint) -> None:
        if endpoint.open:
            return
        call.token = self._authenticate(call, endpoint)
        self._count(call, endpoint, call.token)
        if endpoint.area == TENANTS and not self._service.state.organization.enabled:
            raise ApiError(403, "Forbidden", detail="This feature is not enabled")
        if endpoint.area == CLIENTS and self._service.readings.a("C18"):
            raise ApiError(403, "Forbidden", detail="The scope of the token does not allow this")

    def _authenticate(self, call: Call, endpoint: Endpoint) -> Token:
        token = self._service.state.tokens.get(call.bearer)
        if token and token.expires_at > self._service.clock() and self._opens(token, call):
            token.used_at = self._service.clock()
            return token
        if endpoint.area == TENANTS and self._service.readings.a("C28"):
            raise ApiError(403, "Forbidden")
        raise ApiError(401, "Unauthorized")

    def _opens(self, token: Token, call: Call) -> bool:
        if token.host == call.host:
            return True
        experiment = call.tenant is not None and call.method == "GET" and self._service.readings.a("C17")
        return experiment and token.level == ORGANIZATION

    def _count(self, call: Call, endpoint: Endpoint, token: Token) -> None:
        if endpoint.area == TENANTS and self._service.readings.a("C28"):
            return
        users = self._service.state.users_of(call.tenant) if call.tenant else None
        realm = call.tenant.id if call.tenant else call.host
        self._service.limiter.admit(realm, token.client_id, endpoint.tier, users)


def family_of_path(path: str) -> str:
    """The family of errors that a path answers with, for refusals that come before any handler."""
    if path.startswith("/oauth/"):
        return FAMILY_E
    return FAMILY_B if "/oauth-clients" in path else FAMILY_A
