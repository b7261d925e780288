# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ping. Private to this collection."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import opened_tokens
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant import TenantApi
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import iso_of

OUTDATED = ", or the inventory, or the option tenant_id, is out of date; --flush-cache refreshes the inventory"
USER = {"id": "id", "name": "name", "subject": "subject", "client_id": "clientId", "status": "status", "roles": "roles"}


def work(invocation: Invocation) -> Result:
    """Ask the tenant who we are."""
    options = invocation.options
    tokens = opened_tokens(options, invocation.run_dir, invocation.warn)
    token = tokens.token()
    if options["new_token"] and tokens.is_of_old(token):
        tokens.renew(token)
    tenant = TenantApi(ApiClient(tokens))
    asked = time.monotonic()
    identity, me = tenant.identity(options["tenant_id"], OUTDATED)
    took = time.monotonic() - asked
    bots = {"unowned_bots": _unowned(tenant.bots(), options["known_clients"])} if options["bots"] else {}
    expiry = tokens.token().expires_at
    return {
        "host": tokens.transport.host,
        "tenant_id": identity,
        "user": {name: me.get(key) for name, key in USER.items()},
        "round_trip_ms": round(took * 1000),
        "token_expires_at": iso_of(expiry),
        "token_expires_in": max(0, int(expiry - time.time())),
        **bots,
    }


def _unowned(bots: list[dict[str, t.Any]], owners: list[str]) -> list[dict[str, t.Any]]:
    return [{name: bot.get(key) for name, key in USER.items()} for bot in bots if bot["clientId"] not in owners]


PING = Operation(
    name="qlikops.cloud.ping",
    arguments={
        "host": {"type": "str"},
        "subscription_id": {"type": "str"},
        "tenant_id": {"type": "str"},
        "new_token": {"type": "bool", "default": False, "no_log": False},
        "bots": {"type": "bool", "default": False},
        "known_clients": {"type": "list", "elements": "str", "default": []},
        **CONNECTION_ARGUMENTS,
    },
    work=work,
    left_out={"host": "the tenant that the task runs for"},
    acts_on_tenant=True,
    known_of_tenant={"tenant_id": "qlik_id"},
    wants_client_ids=lambda options: bool(options["bots"]),
)
