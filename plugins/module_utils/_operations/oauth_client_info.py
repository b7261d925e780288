# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module oauth_client_info. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS, Arguments
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._oauth_clients import OAuthClients
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target

PLACE_ARGUMENTS: Arguments = {"host": {"type": "str"}, "subscription_id": {"type": "str"}}
PLACE_LEFT_OUT = {"host": "the Cloud Console"}


@dataclass(frozen=True)
class Opened:
    """The OAuth clients of the host that a task addresses, and the one of them that authenticates it."""

    clients: OAuthClients
    credential: Credential

    @classmethod
    def by(cls, invocation: Invocation) -> Opened:
        """Raises ConfigurationError for a host that has none."""
        options = invocation.options
        connection = Connection.from_options(options, invocation.run_dir)
        url = connection.url_of(options["host"])
        target = Target.of(url, connection.console_url)
        if target.is_register:
            raise ConfigurationError(
                f"{target.hostname} has no OAuth clients: those of a region are made in My Qlik alone; give a tenant "
                "as host, or leave it out to mean the Cloud Console."
            )
        credential = Credential.from_mapping(options, "the task")
        tokens = connection.tokens(url, credential, invocation.warn)
        return cls(OAuthClients(ApiClient(tokens), target.is_console), credential)


def work(invocation: Invocation) -> Result:
    """Read one client, those of a name, or all."""
    options, clients = invocation.options, Opened.by(invocation).clients
    if options["id"]:
        found = [clients.get(options["id"])]
    else:
        found = [client for client in clients.all() if options["name"] in (None, client.name)]
    rows = [client.facts() for client in sorted(found, key=lambda client: client.id)]
    return {"clients": rows, "count": len(rows)}


OAUTH_CLIENT_INFO = Operation(
    name="qlikops.cloud.oauth_client_info",
    arguments={
        **PLACE_ARGUMENTS,
        "id": {"type": "str"},
        "name": {"type": "str"},
        **CONNECTION_ARGUMENTS,
    },
    rules={"mutually_exclusive": [("id", "name")]},
    work=work,
    left_out={**PLACE_LEFT_OUT, "id": "all clients", "name": "all clients"},
)
