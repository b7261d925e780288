# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of operations share."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from simulator import Simulator
from simulator.models import Client, Tenant

if t.TYPE_CHECKING:
    from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Operation, Result


@pytest.fixture
def tenants(organization: t.Callable[..., Simulator], monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """An organization of a few tenants, the first of which operations are about."""
    monkeypatch.setenv("QLIK_RETRIES", "0")
    return organization(tenants=3)


@pytest.fixture
def run(tenants: Simulator) -> t.Callable[..., Result]:
    """`run(operation, check_mode=..., **arguments)`: its result on the first tenant, with what opens it."""
    # pytest reads this file before the collection can be found
    from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation

    tenant = tenants.state.tenants[0]
    client = tenants.region_client("us", tenant.subscription_id)
    opened = {"host": tenant.hostnames[0], "client_id": client.client_id, "client_secret": client.secret}

    def outcome(operation: Operation, check_mode: bool = False, **arguments: t.Any) -> Result:
        given = {**opened, "token_cache": "none", **arguments}
        checked = ArgumentSpecValidator(operation.arguments, **operation.rules).validate(given)
        assert not checked.error_messages
        return operation.outcome(Invocation(checked.validated_parameters, check_mode, False, None, print))

    return outcome


@dataclass(frozen=True)
class Place:
    """A host with OAuth clients, one of which, own, authenticates what is done there."""

    simulator: Simulator
    tenant: Tenant | None
    own: Client

    @property
    def host(self) -> str:
        return self.tenant.hostnames[0] if self.tenant else "console.qlikcloud.com"

    @property
    def path(self) -> str:
        return "/api/v1/oauth-clients" if self.tenant else "/api/core/oauth-clients"

    def add(self, name: str, secrets: int = 1) -> Client:
        client = self.simulator.add_client(name, self.tenant)
        for _secret in range(secrets - 1):
            self.simulator.add_secret(client.client_id)
        return client

    def secrets(self) -> list[str]:
        """The values of all secrets there are or were."""
        clients = self.simulator.state.clients.values()
        return [secret.value for client in clients for secret in (*client.secrets, *client.removed_secrets)]

    def writes(self) -> list[tuple[str, str]]:
        """What was sent to change something, the paths from that of all clients on."""
        sent = [entry for entry in self.simulator.record.find(host=self.host) if entry.path.startswith(self.path)]
        return [(entry.method, entry.path.removeprefix(self.path)) for entry in sent if entry.method != "GET"]

    def act(self, operation: Operation, check_mode: bool = False, diff: bool = False, **arguments: t.Any) -> Result:
        """The result of an operation there, which shows no secret but the one that it returns."""
        from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation

        opened = {"client_id": self.own.client_id, "client_secret": self.own.secrets[0].value, "token_cache": "none"}
        given = {**({"host": self.host} if self.tenant else {}), **opened, **arguments}
        checked = ArgumentSpecValidator(operation.arguments, **operation.rules).validate(given)
        assert not checked.error_messages
        result = operation.outcome(Invocation(checked.validated_parameters, check_mode, diff, None, print))
        shown = str({name: value for name, value in result.items() if name != "client_secret"})
        assert not [secret for secret in self.secrets() if secret in shown]
        return result


@pytest.fixture(params=["console", "tenant"])
def place(request: pytest.FixtureRequest, organization: t.Callable[..., Simulator], monkeypatch: t.Any) -> Place:
    """The console, and then a tenant."""
    monkeypatch.setenv("QLIK_RETRIES", "0")
    simulator = organization(tenants=1)
    tenant = simulator.state.tenants[0] if request.param == "tenant" else None
    own = simulator.add_client("Own", tenant) if tenant else simulator.state.clients[simulator.client_id]
    return Place(simulator, tenant, own)
