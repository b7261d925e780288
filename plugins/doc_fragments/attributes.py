# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of what modules support, the same in every module of this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """DOCUMENTATION holds what all modules have in common, INFO what those that only read have besides."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and tell what would change without changing it.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
  idempotent:
    description: A second run with the same options changes nothing.
  action_group:
    description: Use C(group/qlikops.cloud.qlik) in C(module_defaults) to set connection options for the whole group.
    membership:
      - qlikops.cloud.qlik
  in_worker:
    description: Where the work is done.
    details:
      - With a local connection, which hosts of P(qlikops.cloud.tenants#inventory) have, it is done inside the process
        that Ansible starts for the task anyway, on Ansible's own Python. C(become) and C(ansible_python_interpreter)
        have no meaning there; C(environment) has.
      - Delegated to a host with another connection, or with C(async), an ordinary module does it there. That host needs
        Python 3.10 or newer and C(requests). Of the credentials it gets the one that the task needs.
notes:
  - A connection option that is left out is taken from the environment variable of its name, such as E(QLIK_TIMEOUT); an
    empty one counts as unset.
  - The credential is looked for where Ansible runs. The first place that holds one for the addressed host wins, in the
    order options of the task, which open that host whichever it is, the variable C(qlik_credentials),
    O(credentials_file), and last E(QLIK_CLIENT_ID) and E(QLIK_CLIENT_SECRET) (or E(QLIK_PRIVATE_KEY) and
    E(QLIK_KEY_ID)), which open the Cloud Console alone and complete what a task gives for it.
  - The subscription of a tenant is known when it is a host of the inventory under its host name, or the host that the
    task runs for; else entries with C(subscription_id) do not apply.
  - Secrets are sent to hosts of Qlik Cloud. Any other console needs C(client_id) and C(client_secret) beside
    O(console_url), or E(QLIK_CONSOLE_URL); any other tenant an entry of its own below C(tenants).
  - The C(credentials_file) of an inventory source is not used by tasks.
"""

    INFO = r"""
attributes:
  check_mode:
    support: full
    details:
      - This action does not modify state.
  diff_mode:
    support: N/A
    details:
      - This action does not modify state.
  idempotent:
    support: full
    details:
      - This action does not modify state.
  action_group:
    support: full
  in_worker:
    support: full
"""
