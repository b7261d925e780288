# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the service: plain lists and dictionaries that tests may edit at any time."""

from __future__ import annotations

import random
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field

from .models import TENANT, Client, Organization, Resource, Secret, Tenant, Token, User
from .regions import DOMAIN
from .timestamps import write_timestamp

ID_LETTERS = string.ascii_letters + string.digits + "_-"
HOST_LETTERS = string.ascii_lowercase + string.digits
SECRET_LIMIT = 5
KEY_DIGITS = 120
RESERVED_LABELS = ("console", "register", "api")


class Ids:
    """Identifiers that follow from the seed. Secrets and tokens do not: they differ at every start."""

    def __init__(self, seed: int | str) -> None:
        self.random = random.Random(seed)  # noqa: S311 - nothing secret is drawn from it
        self._cursors = 0

    def id(self, length: int = 32) -> str:
        return self.random.choice(ID_LETTERS[:-1]) + "".join(self.random.choices(ID_LETTERS, k=length - 1))

    def cursor(self) -> str:
        """Cursors grow in the order they are made."""
        self._cursors += 1
        return f"{0x66000000 + self._cursors:08x}{self.random.getrandbits(64):016x}"

    def digits(self, length: int = 16) -> str:
        return self.random.choice("123456789") + "".join(self.random.choices(string.digits, k=length - 1))

    def hostname(self, region: str) -> str:
        label = self.random.choice(string.ascii_lowercase) + "".join(self.random.choices(HOST_LETTERS, k=11))
        return f"{label}.{region}.{DOMAIN}"

    def trace(self) -> str:
        return f"{self.random.getrandbits(128):032x}"


class TenantIndex:
    """Finds tenants by id and host. Looks again at the list whenever a hit no longer holds or nothing is found."""

    def __init__(self, tenants: list[Tenant]) -> None:
        self._tenants = tenants
        self._size = -1
        self._by_id: dict[str, Tenant] = {}
        self._by_host: dict[str, Tenant] = {}

    def by_id(self, tenant_id: str) -> Tenant | None:
        return self._find(lambda: self._by_id.get(tenant_id), lambda tenant: tenant.id == tenant_id)

    def by_host(self, host: str) -> Tenant | None:
        wanted = host.lower()
        return self._find(
            lambda: self._by_host.get(wanted),
            lambda tenant: any(name.lower() == wanted for name in tenant.hostnames),
        )

    def _find(self, look: Callable[[], Tenant | None], holds: Callable[[Tenant], bool]) -> Tenant | None:
        if self._size == len(self._tenants):
            tenant = look()
            if tenant is not None and holds(tenant) and tenant in self._tenants:
                return tenant
        self._rebuild()
        return look()

    def _rebuild(self) -> None:
        tenants = self._tenants.copy()
        self._size = len(tenants)
        self._by_id = {tenant.id: tenant for tenant in reversed(tenants)}
        self._by_host = {name.lower(): tenant for tenant in reversed(tenants) for name in tenant.hostnames}


@dataclass
class State:
    """`entitled` is the number of tenants that each subscription may have (None: any number)."""

    organization: Organization
    ids: Ids
    clock: Callable[[], float]
    regions: tuple[str, ...] = ()
    subscriptions: list[str] = field(default_factory=list)
    tenants: list[Tenant] = field(default_factory=list)
    clients: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    bots: dict[str, dict[str, User]] = field(default_factory=dict)
    people: dict[str, list[User]] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[Resource]] = field(default_factory=dict)
    license_keys: dict[str, str] = field(default_factory=dict)
    entitled: int | None = None
    strange_hints: bool = False

    def __post_init__(self) -> None:
        self._index = TenantIndex(self.tenants)
        self._doomed: list[Tenant] = []

    def tenant(self, tenant_id: str) -> Tenant | None:
        return self._index.by_id(tenant_id)

    def tenant_of_host(self, host: str) -> Tenant | None:
        return self._index.by_host(host)

    def tenants_of(self, subscription_id: str | None) -> list[Tenant]:
        """Tenants that take a place of the subscription's entitlement."""
        return [
            tenant
            for tenant in self.tenants
            if tenant.subscription_id == subscription_id and tenant.status != "deleted"
        ]

    def is_free(self, host: str) -> bool:
        """Whether a tenant may be given this host name."""
        return self.tenant_of_host(host) is None and host.partition(".")[0].lower() not in RESERVED_LABELS

    def license_key(self, subscription_id: str) -> str:
        if subscription_id not in self.license_keys:
            digits = "".join(secrets.choice(string.digits) for _unused in range(KEY_DIGITS - 1))
            self.license_keys[subscription_id] = secrets.choice("123456789") + digits
        return self.license_keys[subscription_id]

    def doom(self, tenant: Tenant, purge_at: float) -> None:
        """Deactivates a tenant until it is purged, unless it is spared before."""
        tenant.status, tenant.purge_at = "deactivated", purge_at
        tenant.deletion_starts_at = write_timestamp(purge_at)
        tenant.updated_at = write_timestamp(self.clock())
        if tenant not in self._doomed:
            self._doomed.append(tenant)

    def spare(self, tenant: Tenant) -> None:
        tenant.status, tenant.purge_at, tenant.deletion_starts_at = "active", None, None
        tenant.updated_at = write_timestamp(self.clock())

    def purge(self) -> None:
        """Deletes what the clock has overtaken."""
        now = self.clock()
        for tenant in self._doomed:
            if tenant.purge_at is not None and tenant.purge_at <= now and tenant.status == "deactivated":
                tenant.status = "deleted"
        self._doomed = [tenant for tenant in self._doomed if tenant.status == "deactivated"]

    def bots_of(self, tenant: Tenant) -> list[User]:
        return list(self.bots.get(tenant.id, {}).values())

    def users_of(self, tenant: Tenant) -> int:
        return tenant.people + len(self.bots.get(tenant.id, {}))

    def add_client(self, client: Client) -> Client:
        self.clients[client.client_id] = client
        return client

    def new_secret(self, client: Client, created_by: str | None = None) -> Secret:
        if len(client.secrets) >= SECRET_LIMIT:
            raise ValueError(f"client {client.client_id} has {SECRET_LIMIT} secrets already")
        hint = self.ids.id(5).lower() + ("/+ %41" if self.strange_hints else "")
        secret = Secret(hint, secrets.token_hex(32), self.clock(), created_by)
        client.secrets.append(secret)
        return secret

    def bot(self, client: Client, tenant: Tenant) -> User:
        """The user of this client in this tenant; made at first sight."""
        bots = self.bots.setdefault(tenant.id, {})
        if client.client_id not in bots:
            name = client.client_name if client.level == TENANT else f"{tenant.region.upper()} OAuth client"
            bots[client.client_id] = User(
                id=self.ids.id(24),
                cursor=self.ids.cursor(),
                tenant_id=tenant.id,
                subject=f"qlikbot\\{client.client_id}",
                name=name,
                created_at=write_timestamp(self.clock()),
                client_id=client.client_id,
            )
        return bots[client.client_id]
