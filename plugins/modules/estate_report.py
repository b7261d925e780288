# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: report on all tenants of an organization."""

from __future__ import annotations

DOCUMENTATION = r"""
module: estate_report
short_description: Report on all tenants of a Qlik Cloud organization, as a page and as data
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Lists all tenants of the organization, whatever their status, and writes what it found as one HTML page that needs
    no network, and beside it as JSON and CSV. The list is complete or the task fails.
  - The page tells how many tenants there are of each region, country, subscription and status, which licences end and
    which deletions start within 30, 60 and 90 days, what has changed since a report before, which tenants no
    credential opens, and holds a table of all tenants that can be sorted and searched. It can be printed, and sent as
    an attachment.
  - Asked to, it tries each active tenant for which there is a credential, ten at once, and reads what is used of its
    licence. Neither puts a secret into the report.
  - It needs many credentials, and so runs where Ansible runs. What an inventory leaves out is in the report all the
    same. The playbook C(qlikops.cloud.estate_report) calls it with the hosts that the inventory has.
options:
  path:
    description:
      - The page, whose name ends in C(.html). The JSON and CSV files have the same name with their own endings.
      - Files that are there are replaced, each in one step, and keep their modes; new ones have mode 0600.
      - A relative path is taken from the current folder, which must hold the folder named.
    type: str
    required: true
  title:
    description:
      - The heading of the page.
    type: str
    default: Qlik Cloud estate
  previous:
    description:
      - The JSON file of a report before, to compare with. It may be the one that this report replaces, and need not be
        there yet then.
      - When omitted, the report tells of no changes.
    type: str
  hosts:
    description:
      - The ids of those tenants that are hosts of the inventory, each with its name there.
      - When given, the report tells these names, names hosts that the organization does not list, and looks for
        credentials of these tenants alone; else for those of all active tenants.
    type: dict
    default: {}
  verify:
    description:
      - Ask each tenant who we are there, with a token made for it, as M(qlikops.cloud.ping) does.
    type: bool
    default: false
  license_use:
    description:
      - Read from each tenant what is used of its licence.
    type: bool
    default: false
  consumption_days:
    description:
      - With O(license_use), for how many days back to count and add up the records of licence consumption. V(0) leaves
        them out.
      - The service documents no field of such a record but its end, so each number in it is added up by its name.
    type: int
    default: 30
  confirm_bot_users:
    description:
      - Yes to the bot user with administrator's rights that a client's first token creates in a tenant. O(verify) and
        O(license_use) demand it.
    type: bool
    default: false
  client_id:
    description:
      - Not taken here, nor are O(client_secret), O(private_key) and O(key_id), since one client does not open all.
  credentials_file:
    description:
      - It holds the organization's client as well, unless the environment does.
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.tasks
  - qlikops.cloud.attributes
attributes:
  check_mode:
    support: full
    details:
      - Tenants are listed, but not asked, and nothing is written.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Each report tells when it was made.
  action_group:
    support: full
  in_worker:
    support: partial
    details:
      - It always runs where Ansible runs.
seealso:
  - module: qlikops.cloud.tenant_info
  - module: qlikops.cloud.ping
"""

EXAMPLES = r"""
# With QLIK_CLIENT_ID and QLIK_CLIENT_SECRET, or QLIK_CREDENTIALS_FILE, in the environment
- name: Report on the organization
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Write estate.html, estate.json and estate.csv
      qlikops.cloud.estate_report:
        path: estate.html
        previous: estate.json
      register: report

    - name: Show what is due within 30 days
      ansible.builtin.debug:
        msg: "{{ report.due_totals.license['30'] }} licences end"

    - name: Fail when a tenant has vanished
      ansible.builtin.assert:
        that: not report.changes or report.changes.vanished | length == 0
"""

RETURN = r"""
files:
  description: The page, the JSON and the CSV file.
  returned: success
  type: list
  elements: str
  sample: [/home/ops/estate.html, /home/ops/estate.json, /home/ops/estate.csv]
totals:
  description: The numbers of tenants, of active ones, and of regions, countries and subscriptions.
  returned: success
  type: dict
  sample: {tenants: 120, active: 112, regions: 3, countries: 3, subscriptions: 2}
due_totals:
  description:
    - For V(license) and V(deletion), how many tenants were due before today (V(past)), and are within V(30), V(60) and
      V(90) days from today. Tenants that are deleted are due for nothing.
  returned: success
  type: dict
  sample:
    license: {past: 0, "30": 2, "60": 5, "90": 9}
    deletion: {past: 0, "30": 1, "60": 1, "90": 1}
changes:
  description: What has changed since the previous report, V(null) without one.
  returned: success
  type: dict
  contains:
    since:
      description: When that report was made.
      returned: always
      type: str
      sample: "2026-11-01T06:00:00Z"
    appeared:
      description: Tenants that were not in it, each with id, name, hostname, region, subscription_id and status.
      returned: always
      type: list
      elements: dict
      sample: []
    vanished:
      description: Tenants that are not listed any more, as they were in it.
      returned: always
      type: list
      elements: dict
      sample: []
    status:
      description: Tenants whose status is another one, with the one before as C(before).
      returned: always
      type: list
      elements: dict
      sample: []
without_credential:
  description: Active tenants that no credential opens, of those in O(hosts) when that is given.
  returned: success
  type: list
  elements: dict
  sample: []
unknown_hosts:
  description: The names in O(hosts) of tenants that the organization does not list.
  returned: success
  type: list
  elements: str
  sample: []
access:
  description:
    - With O(verify), how many tenants were V(reached), and how many failed with each kind of error; else V(null).
  returned: success
  type: dict
  sample: {reached: 110, authentication: 2}
error:
  description: What a playbook can branch on when the task failed for a reason outside Ansible.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - One of V(configuration), V(missing_library), V(unreachable), V(unexpected_answer), V(incomplete_list),
          V(authentication), V(permission), V(not_found), V(rate_limit), V(refused).
      returned: always
      type: str
      sample: configuration
    host:
      description: The host that refused the call.
      returned: when the service refused it
      type: str
      sample: console.qlikcloud.com
    status:
      description: The HTTP status.
      returned: when the service refused the call
      type: int
      sample: 403
    code:
      description: The code of the error, empty where the service gives none.
      returned: when the service refused the call
      type: str
      sample: HTTP-403
    trace_id:
      description: What the service's support asks for, empty where the service gives none.
      returned: when the service refused the call
      type: str
      sample: 0af7651916cd43dd8448eb211c80319c
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.estate_report import ESTATE_REPORT
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module


def main() -> None:
    run_module(ESTATE_REPORT)


if __name__ == "__main__":
    main()
