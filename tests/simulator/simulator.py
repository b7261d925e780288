# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as tests hold it."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from .assertions import check_public_key
from .certificates import write_certificates
from .errors import ApiError
from .faults import Fault
from .limits import Limiter
from .models import ORGANIZATION, REGION, TENANT, Client, Secret, Tenant
from .readings import Readings
from .record import Record
from .regions import REGIONS
from .seed import build_state, new_client, new_tenant
from .server import Servers
from .service import Service

START_TIMEOUT = 30.0
STOP_TIMEOUT = 10.0
NAMES = ("plain", "hostile")


class Simulator:
    """A Qlik Cloud on loopback. Use it as a context manager; `environment` is what a client needs to reach it."""

    def __init__(
        self,
        tenants: int = 25,
        subscriptions: int = 2,
        regions: Iterable[str] = ("us", "eu"),
        seed: int = 1,
        latency: float = 0.0,
        readings: Mapping[str, str] | None = None,
        faults: Iterable[Fault | str] = (),
        rate_limits: bool = True,
        names: str = "plain",
        port: int = 0,
        clock: Callable[[], float] = time.time,
        token_life: int | None = None,
        listing_delay: float = 0.0,
        readiness_delay: float = 0.0,
        secret_delay: float = 0.0,
        removal_delay: float = 0.0,
    ) -> None:
        """A created tenant is listed after `listing_delay` seconds, and answers after `readiness_delay`.

        A secret that was added opens after `secret_delay` seconds; one that was removed does so for `removal_delay`.
        """
        labels = tuple(regions)
        check_arguments(tenants, subscriptions, labels, names)
        delays = (listing_delay, readiness_delay, secret_delay, removal_delay)
        check_times(token_life, *delays)
        self.readings = Readings(readings)
        self.state = build_state(tenants, subscriptions, labels, seed, names, clock)
        limiter = Limiter(self.readings, clock, rate_limits)
        self._service = Service(self.state, self.readings, limiter, clock, latency, token_life, *delays)
        self._service.faults.extend(Fault.parse(fault) if isinstance(fault, str) else fault for fault in faults)
        self._port = port
        self._process = 0

    def __enter__(self) -> Simulator:
        self._process = os.getpid()
        self._folder = Path(tempfile.mkdtemp(prefix="simulator-"))
        try:
            self.ca_path, certificate = write_certificates(self._folder)
            self._start(certificate)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if os.getpid() != self._process:
            return
        self._loop.call_soon_threadsafe(self._servers.stop)
        self._thread.join(STOP_TIMEOUT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, certificate: Path) -> None:
        ready = threading.Event()
        failures: list[BaseException] = []
        self._servers = Servers(self._service, certificate, self._port)
        self._loop = asyncio.new_event_loop()
        arguments = (ready, failures)
        self._thread = threading.Thread(target=self._run, args=arguments, name="simulator", daemon=True)
        self._thread.start()
        if not ready.wait(START_TIMEOUT) or failures:
            raise RuntimeError("the simulator did not start") from (failures[0] if failures else None)

    def _run(self, ready: threading.Event, failures: list[BaseException]) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._servers.serve(ready.set))
        except Exception as error:
            failures.append(error)
        finally:
            cancel_all(self._loop)
            self._loop.close()
            ready.set()

    @property
    def proxy_url(self) -> str:
        return f"http://127.0.0.1:{self._servers.proxy_port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HTTPS_PROXY": self.proxy_url,
            "https_proxy": self.proxy_url,
            "NO_PROXY": "",
            "no_proxy": "",
            "QLIK_CA_PATH": str(self.ca_path),
            "QLIK_CLIENT_ID": self.client_id,
            "QLIK_CLIENT_SECRET": self.client_secret,
        }

    @property
    def client_id(self) -> str:
        return self._organization_client().client_id

    @property
    def client_secret(self) -> str:
        """The newest secret of the organization's first client."""
        return self._organization_client().secret

    @property
    def credentials(self) -> dict[str, Any]:
        """A credential book that opens everything there is."""
        entries = [
            {
                "region": client.region,
                "subscription_id": client.subscription_id,
                "client_id": client.client_id,
                "client_secret": client.secret,
            }
            for client in self.state.clients.values()
            if client.level == REGION
        ]
        organization = {"client_id": self.client_id, "client_secret": self.client_secret}
        return {"organization": organization, "regions": entries}

    @property
    def record(self) -> Record:
        return self._service.record

    @property
    def faults(self) -> list[Fault]:
        return self._service.faults

    def add_tenant(self, region: str = "us", **fields: Any) -> Tenant:
        """A tenant like the others but for the fields given, e.g. `name`, `hostnames`, `status`, `extra`."""
        tenant = new_tenant(self.state, len(self.state.tenants), region)
        tenant.status, tenant.deletion_starts_at = "active", None
        for name, value in fields.items():
            if name not in Tenant.__dataclass_fields__:
                raise TypeError(f"a tenant has no field {name}")
            setattr(tenant, name, value)
        self.state.tenants.append(tenant)
        return tenant

    def add_client(self, name: str, tenant: Tenant | None = None) -> Client:
        """A client of the organization, or of one tenant; `secret` holds its secret."""
        client = new_client(self.state, name, TENANT if tenant else ORGANIZATION)
        client.tenant_id = tenant.id if tenant else None
        client.scopes = ["user_default"] if tenant else ["cloud-console.tenants:read"]
        return client

    def region_client(self, region: str, subscription_id: str | None = None) -> Client:
        """The region client of a subscription (left out: the first)."""
        wanted = (region, subscription_id or self.state.subscriptions[0])
        clients = self.state.clients.values()
        return next(client for client in clients if (client.region, client.subscription_id) == wanted)

    def license_key(self, subscription_id: str) -> str:
        """The secret that creating a tenant takes; another one at every start."""
        return self.state.license_key(subscription_id)

    def add_secret(self, client_id: str) -> Secret:
        return self.state.new_secret(self.state.clients[client_id])

    def remove_secret(self, client_id: str, hint: str) -> None:
        client = self.state.clients[client_id]
        client.secrets = [secret for secret in client.secrets if secret.hint != hint]

    def add_public_key(self, client_id: str, jwk: dict[str, Any]) -> None:
        try:
            check_public_key(jwk)
        except ApiError as error:
            raise ValueError(error.detail) from None
        client = self.state.clients[client_id]
        client.public_keys.append(dict(jwk))
        client.auth_methods = sorted({*client.auth_methods, "private_key_jwt"})

    def expire_tokens(self) -> None:
        self.state.tokens.clear()

    def _organization_client(self) -> Client:
        return next(client for client in self.state.clients.values() if client.level == ORGANIZATION)


def check_arguments(tenants: int, subscriptions: int, regions: tuple[str, ...], names: str) -> None:
    unknown = [label for label in regions if label not in REGIONS]
    if unknown or not regions:
        raise ValueError(f"regions are some of {', '.join(REGIONS)}, not {', '.join(unknown) or 'none'}")
    if tenants < 0 or subscriptions < 1:
        raise ValueError("there must be at least 0 tenants and 1 subscription")
    if names not in NAMES:
        raise ValueError(f"names are plain or hostile, not {names!r}")


def check_times(token_life: int | None, *delays: float) -> None:
    if token_life is not None and token_life < 1:
        raise ValueError(f"the life of a token is at least one second, not {token_life}")
    if min(delays) < 0:
        raise ValueError("a delay cannot be negative")


def cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
