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
  in_worker:
    description: Where the work is done.
    details:
      - With a local connection, which hosts of P(qlikops.cloud.tenants#inventory) have, it is done inside the process
        that Ansible starts for the task anyway, on Ansible's own Python. C(become) and C(ansible_python_interpreter)
        have no meaning there; C(environment) has.
      - Delegated to a host with another connection, or with C(async), an ordinary module does it there. That host needs
        Python 3.10 or newer and C(requests). Of the credentials it gets the one that the task needs.
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
