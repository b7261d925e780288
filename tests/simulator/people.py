# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of a tenant, invented when first asked for. They follow from the id of the tenant alone."""

from __future__ import annotations

from .models import Tenant, User
from .state import Ids, State

GIVEN = ("Ada", "Bo", "Chen", "Dina", "Emil", "Fatou", "Goran", "Hana", "Ivo", "June", "Kofi", "Lena", "Mika", "Noor")
FAMILY = ("Abbot", "Berg", "Costa", "Diallo", "Eriksen", "Fuchs", "Garcia", "Haddad", "Ito", "Jansen", "Kaya", "Lopez")
PEOPLE_LIMIT = 250


def people_of(state: State, tenant: Tenant) -> list[User]:
    """At most 250 of them."""
    if tenant.id not in state.people:
        ids = Ids(f"{tenant.id} people")
        count = min(tenant.people, PEOPLE_LIMIT)
        state.people[tenant.id] = [invent(ids, tenant, number) for number in range(count)]
    return state.people[tenant.id]


def all_users(state: State, tenant: Tenant) -> list[User]:
    return [*state.bots_of(tenant), *people_of(state, tenant)]


def invent(ids: Ids, tenant: Tenant, number: int) -> User:
    given, family = ids.random.choice(GIVEN), ids.random.choice(FAMILY)
    return User(
        id=ids.id(24),
        cursor=ids.cursor(),
        tenant_id=tenant.id,
        subject=f"idp|{ids.digits(20)}",
        name=f"{given} {family}",
        created_at=tenant.created_at,
        email=f"{given}.{family}.{number}@example.com".lower(),
        status="disabled" if number % 20 == 19 else "active",
    )
