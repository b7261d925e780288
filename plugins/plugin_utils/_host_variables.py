# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host of the inventory tells about its tenant, and the groups it lies in. Private to this collection."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant, same_status
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import trusted
from ansible_collections.qlikops.cloud.plugins.plugin_utils._trust import mark

ROOT_GROUP = "qlik"
CONNECTION = {
    "ansible_connection": trusted("local"),
    "ansible_python_interpreter": trusted("{{ ansible_playbook_python }}"),
}
_GROUPED_BY: dict[str, t.Callable[[Tenant], str | None]] = {
    "region": lambda tenant: tenant.region,
    "country": lambda tenant: tenant.country_code,
    "subscription": lambda tenant: tenant.subscription_id,
    "status": lambda tenant: tenant.status and same_status(tenant.status),
}
GROUP_BY = tuple(_GROUPED_BY)


def host_variables(tenant: Tenant, organization: str | None) -> dict[str, t.Any]:
    """All qlik_ variables of a tenant, null when absent, each marked for trust."""
    values = {f"qlik_{name}": value for name, value in {**tenant.facts(), "organization": organization}.items()}
    return {name: mark(name, value) for name, value in values.items()}


def groups_of(tenant: Tenant, group_by: t.Sequence[str], organization: str | None) -> list[str]:
    """The groups below the root group that a tenant belongs to."""
    values = [(kind, _GROUPED_BY[kind](tenant)) for kind in group_by] + [("organization", organization)]
    return [group_name(kind, value) for kind, value in values if value]


def group_name(kind: str, value: str) -> str:
    return f"{ROOT_GROUP}_{kind}_{re.sub('[^a-z0-9_]', '_', value.lower())}"
