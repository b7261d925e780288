# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module tenant_info. Private to this collection."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Result


def work(invocation: Invocation) -> Result:
    """Read one tenant, those that a filter selects, or all; or count them."""
    options = invocation.options
    connection = Connection.from_options(options, invocation.run_dir)
    api = connection.organization(Credential.from_mapping(options, "the task"), invocation.warn)
    if options["count_only"] and options["filter"]:
        return {"count": api.count(options["filter"])}
    tenants = (api.tenant(options["id"]),) if options["id"] else api.tenants(options["filter"]).tenants
    rows = [tenant.facts() for tenant in sorted(tenants, key=lambda tenant: tenant.id)]
    return {"count": len(rows), **({} if options["count_only"] else {"tenants": rows})}


TENANT_INFO = Operation(
    name="qlikops.cloud.tenant_info",
    arguments={
        "id": {"type": "str"},
        "filter": {"type": "str"},
        "count_only": {"type": "bool", "default": False},
        **CONNECTION_ARGUMENTS,
    },
    rules={"mutually_exclusive": [("id", "filter")]},
    work=work,
    left_out={"id": "all tenants", "filter": "all tenants"},
)
