# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: read the tenants of an organization."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_info
short_description: List, read or count the tenants of a Qlik Cloud organization
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Reads tenants through the organization's API, with an organization-level OAuth client.
  - The list is complete or the task fails.
  - To make tenants hosts, use P(qlikops.cloud.tenants#inventory), which lists them once for all plays.
options:
  id:
    description:
      - The id of one tenant to read. A tenant that does not exist, or that the client may not see, fails the task with
        RV(error.kind=not_found).
      - Mutually exclusive with O(filter).
    type: str
  filter:
    description:
      - A filter of RFC 7644 (SCIM) that the service evaluates.
      - The service compares C(subscriptionId), C(id), C(name) and C(hostnames) with C(eq), C(regionCode) and
        C(status) with C(eq) and C(ne); C(and), C(or), C(not) join comparisons.
      - Its reference calls a comparison of C(subscriptionId) required, so put one into each filter, or leave the filter
        out and select from the result. A subscription of another organization is refused rather than found empty.
      - When omitted, all tenants are read, whatever their status.
    type: str
  count_only:
    description:
      - Return the number of tenants and not the tenants.
      - With O(filter) the service counts; without one the tenants are listed and counted, since it counts only what a
        filter selects.
    type: bool
    default: false
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.tasks
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
seealso:
  - plugin: qlikops.cloud.tenants
    plugin_type: inventory
  - name: Organization APIs
    description: The service's own documentation.
    link: https://qlik.dev/apis/org-rest/core/tenants/
"""

EXAMPLES = r"""
# With QLIK_CLIENT_ID and QLIK_CLIENT_SECRET, or QLIK_CREDENTIALS_FILE, in the environment
- name: List all tenants
  qlikops.cloud.tenant_info:
  register: organization

- name: Show the names of the active ones
  ansible.builtin.debug:
    msg: "{{ organization.tenants | selectattr('enabled') | map(attribute='name') }}"

- name: Read what the organization knows of the tenant of this host
  qlikops.cloud.tenant_info:
    id: "{{ qlik_id }}"

- name: Count the active tenants of a subscription
  qlikops.cloud.tenant_info:
    filter: subscriptionId eq "{{ qlik_subscription_id }}" and status eq "active"
    count_only: true

- name: Set connection options once
  module_defaults:
    group/qlikops.cloud.qlik:
      credentials_file: credentials.yml
      timeout: 60
  block:
    - name: Count all tenants
      qlikops.cloud.tenant_info:
        count_only: true
"""

RETURN = r"""
tenants:
  description: The tenants, in the order of their ids. Values are V(null) where the service gives none.
  returned: success, unless O(count_only=true)
  type: list
  elements: dict
  contains:
    id:
      description: The identifier, which never changes.
      returned: always
      type: str
      sample: 4fQ3nA7mJx0bWk2cYt9eLh5uDz8sVp1r
    name:
      description: The display name, which may change and need not be unique.
      returned: always
      type: str
      sample: North Analytics 1
    hostname:
      description: The generated host name, which never changes.
      returned: always
      type: str
      sample: h1x2y3.eu.qlikcloud.com
    alias:
      description: The alias host name.
      returned: always
      type: str
      sample: north.eu.qlikcloud.com
    hostnames:
      description: All host names.
      returned: always
      type: list
      elements: str
      sample: [h1x2y3.eu.qlikcloud.com, north.eu.qlikcloud.com]
    url:
      description: The address.
      returned: always
      type: str
      sample: https://h1x2y3.eu.qlikcloud.com
    region:
      description: The label of the region in the host name.
      returned: always
      type: str
      sample: eu
    region_code:
      description: The code of the region.
      returned: always
      type: str
      sample: eu-west-1
    country_code:
      description: The country of the region.
      returned: always
      type: str
      sample: IE
    status:
      description: The status as the service words it.
      returned: always
      type: str
      sample: active
    enabled:
      description: Whether the tenant is active.
      returned: always
      type: bool
      sample: true
    subscription_id:
      description: The subscription.
      returned: always
      type: str
      sample: "1000000000000001"
    license_number:
      description: The licence number.
      returned: always
      type: str
      sample: "1000000000000001"
    license_starts_at:
      description: When the licence starts, as the service writes it.
      returned: always
      type: str
      sample: "2026-01-01"
    license_ends_at:
      description: When the licence ends, as the service writes it.
      returned: always
      type: str
      sample: "2026-12-31"
    deletion_starts_at:
      description: When deletion is scheduled, as the service writes it.
      returned: always
      type: str
      sample: "2027-01-30T00:00:00.000Z"
    created_at:
      description: When the tenant was created.
      returned: always
      type: str
      sample: "2026-01-01T08:00:00.000Z"
    created_by:
      description: The id of the user who created it.
      returned: always
      type: str
      sample: 6502f1c9a7b84e3d90c1f2aa
    updated_at:
      description: When it was changed last.
      returned: always
      type: str
      sample: "2026-03-01T08:00:00.000Z"
count:
  description: The number of tenants.
  returned: success
  type: int
  sample: 42
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

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.tenant_info import TENANT_INFO
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module


def main() -> None:
    run_module(TENANT_INFO)


if __name__ == "__main__":
    main()
