# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options of a call, the same in all modules that take a path."""

from __future__ import annotations


class ModuleDocFragment:
    """DOCUMENTATION holds the options."""

    DOCUMENTATION = r"""
options:
  host:
    description:
      - The host to call. That of a tenant, such as V(north.eu.qlikcloud.com), of the Cloud Console,
        V(console.qlikcloud.com), or of a region's registration, such as V(register.eu.qlikcloud.com).
      - When omitted, the tenant that the task runs for, which is the host it is delegated to when that is a tenant,
        else the current host.
      - The first token that a client asks for on a tenant creates a bot user with administrator's rights there.
    type: str
  subscription_id:
    description:
      - The subscription, or the licence number, of O(host), by which its credential is found. When omitted, that of the
        tenant where the inventory knows it, or on a register host that of the current tenant of its region.
    type: str
  path:
    description:
      - The path to call, with or without a query, such as V(/api/v1/users/me).
      - Values in it must be encoded with the filter P(ansible.builtin.urlencode#filter).
    type: str
    required: true
  query:
    description:
      - Parameters of the query by name, encoded by this module. A list repeats its parameter, V(null) leaves it out.
    type: dict
    default: {}
  headers:
    description:
      - Headers to send besides those that this module sets. C(Authorization) is set by it.
    type: dict
    default: {}
  status_code:
    description:
      - The HTTP statuses that mean success. When omitted, all from 200 to 299.
    type: list
    elements: int
"""
