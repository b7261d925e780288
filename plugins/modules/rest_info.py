# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: read any path of a tenant, the console or a register host."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rest_info
short_description: Read any path of a Qlik Cloud tenant, the Cloud Console or a register host
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Makes one call that only reads, with the token, renewals, waiting and repeats taken care of.
  - Where the service announces how many rows there are, the list holds as many, or the task fails.
  - All pages of a list are read, whichever way the service has of linking them, and returned as though the list had one
    page.
  - Redirects are followed on the same host alone, so V(/api/v1/users/me) and V(/api/v1/tenants/me) work.
options:
  body:
    description:
      - What to send as JSON to a call that takes its filter in the body. Then the method is C(POST), and O(path) must
        end in C(/actions/filter) or C(/actions/count).
    type: dict
  key:
    description:
      - The part of the answer to return, such as V(data), or V(allotments.name) for a key within a key.
      - When it names a list at the top of the answer, its pages are read. Otherwise those of C(data) are.
    type: str
  max_items:
    description:
      - Read no more rows of a list than these.
    type: int
attributes:
  check_mode:
    support: partial
    details:
      - A token is asked for in check mode too, and the first one on a tenant creates the bot user.
extends_documentation_fragment:
  - qlikops.cloud.call
  - qlikops.cloud.connection
  - qlikops.cloud.connection.tasks
  - qlikops.cloud.attributes
  - qlikops.cloud.attributes.info
notes:
  - What the service answers is not shown where it holds secrets, such as V(/api/v1/licenses/overview); registered, it
    can be used.
seealso:
  - module: qlikops.cloud.rest
  - name: REST APIs
    description: The service's own documentation.
    link: https://qlik.dev/apis/rest/
"""

EXAMPLES = r"""
# For hosts of the inventory plugin qlikops.cloud.tenants, with QLIK_CREDENTIALS_FILE in the environment
- name: Read what a tenant says of itself
  qlikops.cloud.rest_info:
    path: /api/v1/tenants/me
  register: tenant

- name: Show its name
  ansible.builtin.debug:
    msg: "{{ tenant.json.name }}"

- name: Read all spaces of a type
  qlikops.cloud.rest_info:
    path: /api/v1/spaces
    query:
      filter: type eq "shared"
      limit: 100
    key: data
  register: spaces

- name: Find the users of some addresses
  qlikops.cloud.rest_info:
    path: /api/v1/users/actions/filter
    body:
      filter: email co "@example.com"
    max_items: 1000

- name: Tell whether a space exists
  qlikops.cloud.rest_info:
    path: /api/v1/spaces/{{ space_id | urlencode }}
    status_code: [200, 404]
  vars:
    space_id: 65fd4d3b5d8f4e0001a2b3c4
  register: space
"""

RETURN = r"""
json:
  description: The answer, or the part of it at O(key). The links between pages are left out of a list of several pages.
  returned: when the answer is JSON
  type: raw
  sample:
    id: 4fQ3nA7mJx0bWk2cYt9eLh5uDz8sVp1r
    name: North Analytics 1
content:
  description: The answer as text.
  returned: when the answer is text and no JSON
  type: str
  sample: OK
count:
  description: The number of rows in RV(json).
  returned: when RV(json) is a list
  type: int
  sample: 42
truncated:
  description: Whether there are more rows than O(max_items).
  returned: success
  type: bool
  sample: false
status:
  description: The HTTP status.
  returned: success
  type: int
  sample: 200
host:
  description: The host that answered.
  returned: success
  type: str
  sample: h1x2y3.eu.qlikcloud.com
location:
  description: Where the service says to look.
  returned: when the service sends the header C(Location)
  type: str
  sample: /api/v1/temp-contents/65fd4d3b5d8f4e0001a2b3c4
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

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.rest_info import REST_INFO
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module


def main() -> None:
    run_module(REST_INFO)


if __name__ == "__main__":
    main()
