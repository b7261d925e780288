# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: create, change and delete an OAuth client."""

from __future__ import annotations

DOCUMENTATION = r"""
module: oauth_client
short_description: Create, change and delete an OAuth client of a Qlik Cloud organization or tenant
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Keeps an OAuth client that acts by itself (machine to machine) in the organization, or in one tenant. A second run
    changes nothing.
  - When the answer to a creation is lost, the task fails with RV(error.kind=unknown_outcome) and does not try again.
    The next run finds the client by its O(name), if it was created. Its secret is lost then; have another with
    M(qlikops.cloud.oauth_client_secret).
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
  state:
    description:
      - V(present) creates a client of the O(name) when there is none, and else sets what is given of O(name),
        O(description) and O(scopes).
      - V(absent) deletes the client with the O(id), and its secrets with it. In a tenant, its bot user stays.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The id of a client that exists. Required with O(state=absent), where it confirms that the client is the one
        meant. Write it down rather than look it up.
      - When omitted, the client of the O(name). Several of one name fail the task.
      - At least one of O(id) and O(name) is required.
    type: str
  name:
    description:
      - The display name. Together with O(id), the name that the client is to have.
      - Without effect with O(state=absent).
    type: str
  description:
    description:
      - The description. When omitted, it stays as it is.
    type: str
  scopes:
    description:
      - What the client's tokens may do; all of it, in any order. When omitted, it stays as it is, and the service
        decides for a new client. The service does not document which scopes an organization may give.
    type: list
    elements: str
  grant_types:
    description:
      - The grants by which a new client may have tokens. This counts at creation only, and is not compared after it.
    type: list
    elements: str
    default: [client_credentials]
  auth_methods:
    description:
      - The ways in which a new client may prove itself. This counts at creation only, and is not compared after it.
      - Public keys cannot be given, which the service requires with V(private_key_jwt).
    type: list
    elements: str
    default: [client_secret]
  consent:
    description:
      - V(trusted) makes a new client one that asks no user for consent. This counts at creation only, and is not
        compared after it.
      - When omitted, the service decides.
    type: str
    choices: [trusted]
  return_secret:
    description:
      - Return the secret of a client that was created as RV(client_secret). The result is then hidden in all output,
        unless the task fails, and whole when registered.
      - When V(false), the secret is lost, since no secret can be read again.
      - A task that uses it should say C(no_log) itself.
      - Cannot be combined with C(async).
    type: bool
    default: false
  allow_own:
    description:
      - With O(state=absent), delete the client also when it is the one that authenticates the task.
    type: bool
    default: false
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.tasks
  - qlikops.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - No secret is shown.
  idempotent:
    support: full
    details:
      - A creation whose outcome is unknown is not tried again.
  action_group:
    support: full
  in_worker:
    support: full
notes:
  - The service does not document which permission this needs. On the console it must be an organization client, with
    more than the scope C(cloud-console.tenants:read); on a tenant, one whose bot user has the role C(TenantAdmin).
  - Clients are told apart by their names, which need not be unique for the service. Have no two tasks at once create a
    client of one name, as hosts of one play do; see C(run_once) in the examples.
seealso:
  - module: qlikops.cloud.oauth_client_info
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
- name: Have a client in the organization, and its secret when it is new
  qlikops.cloud.oauth_client:
    name: Nightly automation
    description: Runs the nightly playbooks
    return_secret: true
  register: nightly
  no_log: true
  delegate_to: localhost
  run_once: true

- name: Have a client in the tenant of each host
  qlikops.cloud.oauth_client:
    host: "{{ qlik_hostname }}"
    name: Deployment
    scopes: [admin_classic]
    consent: trusted

- name: Rename a client
  qlikops.cloud.oauth_client:
    id: "{{ nightly.client.id }}"
    name: Daily automation
  delegate_to: localhost
  run_once: true

- name: Delete a client
  qlikops.cloud.oauth_client:
    id: 0123456789abcdef0123456789abcdef
    state: absent
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
client:
  description: The client. V(null) when it is absent, or would be created.
  returned: success
  type: dict
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
      description: When it was changed last, as it was before this task.
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
client_secret:
  description: The secret of the new client.
  returned: success, with O(return_secret=true), when one was made
  type: str
  sample: a-secret
hint:
  description: What RV(client_secret) is known by among RV(client.secrets). V(null) when the service does not tell.
  returned: success, with O(return_secret=true), when a secret was made
  type: str
  sample: a1b2c
error:
  description: What a playbook can branch on when the task failed for a reason outside Ansible.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - One of V(configuration), V(missing_library), V(unreachable), V(unexpected_answer), V(incomplete_list),
          V(authentication), V(permission), V(not_found), V(rate_limit), V(tenant_disabled), V(refused),
          V(unknown_outcome).
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

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_client import OAUTH_CLIENT
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module


def main() -> None:
    run_module(OAUTH_CLIENT)


if __name__ == "__main__":
    main()
