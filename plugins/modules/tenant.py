# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: create, configure, deactivate and reactivate a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant
short_description: Create, configure, deactivate and reactivate a Qlik Cloud tenant
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Needs the OAuth client of the organization, to look at the tenants there are, and that of the region and
    subscription, to act. A look comes first, and a second run changes nothing.
  - A tenant is created at most once. The service cannot name a tenant at its creation, so it is known by its O(alias),
    which is set right after. Creations in one region wait for each other on a machine, and what was there before is
    kept in a journal. When the answer to a creation is lost, the one new tenant without an alias is taken for it. When
    there is none, or more than one, the task fails with RV(error.kind=unknown_outcome), and so does every later one
    that would create a tenant in that region and subscription, until O(adopt_id) or O(confirm_not_created) tells what
    became of it.
  - It runs where Ansible runs, so on other hosts than those of P(qlikops.cloud.tenants#inventory) the task needs
    C(delegate_to=localhost).
options:
  state:
    description:
      - V(present) creates a tenant of the O(alias) when there is none, and sets its O(name) and O(alias). A tenant
        that is deactivated fails the task.
      - V(active) reactivates a tenant that is deactivated, and otherwise does what V(present) does with one that
        exists.
      - V(deactivated) deactivates a tenant. B(The service deletes it for good) when O(purge_after_days) have passed.
        The countdown of a tenant that is deactivated already goes on as it is.
    type: str
    choices: [present, active, deactivated]
    default: present
  id:
    description:
      - The id of a tenant that exists.
      - At least one of O(id) and O(alias) is required. Together, O(alias) is what the tenant is to have.
    type: str
  alias:
    description:
      - The alias host name, such as V(north.eu.qlikcloud.com), or its first part beside O(region).
      - Without O(id), the tenant with this host name is meant.
    type: str
  region:
    description:
      - The label of the region in host names, such as V(eu).
    type: str
  subscription_id:
    description:
      - The subscription, or the licence number, under which the credential of the region is kept. When omitted, that of
        the tenant or of O(source), if there is one.
    type: str
  name:
    description:
      - The display name. When omitted, it stays as it is.
    type: str
  replace_alias:
    description:
      - Replace an alias that the tenant has. The old one becomes free for everybody.
    type: bool
    default: false
  license_key:
    description:
      - The signed licence key of the subscription, to create a tenant with.
      - Mutually exclusive with O(source).
    type: str
  source:
    description:
      - A host name of an active tenant of the subscription, which the licence key is read from. The client of its
        region gets a bot user there.
    type: str
  datacenter:
    description:
      - The code of the region, such as V(eu-west-1), where the service asks for it.
    type: str
  confirm_hostname:
    description:
      - A host name of the tenant, to confirm that it is the one meant. Write it down rather than look it up.
      - Required with O(state=deactivated) and O(state=active).
    type: str
  purge_after_days:
    description:
      - Days from deactivation to deletion, from 10 to 90. When omitted, the service takes 30. Not every subscription
        may choose.
    type: int
  wait_timeout:
    description:
      - Seconds to wait, each time, until a new tenant is listed and answers, and until the organization's list shows an
        alias that was set.
    type: int
    default: 300
  adopt_id:
    description:
      - The id of a tenant without an alias that is to be the one of O(alias), as an earlier creation has left it.
    type: str
  confirm_not_created:
    description:
      - What a task that refused to create a tenant has named, once you have seen that no tenant came of it. Other
        creations of unknown outcome are refused as before, so it may stay in a playbook.
    type: list
    elements: str
    default: []
  journal_dir:
    description:
      - The folder for the journal of creations, absolute. It must outlive the run, and be the same for all that create
        tenants. In a container, name a folder that is kept.
      - When omitted, E(QLIK_JOURNAL_DIR), C($XDG_STATE_HOME/qlikops.cloud) or C(~/.local/state/qlikops.cloud).
    type: path
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.tasks
  - qlikops.cloud.attributes
attributes:
  check_mode:
    support: full
    details:
      - Asks the organization alone, and refuses what a run would refuse for an earlier creation of unknown outcome.
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - A creation whose outcome is unknown is not tried again.
  action_group:
    support: full
  in_worker:
    support: full
    details:
      - Never handed over to another machine.
notes:
  - O(client_id) with its secret or key is that of the region here. The credential of the organization is looked for in
    the variable C(qlik_credentials), O(credentials_file) and the environment.
  - Of the last day, a tenant of the same region and subscription without an alias is taken for the possible outcome of
    a creation that another machine has tried, and nothing is created beside it without O(confirm_not_created).
seealso:
  - module: qlikops.cloud.tenant_info
  - module: qlikops.cloud.ping
  - name: Create a tenant
    description: The service's own documentation.
    link: https://qlik.dev/manage/platform-operations/create-a-tenant/
"""

EXAMPLES = r"""
# With QLIK_CREDENTIALS_FILE in the environment, which holds the organization's and the region's client
- name: Have a tenant
  qlikops.cloud.tenant:
    alias: north-test.eu.qlikcloud.com
    name: North Test
    source: north.eu.qlikcloud.com
  delegate_to: localhost
  run_once: true

- name: Give a tenant another alias; the old one is free for others then
  qlikops.cloud.tenant:
    id: 4fQ3nA7mJx0bWk2cYt9eLh5uDz8sVp1r
    alias: south-trial.eu.qlikcloud.com
    replace_alias: true
  delegate_to: localhost
  run_once: true

- name: Deactivate a tenant, to be deleted after ten days
  qlikops.cloud.tenant:
    alias: west-test.eu.qlikcloud.com
    state: deactivated
    confirm_hostname: west-test.eu.qlikcloud.com
    purge_after_days: 10
  delegate_to: localhost
  run_once: true

- name: Keep a tenant that was deactivated
  qlikops.cloud.tenant:
    alias: east-test.eu.qlikcloud.com
    state: active
    confirm_hostname: east-test.eu.qlikcloud.com
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be, of V(create), V(configure), V(deactivate), V(reactivate).
  returned: success
  type: list
  elements: str
  sample: [create, configure]
tenant:
  description:
    - The tenant as RV(qlikops.cloud.tenant_info#module:tenants) returns one. V(null) when it would be created.
  returned: success
  type: dict
  sample:
    id: 4fQ3nA7mJx0bWk2cYt9eLh5uDz8sVp1r
    hostname: h1x2y3.eu.qlikcloud.com
    alias: north-test.eu.qlikcloud.com
    status: active
error:
  description: What a playbook can branch on when the task failed for a reason outside Ansible.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - One of V(configuration), V(missing_library), V(unreachable), V(unexpected_answer), V(incomplete_list),
          V(authentication), V(permission), V(not_found), V(rate_limit), V(tenant_disabled), V(refused),
          V(wrong_tenant), V(unknown_outcome), V(not_listed).
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

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.tenant import TENANT
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module


def main() -> None:
    run_module(TENANT)


if __name__ == "__main__":
    main()
