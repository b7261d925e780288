# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An invented organization that follows from a seed."""

from __future__ import annotations

from collections.abc import Callable

from .hostile import make_hostile
from .models import ORGANIZATION, REGION, Client, Organization, Tenant
from .regions import DOMAIN, REGIONS
from .state import Ids, State
from .timestamps import write_timestamp

PLACES = ("North", "South", "Harbor", "Valley", "Summit", "River", "Meadow", "Coast", "Forest", "Island", "Delta")
SUBJECTS = ("Analytics", "Finance", "Logistics", "Sales", "Planning", "Research", "Retail", "Supply", "Quality")
EPOCH = 1_700_000_000
DAY = 86_400


def build_state(
    tenants: int,
    subscriptions: int,
    regions: tuple[str, ...],
    seed: int,
    names: str,
    clock: Callable[[], float],
) -> State:
    ids = Ids(seed)
    state = State(Organization(ids.id()), ids, clock, regions, strange_hints=names == "hostile")
    state.subscriptions.extend(ids.digits() for _unused in range(subscriptions))
    _add_clients(state)
    state.tenants.extend(new_tenant(state, number) for number in range(tenants))
    if names == "hostile":
        make_hostile(state.tenants)
    return state


def _add_clients(state: State) -> None:
    client = new_client(state, "Organization automation", ORGANIZATION)
    client.scopes = ["cloud-console.tenants:read"]
    for subscription in state.subscriptions:
        for region in state.regions:
            client = new_client(state, f"{region.upper()} automation", REGION)
            client.region, client.subscription_id = region, subscription
            client.scopes = ["admin_classic", "tenants:create", "tenants:deactivate", "tenants:reactivate"]


def new_client(state: State, name: str, level: str) -> Client:
    client = Client(state.ids.id(), name, level, state.ids.cursor(), EPOCH + state.ids.random.random() * DAY)
    state.new_secret(client)
    return state.add_client(client)


def new_tenant(state: State, number: int, region: str | None = None) -> Tenant:
    """Number 0 is always active, so that the smallest organization has a usable tenant."""
    ids, chance = state.ids, state.ids.random
    label = region or state.regions[number % len(state.regions)]
    created = EPOCH + number * 60 + chance.random()
    place, subject = chance.choice(PLACES), chance.choice(SUBJECTS)
    tenant = Tenant(
        id=ids.id(),
        cursor=ids.cursor(),
        name=f"{place} {subject} {number + 1}",
        hostnames=[ids.hostname(label)],
        region_code=REGIONS[label].code,
        country_code=REGIONS[label].country,
        created_at=write_timestamp(created),
        updated_at=write_timestamp(created + chance.randrange(90) * DAY),
        status="deactivated" if number % 9 == 5 else "active",
        subscription_id=state.subscriptions[number // len(state.regions) % len(state.subscriptions)],
        license_number=ids.digits(),
        license_starts_at=_licence_date(created, number),
        license_ends_at=_licence_date(created + 1095 * DAY, number),
        created_by=ids.id(24),
        people=chance.randrange(3, 900),
    )
    if number % 5 != 4:
        tenant.hostnames.append(f"{place}-{subject}-{number + 1}.{label}.{DOMAIN}".lower())
    if tenant.status == "deactivated":
        tenant.deletion_starts_at = write_timestamp(created + 400 * DAY)
    return tenant


def _licence_date(epoch: float, number: int) -> str:
    stamp = write_timestamp(epoch)
    return stamp[:10] if number % 2 else stamp
