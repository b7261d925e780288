# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: a token for one host."""

from __future__ import annotations

DOCUMENTATION = r"""
module: oauth_token
short_description: Prove a Qlik Cloud credential, or get a token
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Finds the credential for a host and has a token issued for it, or takes the one that is kept and still valid.
  - Modules of this collection get their tokens by themselves. This one proves a credential before a long run, with
    O(token_cache=none), and hands a token to tasks that speak to the service by other means.
options:
  host:
    description:
      - The host that the token is for, such as V(north.eu.qlikcloud.com). A token is valid on that host alone.
      - When omitted, the Cloud Console of O(console_url).
      - The first token that a client asks for on a tenant creates a bot user with administrator's rights there.
    type: str
  return_token:
    description:
      - Return the token as RV(access_token). The result is then hidden in all output, unless the task fails, and whole
        when registered.
      - A task that uses it should say C(no_log) itself.
      - Cannot be combined with C(async).
    type: bool
    default: false
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.tasks
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
attributes:
  check_mode:
    support: partial
    details:
      - A token is asked for in check mode too. On a tenant, the first one that a client asks for creates a bot user.
seealso:
  - plugin: qlikops.cloud.oauth_token
    plugin_type: lookup
  - name: OAuth
    description: The service's own documentation.
    link: https://qlik.dev/apis/rest/oauth/
"""

EXAMPLES = r"""
- name: Prove the organization's credential
  qlikops.cloud.oauth_token:
    token_cache: none

- name: Prove the credential of the tenant of this host, which creates a bot user there
  qlikops.cloud.oauth_token:
    host: "{{ qlik_hostname }}"
    token_cache: none

- name: Get a token
  qlikops.cloud.oauth_token:
    host: "{{ qlik_hostname }}"
    return_token: true
  register: token

- name: Use it in a task of another collection
  ansible.builtin.uri:
    url: "{{ qlik_url }}/api/v1/tenants/me"
    headers:
      Authorization: Bearer {{ token.access_token }}
    follow_redirects: safe
    ca_path: "{{ lookup('ansible.builtin.env', 'QLIK_CA_PATH') or omit }}"
  no_log: true
"""

RETURN = r"""
url:
  description: The address that the token is for.
  returned: success
  type: str
  sample: https://console.qlikcloud.com
client_id:
  description: The OAuth client.
  returned: success
  type: str
  sample: 0123456789abcdef0123456789abcdef
scope:
  description: What the service says the token may do, empty where it does not say.
  returned: success
  type: str
  sample: cloud-console.tenants:read
expires_at:
  description: When the token expires, in UTC.
  returned: success
  type: str
  sample: "2026-03-01T14:00:00Z"
access_token:
  description: The token.
  returned: success, with O(return_token=true)
  type: str
  sample: a-token
error:
  description: What a playbook can branch on when the task failed for a reason outside Ansible.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - One of V(configuration), V(missing_library), V(unreachable), V(unexpected_answer), V(authentication),
          V(permission), V(not_found), V(rate_limit), V(tenant_disabled), V(refused).
      returned: always
      type: str
      sample: authentication
    host:
      description: The host that refused the call.
      returned: when the service refused it
      type: str
      sample: console.qlikcloud.com
    status:
      description: The HTTP status.
      returned: when the service refused the call
      type: int
      sample: 401
    code:
      description: The code of the error, empty where the service gives none.
      returned: when the service refused the call
      type: str
      sample: HTTP-401
    trace_id:
      description: What the service's support asks for, empty where the service gives none.
      returned: when the service refused the call
      type: str
      sample: 0af7651916cd43dd8448eb211c80319c
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_token import OAUTH_TOKEN
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module


def main() -> None:
    run_module(OAUTH_TOKEN)


if __name__ == "__main__":
    main()
