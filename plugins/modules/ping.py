# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: tell whether a tenant answers and who we are there."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ping
short_description: Tell whether a Qlik Cloud tenant answers, whether the credential opens it, and who we are there
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Asks a tenant which user the credential stands for, and compares the tenant with the one that the inventory means.
  - Fails with a RV(error.kind) for each way in which a tenant can be out of reach.
options:
  host:
    description:
      - A host name of the tenant, such as V(north.eu.qlikcloud.com).
      - When omitted, the tenant that the task runs for, which is the host it is delegated to when that is a tenant,
        else the current host.
      - The first token that a client asks for on a tenant creates a bot user with administrator's rights there.
    type: str
  subscription_id:
    description:
      - The subscription, or the licence number, of O(host), by which its credential is found. When omitted, that of the
        tenant where the inventory knows it.
    type: str
  tenant_id:
    description:
      - The id that the tenant must have. When omitted, the one that the inventory knows; when it knows none, any.
    type: str
  new_token:
    description:
      - Ask for another token than one that is kept for more than a minute, since a kept one is good for its life, even
        when its client is gone.
    type: bool
    default: false
  bots:
    description:
      - Read all users of the tenant, and return the bot users that no known client owns. A client that was deleted
        leaves its bot user behind, with its content.
    type: bool
    default: false
  known_clients:
    description:
      - Ids of OAuth clients whose bot users are known. Those of the credential books that the task can see are added.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.tasks
  - qlikops.cloud.attributes
attributes:
  check_mode:
    support: partial
    details:
      - A token is asked for in check mode too, and the first one creates the bot user.
  diff_mode:
    support: N/A
    details:
      - This action does not modify state.
  idempotent:
    support: full
    details:
      - Nothing is changed but for the bot user that the first token creates.
  action_group:
    support: full
  in_worker:
    support: full
seealso:
  - module: qlikops.cloud.oauth_token
  - module: qlikops.cloud.rest_info
  - name: Users
    description: The service's own documentation.
    link: https://qlik.dev/apis/rest/users/
"""

EXAMPLES = r"""
# For hosts of the inventory plugin qlikops.cloud.tenants, with QLIK_CREDENTIALS_FILE in the environment
- name: Tell whether the tenant can be worked on
  qlikops.cloud.ping:
  register: reached

- name: Show who we are there
  ansible.builtin.debug:
    msg: "{{ reached.user.name }} ({{ reached.user.roles | join(', ') }}), {{ reached.round_trip_ms }} ms"

- name: List bot users that nobody here knows
  qlikops.cloud.ping:
    bots: true
  register: reached

- name: Ask a tenant that is no host of the inventory
  qlikops.cloud.ping:
    host: north.eu.qlikcloud.com
"""

RETURN = r"""
tenant_id:
  description: The id of the tenant.
  returned: success
  type: str
  sample: 4fQ3nA7mJx0bWk2cYt9eLh5uDz8sVp1r
host:
  description: The host that answered.
  returned: success
  type: str
  sample: h1x2y3.eu.qlikcloud.com
user:
  description: The user that the credential stands for.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the user.
      returned: always
      type: str
      sample: 6502f1c9a7b84e3d90c1f2aa
    name:
      description: The name, V(EU OAuth client) for one of a region.
      returned: always
      type: str
      sample: EU OAuth client
    subject:
      description: The subject.
      returned: always
      type: str
      sample: qlikbot\0c1f2aa6502f1c9a7b84e3d9
    client_id:
      description: The OAuth client that owns it.
      returned: always
      type: str
      sample: 0c1f2aa6502f1c9a7b84e3d9
    status:
      description: The status.
      returned: always
      type: str
      sample: active
    roles:
      description: The names of the roles.
      returned: always
      type: list
      elements: str
      sample: [TenantAdmin]
round_trip_ms:
  description: Milliseconds from the question to the answer, with the redirect that the service makes on the way.
  returned: success
  type: int
  sample: 85
token_expires_at:
  description: When the token ends.
  returned: success
  type: str
  sample: "2026-01-01T14:00:00Z"
token_expires_in:
  description: Seconds until the token ends.
  returned: success
  type: int
  sample: 21540
unowned_bots:
  description: The bot users of unknown clients.
  returned: when O(bots=true)
  type: list
  elements: dict
  sample:
    - id: 6502f1c9a7b84e3d90c1f2ab
      name: EU OAuth client
      client_id: 84e3d90c1f2aa6502f1c9a7b
error:
  description: What a playbook can branch on when the task failed for a reason outside Ansible.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - One of V(configuration), V(missing_library), V(unreachable), V(unexpected_answer), V(incomplete_list),
          V(authentication), V(permission), V(not_found), V(rate_limit), V(tenant_disabled), V(refused),
          V(wrong_tenant).
      returned: always
      type: str
      sample: not_found
    host:
      description: The host that refused the call.
      returned: when the service refused it
      type: str
      sample: h1x2y3.eu.qlikcloud.com
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

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.ping import PING
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module


def main() -> None:
    run_module(PING)


if __name__ == "__main__":
    main()
