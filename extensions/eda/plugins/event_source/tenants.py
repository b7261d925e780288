# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event source: what happens to the tenants of an organization."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

DOCUMENTATION = r"""
short_description: What happens to the tenants of a Qlik Cloud organization
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Looks at all tenants of the organization, whatever their status, again and again, and tells what has happened since.
  - The first look tells of no tenant, but of licences that end soon. What was seen, and what is yet to be told, is kept
    in a file, so that nothing is lost or told anew when the source is restarted.
  - An event that may not have arrived is told once more, under the same C(id).
  - A list that fails or is incomplete changes nothing. A tenant that is missing is asked for by itself, and is gone
    only when the service does not know it.
  - An event has C(type), C(id), C(observed_at), C(organization) and C(tenant), which holds what the inventory knows of
    a tenant, without C(qlik_) before the names. C(meta.uuid) is the C(id).
  - Playbooks get events as extra variables, in which Ansible fills in templates. So in all texts of an event a space
    follows a brace that would open one.
  - C(tenant_appeared) tells of a tenant that was not there before.
  - C(tenant_changed) has C(changes), with C(before) and C(after) for each variable that changed. A change of
    C(updated_at) alone is none.
  - C(tenant_status_changed) has C(changes) of C(status) and C(enabled). V(deactivated) and V(disabled) mean the same.
  - C(tenant_license_ends_soon) has C(days_left) and C(within_days), which of O(license_ends_within) was reached.
  - C(tenant_gone) has the tenant as it was last.
options:
  client_id:
    description: The id of the organization's OAuth client, made in the Cloud Console.
    type: str
    env: [{name: QLIK_CLIENT_ID}]
  client_secret:
    description: Its secret. In a rulebook it may stand as a C(!vault) value or as a variable.
    type: str
    env: [{name: QLIK_CLIENT_SECRET}]
  private_key:
    description: Its private key in PEM form, in place of a secret.
    type: str
    env: [{name: QLIK_PRIVATE_KEY}]
  key_id:
    description: The key id of O(private_key).
    type: str
    env: [{name: QLIK_KEY_ID}]
  credentials_file:
    description:
      - A YAML or JSON file with an C(organization) entry. What is under Ansible Vault in it is opened by the program
        C(ansible-vault), by the vault secrets that E(ANSIBLE_VAULT_PASSWORD_FILE) and the like name.
      - It is read at the start, and again when the service refuses what it held.
    type: path
    env: [{name: QLIK_CREDENTIALS_FILE}]
  console_url:
    description: The base URL of the Cloud Console.
    type: str
    default: https://console.qlikcloud.com
    env: [{name: QLIK_CONSOLE_URL}]
  ca_path:
    description: A file or folder with the certificate authorities to trust.
    type: path
    env: [{name: QLIK_CA_PATH}]
  timeout:
    description: Seconds to wait for a connection, then for an answer to begin or to go on.
    type: int
    default: 30
    env: [{name: QLIK_TIMEOUT}]
  retries:
    description: How often a request is repeated after a failure.
    type: int
    default: 4
    env: [{name: QLIK_RETRIES}]
  max_wait:
    description: Seconds that one look may spend on waiting between repeats and for the rate limit.
    type: int
    default: 300
    env: [{name: QLIK_MAX_WAIT}]
  token_cache:
    description:
      - Where the token is kept. V(user) keeps it in O(cache_dir), V(run) until the source ends, V(none) nowhere, so
        that each look asks for one.
    type: str
    choices: [user, run, none]
    default: user
    env: [{name: QLIK_TOKEN_CACHE}]
  cache_dir:
    description: The folder for tokens, C(~/.cache/qlikops.cloud) when omitted.
    type: path
    env: [{name: QLIK_CACHE_DIR}]
  organization:
    description: A label for the organization, which all events carry.
    type: str
    env: [{name: QLIK_ORGANIZATION}]
  expect_at_least:
    description: A list of fewer tenants than this counts as incomplete.
    type: int
    default: 0
    env: [{name: QLIK_EXPECT_AT_LEAST}]
  poll_interval:
    description:
      - Seconds between two looks. After one that fails it doubles each time, up to a quarter of an hour.
      - A look takes a request for each hundred tenants.
    type: int
    default: 60
    env: [{name: QLIK_POLL_INTERVAL}]
  license_ends_within:
    description: How many days before its end a licence is told of, once for each number. An empty list tells nothing.
    type: list
    elements: int
    default: [90, 30, 7]
    env: [{name: QLIK_LICENSE_ENDS_WITHIN}]
  tell_again_within:
    description:
      - For how many seconds an event is kept that was told. When the source ends meanwhile, it is told once more after
        the next start, since the rules may not have acted on it.
      - It should be longer than the playbooks that your rules run. With V(0) nothing is told twice that was taken.
    type: int
    default: 300
    env: [{name: QLIK_TELL_AGAIN_WITHIN}]
  state_file:
    description:
      - The SQLite file for what was seen and what is yet to be told. It belongs to one source at a time, and to its
        user alone.
      - When omitted, C(tenants.db), or C(tenants-acme.db) for O(organization=acme), in
        C($XDG_STATE_HOME/qlikops.cloud) or C(~/.local/state/qlikops.cloud). In a container it must lie on a volume.
    type: path
    env: [{name: QLIK_STATE_FILE}]
  feedback:
    description:
      - Have the rule engine confirm each event. C(ansible-rulebook) wants its own persistence for this, and no template
        here. An event that is confirmed is not kept any longer.
    type: bool
    default: false
requirements:
  - requests
notes:
  - An environment variable that is empty counts as unset.
  - A wrong credential or option ends the source at its start; later it waits and looks again, and says so in the log.
"""

EXAMPLES = r"""
- name: Watch the tenants
  hosts: all
  sources:
    - qlikops.cloud.tenants:
        poll_interval: 300
        license_ends_within: [60, 14]
        state_file: /var/lib/eda/tenants.db
  rules:
    - name: Somebody renamed a tenant
      condition: event.type == "tenant_changed" and event.changes.name is defined
      action:
        debug:
          msg: "{{ event.tenant.hostname }} is now called {{ event.changes.name.after }}"
"""

PACKAGE = "ansible_collections.qlikops.cloud.plugins.module_utils"
ROOT = str(Path(__file__).absolute().parents[7])


async def main(queue: asyncio.Queue[dict[str, Any]], args: dict[str, Any]) -> None:
    """Watch the tenants until cancelled; queue takes the events, args are the options."""
    # ansible-rulebook runs this file by its path and knows nothing of collections
    if ROOT not in sys.path:
        sys.path.insert(0, ROOT)
    await importlib.import_module(f"{PACKAGE}._event_source").run(queue, args)
