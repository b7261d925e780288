# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants whose free text attacks whoever believes it."""

from __future__ import annotations

from .models import Tenant

PIPE = "{{ lookup('pipe', 'touch pwned') }}"
DELIMITERS = "#jinja2: variable_start_string:'[[', variable_end_string:']]'\n[[ lookup('pipe', 'touch pwned') ]]"

HOSTILE_NAMES: tuple[str | None, ...] = (
    PIPE,
    DELIMITERS,
    "localhost",
    "all",
    "ungrouped",
    "qlik",
    "Twin",
    "Twin",
    "",
    None,
    'it\'s "quoted" and `ticked` \\ $(touch pwned)',
    "two\nlines\r\nand\ttabs",
    "{% for x in range(3) %}x{% endfor %}",
    "{# a comment #} {% raw %}",
    "!unsafe text",
    "!vault |\n  $ANSIBLE_VAULT;1.1;AES256",
    "- a: yaml\n  list: [",
    "emoji 🚀👩‍🚀 and acc\u00e9nts e\u0301",
    "\u202eright to left\u202c \u200f\u05d0\u05d1\u200e",
    "zero\u200bwidth\ufeff \u00a0 spaces",
    "control \x01\x07\x1b[31m characters \x7f",
    "../../../../etc/passwd",
    "-i=inventory",
    "a,b:c!d&e[0:9]",
    "yes",
    "null",
    "12345678901234567890",
    "10.0.0.1",
    "x" * 10_000,
)


def make_hostile(tenants: list[Tenant]) -> None:
    """Overwrites the first tenants; each keeps its id."""
    for tenant, name in zip(tenants, HOSTILE_NAMES, strict=False):
        tenant.name = name
    for tenant, spoil in zip(tenants, (_templates_everywhere, _delimiters_everywhere), strict=False):
        spoil(tenant)
    for tenant, spoil in zip(tenants[2:], (_upper_case, _no_host, _many_hosts), strict=False):
        spoil(tenant)


def _templates_everywhere(tenant: Tenant) -> None:
    tenant.created_by = PIPE
    tenant.license_number = PIPE
    tenant.license_starts_at = "{{ 7 * 7 }}"
    tenant.license_ends_at = PIPE
    tenant.deletion_starts_at = "{% if true %}soon{% endif %}"
    tenant.updated_at = PIPE


def _delimiters_everywhere(tenant: Tenant) -> None:
    tenant.created_by = DELIMITERS
    tenant.license_number = DELIMITERS
    tenant.license_ends_at = DELIMITERS
    tenant.country_code = "{{ US }}"
    tenant.extra = {"{{ key }}": PIPE, "nested": {"list": [DELIMITERS, None, 1.5]}}


def _upper_case(tenant: Tenant) -> None:
    tenant.hostnames = [name.upper() for name in tenant.hostnames]


def _no_host(tenant: Tenant) -> None:
    tenant.hostnames = []


def _many_hosts(tenant: Tenant) -> None:
    label, _unused, rest = tenant.hostnames[0].partition(".")
    tenant.hostnames = [f"{label}.{rest}", *(f"{label}-{number}.{rest}" for number in range(1, 5))]
