# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: read OAuth clients of the organization or of a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
module: oauth_client_info
short_description: List or read OAuth clients of a Qlik Cloud organization or tenant
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Reads the OAuth clients of the organization, or of one tenant, and what can be known of their secrets, which is
    never a secret itself.
  - The list is complete or the task fails.
options:
  host:
    description:
      - A host name of the tenant whose OAuth clients are meant, such as V(north.eu.qlikcloud.com).
      - When omitted, the Cloud Console, so those of the organization. Mind that it is not the tenant that the task runs
        for; to mean that one, give C({{ qlik_hostname }}).
      - The clients of regions are found on no host; they are managed in My Qlik alone.
      - The first token that a client asks for on a tenant creates a bot user with administrator's rights there.
    type: str
  subscription_id:
    description:
      - The subscription, or the licence number, of O(host), by which its credential is found. When omitted, that of the
        tenant where the inventory knows it.
    type: str
  id:
    description:
      - The id of one client to read. A client that does not exist fails the task with RV(error.kind=not_found).
      - Mutually exclusive with O(name).
    type: str
  name:
    description:
      - Read the clients of exactly this name, which may be none or several.
      - When both this and O(id) are omitted, all clients are read.
    type: str
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.tasks
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
notes:
  - The service does not document which permission this needs. On the console it must be an organization client, with
    more than the scope C(cloud-console.tenants:read); on a tenant, one whose bot user has the role C(TenantAdmin).
seealso:
  - module: qlikops.cloud.oauth_client
  - module: qlikops.cloud.oauth_client_secret
  - name: OAuth clients of the organization
    description: The service's own documentation.
    link: https://qlik.dev/apis/org-rest/core/oauth-clients/
  - name: OAuth clients of a tenant
    description: The service's own documentation.
    link: https://qlik.dev/apis/rest/oauth-clients/
"""

EXAMPLES = r"""
# With QLIK_CLIENT_ID and QLIK_CLIENT_SECRET, or QLIK_CREDENTIALS_FILE, in the environment
- name: List the organization's clients
  qlikops.cloud.oauth_client_info:
  register: organization
  delegate_to: localhost
  run_once: true

- name: Show those that have a secret made before this year
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.secrets | selectattr('created_at', 'lt', '2026') | map(attribute='hint') }}"
  loop: "{{ organization.clients }}"
  loop_control:
    label: "{{ item.id }}"

- name: List the clients of the tenant of this host
  qlikops.cloud.oauth_client_info:
    host: "{{ qlik_hostname }}"

- name: Look for a client by its name
  qlikops.cloud.oauth_client_info:
    name: Nightly automation
"""

RETURN = r"""
clients:
  description: The clients, in the order of their ids. Values are V(null) where the service gives none.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The identifier, which credentials call C(client_id).
      returned: always
      type: str
      sample: 0123456789abcdef0123456789abcdef
    name:
      description: The display name, which may change and need not be unique.
      returned: always
      type: str
      sample: Nightly automation
    app_type:
      description: The type of application, V(web) for clients that act by themselves.
      returned: always
      type: str
      sample: web
    description:
      description: The description.
      returned: always
      type: str
      sample: Runs the nightly playbooks
    grant_types:
      description: The grants by which it may have tokens.
      returned: always
      type: list
      elements: str
      sample: [client_credentials]
    auth_methods:
      description: The ways in which it may prove itself.
      returned: always
      type: list
      elements: str
      sample: [client_secret]
    scopes:
      description: What its tokens may do.
      returned: always
      type: list
      elements: str
      sample: [cloud-console.tenants:read]
    consent_method:
      description: Whether users are asked for consent, V(required) or V(trusted).
      returned: always
      type: str
      sample: trusted
    secrets:
      description: What can be known of its secrets. No secret can be read again.
      returned: always
      type: list
      elements: dict
      sample: [{hint: a1b2c, created_at: "2026-01-01T08:00:00.000Z", created_by: 6502f1c9a7b84e3d90c1f2aa}]
    created_at:
      description: When it was created.
      returned: always
      type: str
      sample: "2026-01-01T08:00:00.000Z"
    updated_at:
      description: When it was changed last.
      returned: always
      type: str
      sample: "2026-03-01T08:00:00.000Z"
    created_by_type:
      description: What created it, such as V(user) or V(service).
      returned: always
      type: str
      sample: user
    disable_tag:
      description: Why it is disabled.
      returned: always
      type: str
      sample: null
count:
  description: The number of clients.
  returned: success
  type: int
  sample: 3
error:
  description: What a playbook can branch on when the task failed for a reason outside Ansible.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - One of V(configuration), V(missing_library), V(unreachable), V(unexpected_answer), V(incomplete_list),
          V(authentication), V(permission), V(not_found), V(rate_limit), V(tenant_disabled), V(refused).
      returned: always
      type: str
      sample: not_found
    host:
      description: The host that refused the call.
      returned: when the service refused it
      type: str
      sample: console.qlikcloud.com
    status:
      description: The HTTP status.
      returned: when the service refused the call
      type: int
      sample: 404
    code:
      description: The code of the error, empty where the service gives none.
      returned: when the service refused the call
      type: str
      sample: HTTP-404
    trace_id:
      description: What the service's support asks for, empty where the service gives none.
      returned: when the service refused the call
      type: str
      sample: 0af7651916cd43dd8448eb211c80319c
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_client_info import OAUTH_CLIENT_INFO
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module


def main() -> None:
    run_module(OAUTH_CLIENT_INFO)


if __name__ == "__main__":
    main()
