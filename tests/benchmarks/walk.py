# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints how many seconds it takes until the last page of all tenants is in: `walk.py [SUBSCRIPTION ...]`.

Without subscriptions it follows one list from page to page, with them theirs are read side by side. The token is there
before the clock starts.
"""

from __future__ import annotations

import os
import sys
import time


def main(subscriptions: list[str]) -> None:
    """The client is that of the environment."""
    sys.path[:0] = os.environ["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep)
    from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
    from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
    from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
    from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings
    from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL, OrganizationApi
    from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import MemoryStore
    from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource

    own = {name: os.environ[f"QLIK_{name.upper()}"] for name in ("client_id", "client_secret")}
    transport = Transport(CONSOLE_URL, HttpSettings(ca_path=os.environ["QLIK_CA_PATH"]))
    client = ApiClient(TokenSource(Credential.from_mapping(own, "the environment"), transport, MemoryStore()))
    client.prepare()
    api, started = OrganizationApi(client), time.perf_counter()
    found = api.tenants_of(subscriptions) if subscriptions else api.tenants()
    print(time.perf_counter() - started, len(found.tenants))


if __name__ == "__main__":
    main(sys.argv[1:])
