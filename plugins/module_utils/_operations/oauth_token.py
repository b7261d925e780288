# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module oauth_token. Private to this collection."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import iso_of


def work(invocation: Invocation) -> Result:
    """Have a token, kept or new; give it away only when asked to."""
    options = invocation.options
    connection = Connection.from_options(options, invocation.run_dir)
    credential = Credential.from_mapping(options, "the task")
    url = connection.url_of(options["host"])
    token = connection.tokens(url, credential, invocation.warn).token()
    given = {"access_token": token.value} if options["return_token"] else {}
    expires_at = iso_of(token.expires_at)
    return {"url": url, "client_id": credential.client_id, "scope": token.scope, "expires_at": expires_at, **given}


OAUTH_TOKEN = Operation(
    name="qlikops.cloud.oauth_token",
    arguments={
        "host": {"type": "str"},
        "return_token": {"type": "bool", "default": False, "no_log": False},
        **CONNECTION_ARGUMENTS,
    },
    work=work,
    left_out={"host": "the Cloud Console"},
    is_confidential=lambda options: bool(options["return_token"]),
)
