# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The things the simulated service remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Any

from .regions import region_of_host

ORGANIZATION, REGION, TENANT = "organization", "region", "tenant"
SETTINGS = {
    "autoAssignCreateSharedSpacesRoleToProfessionals": True,
    "autoAssignPrivateAnalyticsContentCreatorRoleToProfessionals": True,
    "autoAssignDataServicesContributorRoleToProfessionals": True,
    "enableAnalyticCreation": False,
    "enableAppOpeningFeedback": False,
}


@dataclass(eq=False)
class Organization:
    """`enabled` is the switch that turns the organization APIs off (403)."""

    id: str
    enabled: bool = True


@dataclass(eq=False)
class Tenant:
    """`deactivated` is shown as reading C7 says; any other status as it stands. `extra` is merged over the JSON.

    `blocked` means that an IP policy keeps the caller out, `furnished` that it has spaces, items and so on.
    `purge_at`, `listed_at` and `ready_at` are seconds of the clock: when a deactivated tenant is deleted, when the
    organization begins to show a new one, and when its host begins to answer.
    """

    id: str
    cursor: str
    name: str | None
    hostnames: list[str]
    region_code: str
    country_code: str
    created_at: str
    updated_at: str
    status: str = "active"
    subscription_id: str | None = None
    license_number: str | None = None
    license_starts_at: str | None = None
    license_ends_at: str | None = None
    deletion_starts_at: str | None = None
    created_by: str | None = None
    people: int = 0
    blocked: bool = False
    furnished: bool = True
    purge_at: float | None = None
    listed_at: float = 0.0
    ready_at: float = 0.0
    settings: dict[str, bool] = field(default_factory=lambda: dict(SETTINGS))
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def region(self) -> str:
        return region_of_host(self.hostnames[0]) if self.hostnames else ""


@dataclass(eq=False)
class Secret:
    """It proves a client from `opens_at` until before `closes_at`."""

    hint: str
    value: str = field(repr=False)
    created_at: float
    created_by: str | None = None
    opens_at: float = 0.0
    closes_at: float = inf


@dataclass(eq=False)
class Client:
    """An OAuth client of one of the three levels."""

    client_id: str
    client_name: str
    level: str
    cursor: str
    created_at: float
    app_type: str = "web"
    description: str | None = None
    grant_types: list[str] = field(default_factory=lambda: ["client_credentials"])
    auth_methods: list[str] = field(default_factory=lambda: ["client_secret"])
    public_keys: list[dict[str, Any]] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    secrets: list[Secret] = field(default_factory=list)
    removed_secrets: list[Secret] = field(default_factory=list)
    consent_method: str | None = "trusted"
    region: str | None = None
    subscription_id: str | None = None
    tenant_id: str | None = None
    updated_at: float | None = None
    published_at: float | None = None
    disable_tag: str | None = None
    created_by_type: str = "user"
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def secret(self) -> str:
        """The value of the newest secret."""
        return self.secrets[-1].value

    def is_opened_by(self, value: str, now: float) -> bool:
        secrets = (*self.secrets, *self.removed_secrets)
        return any(secret.value == value and secret.opens_at <= now < secret.closes_at for secret in secrets)


@dataclass(eq=False)
class Token:
    value: str = field(repr=False)
    host: str
    client_id: str
    level: str
    scope: str
    expires_at: float
    user_id: str | None = None
    subscription_id: str | None = None
    tenant_id: str | None = None
    id: str = ""
    cursor: str = ""
    used_at: float | None = None


@dataclass(eq=False)
class User:
    """A user of a tenant. One with a `client_id` is the bot that a client's first token creates."""

    id: str
    cursor: str
    tenant_id: str
    subject: str
    name: str
    created_at: str
    email: str | None = None
    client_id: str | None = None
    status: str = "active"


@dataclass(eq=False)
class Resource:
    """A row of one of a tenant's collections. `content` is what a file holds."""

    cursor: str
    body: dict[str, Any]
    content: bytes = field(default=b"", repr=False)

    @property
    def id(self) -> str:
        return str(self.body["id"])
